"""Included places: granted once, kept for a source, given back exactly, lapsed at the end."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from catalogue.rules.facts import IncludedPlaces
from marketplace.core.errors import NotAllowed, WrongInput
from subscriptions.allowances.services import DifferentUse
from subscriptions.models import Allowance, AllowanceUse
from subscriptions.queries import included_on, uses_of
from subscriptions.services import (
    AllowanceUsedUp,
    consume_places,
    expire_allowances,
    grant_allowance,
    release_included,
    reserve_places,
)
from tests.shop import buyer
from tests.statements import sent

pytestmark = pytest.mark.django_db
FIRST, END, ON = date(2026, 9, 1), date(2027, 9, 1), date(2026, 10, 5)


@pytest.fixture
def gold(oakfield, actor) -> Allowance:
    return grant(oakfield, actor)


def grant(organisation, actor, **more) -> Allowance:
    given = {"source_key": "gold:1", "name": "Gold", "places": 6, "valid_from": FIRST, "valid_to": END} | more
    return grant_allowance(organisation=organisation, actor=actor, **given)


def keep(allowance: Allowance, places: int, key: str = "line:1") -> AllowanceUse:
    return reserve_places(source_key=key, allowance_id=allowance.pk, places=places, label="Safeguarding", on=ON)


def left(allowance: Allowance) -> int:
    allowance.refresh_from_db()
    return allowance.left


def test_the_same_grant_again_is_the_one_that_exists_and_another_is_refused(oakfield, actor, gold):
    assert grant(oakfield, actor) == gold
    with pytest.raises(DifferentUse):
        grant(oakfield, actor, places=7)
    assert Allowance.objects.count() == 1


def test_what_cannot_be_granted_is_refused(oakfield, actor):
    with pytest.raises(WrongInput, match="from 1 to 10,000"):
        grant(oakfield, actor, places=0)
    with pytest.raises(WrongInput, match="last day"):
        grant(oakfield, actor, valid_to=FIRST)
    with pytest.raises(NotAllowed):
        grant(oakfield, buyer(oakfield))
    assert not Allowance.objects.exists()


def test_a_source_keeps_its_places_once(gold):
    first = keep(gold, 4)
    assert (keep(gold, 4), left(gold)) == (first, 2)
    with pytest.raises(DifferentUse):
        keep(gold, 1)
    assert left(gold) == 2


def test_more_than_was_granted_is_never_kept_and_nothing_is_half_done(gold):
    keep(gold, 4)
    with pytest.raises(AllowanceUsedUp, match="Only 2 included places are left") as refused:
        keep(gold, 3, "line:2")
    assert (refused.value.facts["left"], left(gold), AllowanceUse.objects.count()) == (2, 2, 1)
    with pytest.raises(IntegrityError, match="allowance_within_grant"), transaction.atomic():
        Allowance.objects.update(taken=7)


def test_a_release_gives_back_exactly_what_was_kept(gold):
    keep(gold, 4)
    assert (release_included(source_key="line:1", places=1), left(gold)) == (1, 3)
    assert (release_included(source_key="line:1"), left(gold)) == (3, 6)
    assert (release_included(source_key="line:1"), release_included(source_key="nobody"), left(gold)) == (0, 0, 6)


def test_what_was_used_does_not_come_back(gold):
    keep(gold, 2)
    assert (consume_places(source_key="line:1"), consume_places(source_key="line:1")) == (True, False)
    assert (release_included(source_key="line:1"), left(gold)) == (0, 4)
    assert (release_included(source_key="line:1", places=1, after_use=True), left(gold)) == (1, 5)


def test_places_left_lapse_with_the_allowance_and_only_then(gold):
    keep(gold, 2)
    assert (expire_allowances(on=date(2027, 8, 31)), left(gold)) == (0, 4)
    assert (expire_allowances(on=END), expire_allowances(on=END), left(gold)) == (1, 0, 0)
    assert (gold.taken, gold.expired) == (2, 4)


def test_of_two_allowances_the_one_that_ends_first_is_used(oakfield, actor, gold):
    silver = grant(oakfield, actor, source_key="silver:1", name="Silver", places=2, valid_to=date(2027, 4, 1))
    with sent() as statements:
        assert included_on([oakfield.pk], ON) == {oakfield.pk: IncludedPlaces("Silver", 2, 2, silver.pk)}
    assert len(statements) == 1
    keep(silver, 2)
    assert included_on([oakfield.pk], ON) == {oakfield.pk: IncludedPlaces("Gold", 6, 6, gold.pk)}
    assert included_on([oakfield.pk], END) == {}


def test_the_statement_of_use_names_what_for(oakfield, gold):
    use = keep(gold, 2)
    [told] = uses_of(oakfield)
    assert (told, told.label, told.on, told.places) == (use, "Safeguarding", ON, 2)
