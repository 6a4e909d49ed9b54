from datetime import date

import pytest
from django.db import IntegrityError, transaction

from catalogue.rules.classes import PriceClass
from marketplace.core.errors import NotAllowed, WrongInput
from subscriptions.models import Membership
from subscriptions.queries import price_class_on, price_classes_on
from subscriptions.services import MembershipOverlaps, set_membership
from tests.shop import buyer

pytestmark = pytest.mark.django_db
SEPTEMBER, JANUARY, APRIL = date(2026, 9, 1), date(2027, 1, 1), date(2027, 4, 1)


def test_who_agreed_nothing_is_a_non_member(oakfield):
    assert price_class_on(oakfield, SEPTEMBER) == PriceClass.NON_MEMBER


def test_a_membership_holds_from_its_first_day_up_to_its_end(oakfield, actor):
    set_membership(
        organisation=oakfield, price_class=PriceClass.MEMBER, valid_from=SEPTEMBER, valid_to=APRIL, actor=actor
    )
    assert price_class_on(oakfield, date(2026, 8, 31)) == PriceClass.NON_MEMBER
    assert price_class_on(oakfield, SEPTEMBER) == PriceClass.MEMBER
    assert price_class_on(oakfield, date(2027, 3, 31)) == PriceClass.MEMBER
    assert price_class_on(oakfield, APRIL) == PriceClass.NON_MEMBER


def test_a_new_membership_ends_the_running_one_on_that_day(oakfield, actor):
    for price_class, start in ((PriceClass.MEMBER, SEPTEMBER), (PriceClass.ASSOCIATE, JANUARY)):
        set_membership(organisation=oakfield, price_class=price_class, valid_from=start, actor=actor)
    assert price_class_on(oakfield, date(2026, 12, 31)) == PriceClass.MEMBER
    assert price_class_on(oakfield, JANUARY) == PriceClass.ASSOCIATE
    assert price_classes_on([oakfield.pk, 0], JANUARY) == {
        oakfield.pk: PriceClass.ASSOCIATE,
        0: PriceClass.NON_MEMBER,
    }


def test_the_same_membership_twice_is_one(oakfield, actor):
    for _ in range(2):
        set_membership(organisation=oakfield, price_class=PriceClass.MEMBER, valid_from=SEPTEMBER, actor=actor)
    assert Membership.objects.count() == 1


def test_a_membership_across_a_later_one_is_refused(oakfield, actor):
    set_membership(organisation=oakfield, price_class=PriceClass.MEMBER, valid_from=JANUARY, actor=actor)
    with pytest.raises(MembershipOverlaps, match="already has a membership from 1 January 2027"):
        set_membership(organisation=oakfield, price_class=PriceClass.MEMBER, valid_from=SEPTEMBER, actor=actor)
    set_membership(
        organisation=oakfield, price_class=PriceClass.MEMBER, valid_from=SEPTEMBER, valid_to=JANUARY, actor=actor
    )
    with pytest.raises(IntegrityError, match="membership_no_overlap"), transaction.atomic():
        Membership.objects.create(organisation=oakfield, price_class=1, valid_from=APRIL)


def test_nobody_is_everybody_and_periods_are_not_empty(oakfield, actor):
    with pytest.raises(WrongInput, match="must be one of member, associate, non-member"):
        set_membership(organisation=oakfield, price_class=PriceClass.ANY, valid_from=SEPTEMBER, actor=actor)
    with pytest.raises(WrongInput, match="after its first"):
        set_membership(
            organisation=oakfield,
            price_class=PriceClass.MEMBER,
            valid_from=SEPTEMBER,
            valid_to=SEPTEMBER,
            actor=actor,
        )


def test_a_school_does_not_make_itself_a_member(oakfield):
    with pytest.raises(NotAllowed, match="You may not set memberships"):
        set_membership(
            organisation=oakfield, price_class=PriceClass.MEMBER, valid_from=SEPTEMBER, actor=buyer(oakfield)
        )
    assert not Membership.objects.exists()
