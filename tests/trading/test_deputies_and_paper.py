"""What a deputy may not do, who records a board's decision, and what comes in between."""

import threading
import time
from datetime import date

import pytest
from django.core.management import call_command
from django.db import connections

from catalogue.rules.classes import PriceClass
from invoicing.receivables.models import Charge
from marketplace.core.actors import Actor, Role
from marketplace.core.errors import NotAllowed, NotFound, WrongInput
from marketplace.core.models import User
from marketplace.organisations.models import Person
from marketplace.organisations.services.delegation import name_deputy
from marketplace.organisations.services.people import actor_for
from marketplace.trading.models import Approval, BasketLine, Booking, Order
from marketplace.trading.queries import approval_for, lines_for, order_for, orders_for
from marketplace.trading.services import (
    Answer,
    BasketNotReady,
    cancel_booking,
    check_basket,
    decide,
    open_basket,
    ordering,
    record_paper,
    set_purchase_order,
    standing,
    withdraw,
)
from marketplace.trading.services.approvals import NobodyApproves
from tests.core import small_files
from tests.shop import person, trust_with
from tests.trading.conftest import ON

pytestmark = pytest.mark.django_db
PAPER = {
    "approved": True, "minute_reference": "FGB 2026/14", "minuted_on": ON, "on": ON, "scan": small_files.PDF,
    "scan_name": "minutes.pdf",
}  # fmt: skip


def who(actor: Actor) -> Person:
    return Person.objects.get(pk=actor.person_id)


def today(actor: Actor) -> Actor:
    return actor_for(user=User.objects.get(pk=actor.user_id), on=ON)


@pytest.fixture
def dan(school, hana, actor) -> Actor:
    """Only looks in at Oakfield, but stands in for its head teacher today."""
    delegate = person(school, actor, name="Dan Delegate", role=Role.DELEGATE)
    name_deputy(organisation=school, deputy=who(delegate), first_day=ON, last_day=ON, on=ON, actor=hana)
    return today(delegate)


def test_a_deputy_decides_and_reads_what_waits_and_does_nothing_else(asking, buying, pat, sam, dan, school, course):
    placed = buying.order(sam, buying.add(sam, school, course, 1, run=asking.run))
    approval = asking(pat)
    assert list(orders_for(dan)) == [approval.order] and lines_for(dan, approval.order).count() == 1
    with pytest.raises(NotFound):
        order_for(dan, placed.number)
    with pytest.raises(NotFound):
        open_basket(organisation=school, actor=dan)
    with pytest.raises(NotFound):
        cancel_booking(booking=Booking.objects.get(order_line__order=placed), on=ON, actor=dan)
    with pytest.raises(NotAllowed):
        set_purchase_order(order=approval.order, purchase_order="X", actor=dan)
    with pytest.raises(NotAllowed, match="recorded by somebody who buys or approves at Oakfield"):
        record_paper(approval=approval, actor=dan, **PAPER)
    assert approval_for(dan, approval.order.number).state == "waiting"
    assert decide(approval=approval, answer=Answer.APPROVE, on=ON, actor=dan).state == "approved"


def test_whoever_declared_an_interest_or_is_tied_to_the_asker_records_no_paper(asking, pat, hana, school, actor):
    approval = asking(pat)
    decide(approval=approval, answer=Answer.INTEREST, on=ON, actor=hana)
    with pytest.raises(NotAllowed, match="You declared an interest"):
        record_paper(approval=approval, actor=hana, **PAPER)
    ruth = person(school, actor, name="Ruth Role", role=Role.APPROVER)
    name_deputy(organisation=school, deputy=who(pat), first_day=ON, last_day=ON, on=ON, actor=ruth)
    with pytest.raises(NotAllowed, match="You and Pat Small stand in for each other"):
        record_paper(approval=approval, actor=ruth, **PAPER)
    low = person(school, actor, name="Lena Low", limit=0)
    assert record_paper(approval=approval, actor=low, **PAPER).recorded_by_person_id == low.person_id


def test_a_deputy_named_later_on_the_day_of_a_decision_is_no_false_alarm(asking, pat, hana, school):
    decide(approval=asking(pat), answer=Answer.APPROVE, on=ON, actor=hana)
    name_deputy(organisation=school, deputy=who(pat), first_day=ON, last_day=ON, on=ON, actor=hana)
    call_command("verify_ledger")


@pytest.mark.django_db(transaction=True)
def test_a_purchase_order_given_while_somebody_approves_is_on_the_item(asking, pat, hana, monkeypatch):
    approval, inside = asking(pat), threading.Event()
    written = ordering._written

    def slowly(*given):
        inside.set()
        time.sleep(1)
        return written(*given)

    def change():
        try:
            set_purchase_order(order=Order.objects.get(pk=approval.order_id), purchase_order="NEW", actor=pat)
        finally:
            connections.close_all()

    monkeypatch.setattr(ordering, "_written", slowly)
    changing = threading.Thread(target=change)
    changing.start()
    assert inside.wait(10)
    decide(approval=approval, answer=Answer.APPROVE, on=ON, actor=hana)
    changing.join(10)
    assert (Order.objects.get().purchase_order, Charge.objects.get().purchase_order) == ("NEW", "NEW")


def test_the_purchase_order_of_an_order_that_did_not_come_about_is_refused_in_true_words(asking, pat, hana):
    approval = asking(pat)
    withdraw(approval=approval, on=ON, actor=pat)
    with pytest.raises(BasketNotReady, match="was withdrawn, so nothing of it is invoiced"):
        set_purchase_order(order=approval.order, purchase_order="X", actor=pat)


@pytest.mark.parametrize("first_day", [date(2015, 1, 1), date(2025, 8, 31), date(2028, 9, 2), date(9999, 12, 31)])
def test_a_service_begins_within_a_year_back_and_two_ahead(shop, buying, sam, school, first_day):
    ict = shop.offer("ict", prices={PriceClass.ANY: {"flat": "900"}}, term_months=12)
    words = "First day of the service must be from 1 September 2025 to 1 September 2028"
    with pytest.raises(WrongInput, match=words):
        buying.add(sam, school, ict, 1, service_from=first_day)
    basket = buying.add(sam, school, ict, 1, service_from=date(2028, 9, 1))
    BasketLine.objects.update(service_from=first_day)
    assert words in check_basket(basket=basket, on=ON, actor=sam).problems[0]


def test_the_deputy_of_a_trusts_finance_at_one_school_decides_there_and_nowhere_else(
    tmp_path, partnership, actor, asking
):
    trust, [alder] = trust_with(tmp_path, actor, "Alder Academy")
    tina = today(person(trust, actor, name="Tina Trust", role=Role.TRUST_FINANCE, limit=500_000))
    bob = person(alder, actor, name="Bob Buyer", limit=1)
    name_deputy(organisation=alder, deputy=who(bob), first_day=ON, last_day=ON, on=ON, actor=tina)
    [held] = [grant for grant in today(bob).grants if grant.on_behalf_of_person_id]
    assert (held.organisation_id, held.spending_limit_pence) == (alder.pk, 500_000)
    asking.school = alder
    approval = asking(person(alder, actor, name="Cara Clerk", limit=1))
    assert standing(approval=approval, on=ON, actor=today(bob)).may


def test_an_approver_who_cannot_sign_in_any_more_is_nobody_to_ask(asking, pat, hana):
    User.objects.filter(pk=hana.user_id).update(is_active=False)
    with pytest.raises(NobodyApproves):
        asking(pat)
    assert not Approval.objects.exists()
