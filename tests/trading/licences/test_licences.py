"""Licences: who holds them and when, renewed without gap or overlap, ended when the price is given back."""

from datetime import date, timedelta
from decimal import Decimal

import psycopg
import pytest

from catalogue.models import Resource
from catalogue.services import ResourceRefused, set_up_resource
from frontend.notices.licences import licence_ends_soon
from invoicing.payables.models import Payable
from invoicing.receivables.models import Charge
from invoicing.services import credit_in_full, release_payables
from marketplace.core.actors import Role
from marketplace.core.errors import NotAllowed, NotFound, WrongInput
from marketplace.core.models import Event
from marketplace.messaging.models import Message
from marketplace.trading.licence_queries import file_for, licences_of, may_renew, royalties_of, runs
from marketplace.trading.models import Licence, Order
from marketplace.trading.services import Answer, add_to_basket, ask_approval, check_basket, decide, open_basket
from marketplace.trading.services.licences import (
    CannotRenew,
    LicenceTwice,
    announce_ends,
    end_credited_licences,
    renew_licence,
)
from tests.invoicing.books import bill, refused, run_sql
from tests.shop import person, trust_with
from tests.trading.licences.kits import ON, kit, ordered

pytestmark = pytest.mark.django_db
END = date(2027, 9, 1)


def test_a_licence_runs_for_its_term_and_is_charged_for_it(school, sam, shop):
    ordered(sam, school, kit(shop))
    licence, charge = Licence.objects.get(), Charge.objects.get()
    assert (licence.organisation, licence.starts, licence.ends) == (school, ON, END)
    assert (charge.service_from, charge.service_to, charge.net_pence) == (ON, END, 24_000)
    assert [runs(licence, day) for day in (ON - timedelta(1), ON, END - timedelta(1), END)] == [
        False,
        True,
        True,
        False,
    ]


def test_ordering_it_again_adds_a_term_without_gap_or_overlap(school, sam, shop):
    offer = kit(shop)
    ordered(sam, school, offer)
    ordered(sam, school, offer, on=date(2027, 7, 1))
    first, second = Licence.objects.order_by("starts")
    assert (first.ends, second.starts, second.ends) == (END, END, date(2028, 9, 1))
    assert Charge.objects.latest("pk").service_from == END
    with refused("licence_no_overlap", psycopg.errors.ExclusionViolation):
        run_sql(
            "INSERT INTO trading_licence (order_line_id, organisation_id, offer_id, starts, ends)"
            " SELECT order_line_id + 1000, organisation_id, offer_id, starts + 1, ends FROM trading_licence LIMIT 1"
        )


def test_after_a_pause_it_begins_on_the_day_of_the_order(school, sam, shop):
    offer = kit(shop)
    ordered(sam, school, offer)
    ordered(sam, school, offer, on=date(2027, 10, 5))
    assert Licence.objects.latest("pk").starts == date(2027, 10, 5)


def test_more_than_one_in_an_order_is_refused_and_nothing_is_ordered(school, sam, shop):
    with pytest.raises(LicenceTwice, match="needed once for Oakfield Primary School"):
        ordered(sam, school, kit(shop, rule={"rate": "240", "per": "quantity"}), quantity=Decimal(2))
    assert not Order.objects.exists() and not Licence.objects.exists() and not Charge.objects.exists()


def test_a_download_bought_once_is_kept_and_not_bought_twice(school, sam, shop):
    offer = kit(shop, form=Resource.Form.DOWNLOAD)
    ordered(sam, school, offer)
    licence = Licence.objects.get()
    assert licence.ends is None and runs(licence, date(2040, 1, 1))
    with pytest.raises(LicenceTwice, match="has Phonics kit already"):
        ordered(sam, school, offer, on=END)


def test_what_is_free_is_licensed_without_an_item_or_a_royalty(school, sam, shop, oakfield):
    ordered(sam, school, kit(shop, price="0", author=oakfield))
    assert Licence.objects.count() == 1 and not Charge.objects.exists() and not Payable.objects.exists()


def test_what_is_printed_gives_no_licence_and_earns_its_author_a_royalty(school, sam, shop, oakfield):
    ordered(sam, school, kit(shop, form=Resource.Form.PRINTED, author=oakfield))
    assert not Licence.objects.exists() and Payable.objects.get().net_pence == 7_200


def test_nothing_is_granted_or_owed_before_it_is_approved(school, actor, shop, oakfield):
    small = person(school, actor, name="Sandra Small", limit=1)
    head = person(school, actor, name="Hana Head", role=Role.APPROVER)
    basket = open_basket(organisation=school, actor=small)
    add_to_basket(
        basket=basket, offer=kit(shop, author=oakfield), school=school, quantity=Decimal(1), on=ON, actor=small
    )
    seen = check_basket(basket=basket, on=ON, actor=small).total.gross.pence
    order = ask_approval(basket=basket, purchase_order="", expected_pence=seen, on=ON, actor=small)
    assert not Licence.objects.exists() and not Payable.objects.exists()
    decide(approval=order.approval, answer=Answer.APPROVE, on=date(2026, 9, 7), actor=head)
    licence = Licence.objects.get()
    assert (licence.starts, licence.ends) == (date(2026, 9, 7), date(2027, 9, 7))
    assert Charge.objects.get().service_from == licence.starts and Payable.objects.count() == 1


@pytest.fixture
def harbour(partnership, actor, tmp_path):
    """A trust with two academies, and its finance lead."""
    trust, academies = trust_with(tmp_path, actor, "Harbour Academy", "Lighthouse Academy")
    return trust, academies, person(trust, actor, name="Tess Trust", role=Role.TRUST_FINANCE)


def test_a_licence_for_the_trust_opens_for_each_of_its_schools(harbour, shop, actor, school, sam):
    trust, academies, tess = harbour
    offer = kit(shop, scope=Resource.Scope.TRUST)
    ordered(tess, academies[0], offer, by=trust)
    assert Licence.objects.get().organisation == trust
    file = offer.resource.files.get()
    teacher = person(academies[1], actor, name="Della Delegate", role=Role.DELEGATE)
    found, licence = file_for(teacher, [academies[1]], file.pk, on=ON)
    assert (found, licence.organisation) == (file, trust)
    for reader, where in ((sam, school), (teacher, school), (sam, academies[1])):
        with pytest.raises(NotFound):
            file_for(reader, [where], file.pk, on=ON)


def test_a_trust_orders_it_once_for_all_its_schools(harbour, shop):
    trust, academies, tess = harbour
    offer = kit(shop, scope=Resource.Scope.TRUST)
    basket = open_basket(organisation=trust, actor=tess)
    add_to_basket(basket=basket, offer=offer, school=academies[1], quantity=Decimal(1), on=ON, actor=tess)
    with pytest.raises(LicenceTwice, match="needed once for Lantern Learning Trust"):
        ordered(tess, academies[0], offer, by=trust)
    assert not Order.objects.exists()


def test_credited_whole_it_ends_and_its_royalty_is_taken_back(school, sam, shop, oakfield, actor):
    ordered(sam, school, kit(shop, author=oakfield))
    [invoice] = bill(on=ON)
    assert end_credited_licences(on=ON, actor=actor) == 0
    credit_in_full(invoice=invoice, reason="Not what was promised", on=date(2026, 9, 9), actor=actor)
    later = date(2026, 9, 10)
    assert end_credited_licences(on=later, actor=actor) == 1
    release_payables(on=later, actor=actor)
    licence = Licence.objects.get()
    assert licence.revoked_on == later and not runs(licence, later) and runs(licence, later - timedelta(1))
    assert Payable.objects.get().state == "cancelled" and end_credited_licences(on=later, actor=actor) == 0
    with refused("stays as it was granted"):
        run_sql("UPDATE trading_licence SET revoked_on = NULL")


def test_renewing_near_the_end_goes_into_the_basket_from_the_day_it_ends(school, sam, shop, actor):
    ordered(sam, school, kit(shop))
    [licence] = licences_of(sam, [school], on=ON)
    with pytest.raises(CannotRenew):
        renew_licence(licence=licence, organisation=school, on=ON, actor=sam)
    near = date(2027, 8, 1)
    assert may_renew(licence, near) and not may_renew(licence, END + timedelta(days=90))
    assert renew_licence(licence=licence, organisation=school, on=near, actor=sam).service_from == END


def test_its_end_is_announced_once_and_not_where_it_was_renewed(school, sam, shop, actor):
    offer, other = kit(shop), kit(shop, code="maths-kit")
    ordered(sam, school, offer)
    ordered(sam, school, other)
    ordered(sam, school, other, on=date(2027, 7, 1))
    assert announce_ends(on=date(2027, 8, 1), actor=actor) == 0, "31 days before"
    assert announce_ends(on=date(2027, 8, 2), actor=actor) == 1
    assert announce_ends(on=date(2027, 8, 3), actor=actor) == 0
    told = Event.objects.get(kind="licence.ends_soon")
    assert told.payload["offer"] == "phonics-kit"
    licence_ends_soon(told)
    message = Message.objects.get()
    assert message.subject == "Renew by 1 September 2027: licence of Phonics kit"
    assert "September 2026 to August 2027" in message.plain and "/resources" in message.plain


def test_the_author_sees_what_it_earned_and_others_do_not(school, sam, shop, oakfield, outsider):
    ordered(sam, school, kit(shop, author=oakfield))
    assert [row.net_pence for row in royalties_of(outsider, oakfield)] == [7_200]
    with pytest.raises(NotFound):
        royalties_of(sam, oakfield)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"form": Resource.Form.LICENCE, "royalty": Decimal("0.3")}, "both the author and the royalty"),
        ({"form": Resource.Form.DOWNLOAD}, "is sold for 12 months"),
    ],
)
def test_a_resource_that_makes_no_sense_is_refused(shop, actor, values, words):
    offer = kit(shop)
    with pytest.raises((ResourceRefused, WrongInput), match=words):
        set_up_resource(offer=offer, actor=actor, **values)
    assert Resource.objects.get().form == "licence"


def test_only_its_keepers_set_it_up(shop, sam, oakfield):
    offer = kit(shop)
    with pytest.raises(NotAllowed):
        set_up_resource(offer=offer, form=Resource.Form.LICENCE, author=oakfield, royalty=Decimal(1), actor=sam)
    with pytest.raises(ResourceRefused, match="no resource"):
        set_up_resource(offer=shop.course(), form=Resource.Form.DOWNLOAD, actor=shop.actor)
