"""A quote above its buyer's limit: sent for approval and booked when it is given, in the one calendar all the while."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from invoicing.receivables.models import Charge
from marketplace.core.actors import Role
from marketplace.core.errors import NotAllowed, NotFound
from marketplace.core.verification import verify
from marketplace.organisations.models import ApprovalRule
from marketplace.trading.engagements.models import Engagement
from marketplace.trading.engagements.queries import asked_booking_of
from marketplace.trading.engagements.requests import OffPayrollDetermination
from marketplace.trading.engagements.services.accepting import accept_quote
from marketplace.trading.engagements.services.approving import approval_route, ask_booking_approval
from marketplace.trading.engagements.services.asking import ask_consultants, withdraw_request
from marketplace.trading.engagements.services.planning import NotAccredited
from marketplace.trading.engagements.services.quoting import Answer as Offer
from marketplace.trading.engagements.services.quoting import answer_request, decline_request
from marketplace.trading.engagements.services.request_locks import QuoteClosed
from marketplace.trading.models import Approval, AskedBooking, Order
from marketplace.trading.services import Answer, OverLimit, decide, decide_by_link, expire_approvals, new_link, withdraw
from marketplace.trading.services.approvals import ApprovalNotNeeded
from providers.models import Slot
from providers.services import SlotTaken, suspend
from tests.shop import person
from tests.trading.engagements.test_asking import BY, INSIDE, NEED, OFFER, OUTSIDE
from tests.trading.engagements.world import ON, book, consultant_of, on_day, rate_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def small(school, actor):
    """A buyer who may commit £1,000.00 alone."""
    return person(school, actor, name="Sal Small", role=Role.BUYER, limit=100_000)


@pytest.fixture
def ruth(school, actor):
    return person(school, actor, name="Ruth Adeyemi", role=Role.APPROVER)


@pytest.fixture
def quoted(school, nadia, small, lena):
    request = ask_consultants(school=school, consultants=[nadia], need=NEED, answer_by=BY, on=ON, actor=small)
    return answer_request(quote=request.quotes.get(), answer=OFFER, on=ON, actor=lena)


def _ask(quote, actor, **more):
    given = {"ir35": OUTSIDE, "dates": [on_day()], "purchase_order": "PO 8", "on": ON} | more
    return ask_booking_approval(quote=quote, expected_pence=135_000, actor=actor, **given)


def _true() -> bool:
    """Whether the invariants of calendars, approvals, orders and accreditation hold, recomputed."""
    return not [one for one in verify() if one.invariant.number in (11, 20, 26, 28) and one.violations]


def test_over_the_limit_it_is_asked_approved_and_booked(quoted, small, ruth, nadia, school):
    with pytest.raises(OverLimit):
        accept_quote(quote=quoted, expected_pence=135_000, ir35=OUTSIDE, on=ON, actor=small)
    route = approval_route(quote=quoted, on=ON, actor=small)
    assert route.over.pence == 35_000 and route.goes_to == "Ruth Adeyemi"
    order = _ask(quoted, small, ir35=INSIDE)
    assert (order.state, order.total_pence, order.net_pence) == ("awaiting_approval", 135_000, 112_500)
    assert not Engagement.objects.exists() and not Charge.objects.exists()
    assert Slot.objects.get().source_key == f"approval:{order.number}:date:1", "the day is kept while it waits"
    with pytest.raises(SlotTaken):
        book(school, nadia, ruth, on_day())
    decide(approval=order.approval, answer=Answer.APPROVE, on=ON + timedelta(days=1), actor=ruth)
    made = Engagement.objects.get()
    assert (made.agreed_by_id, made.agreed_on, made.purchase_order) == (small.person_id, ON + timedelta(days=1), "PO 8")
    assert made.sell_pence == 45_000 and made.dates.get().starts_at == on_day().starts_at
    assert OffPayrollDetermination.objects.get().answer == "inside"
    quoted.refresh_from_db()
    assert quoted.state == "accepted" and asked_booking_of(order).engagement == made
    assert not Charge.objects.exists(), "visits are charged, not the order"
    assert _true()


def test_the_asker_never_decides_and_a_stranger_finds_nothing(quoted, small, ruth, actor, oakfield):
    order = _ask(quoted, small)
    with pytest.raises(NotAllowed):
        decide(approval=order.approval, answer=Answer.APPROVE, on=ON, actor=small)
    stranger = person(oakfield, actor, name="Zed", role=Role.APPROVER)
    with pytest.raises(NotFound):
        decide(approval=order.approval, answer=Answer.APPROVE, on=ON, actor=stranger)
    with pytest.raises(NotFound):
        _ask(quoted, stranger)
    assert not Engagement.objects.exists()


@pytest.mark.parametrize("end", ["declined", "withdrawn", "expired"])
def test_not_approved_nothing_is_booked_and_the_quote_may_be_taken_again(quoted, small, ruth, actor, end):
    order = _ask(quoted, small)
    if end == "declined":
        decide(approval=order.approval, answer=Answer.DECLINE, reason="Next year", on=ON, actor=ruth)
    elif end == "withdrawn":
        withdraw(approval=order.approval, on=ON, actor=small)
    else:
        assert expire_approvals(on=order.approval.kept_until + timedelta(days=1), actor=actor) == 1
    assert Order.objects.get().state == end and AskedBooking.objects.get().state == "ended"
    assert not Engagement.objects.exists() and not Slot.objects.exists()
    if end != "expired":
        accept_quote(quote=quoted, expected_pence=135_000, ir35=OUTSIDE, on=ON, actor=ruth)
        assert Engagement.objects.count() == 1
    assert _true()


def test_while_it_waits_the_quote_holds_for_both_sides(quoted, small, ruth, lena):
    order = _ask(quoted, small)
    with pytest.raises(QuoteClosed, match="with its approver"):
        decline_request(quote=quoted, reason="Full", on=ON, actor=lena)
    with pytest.raises(QuoteClosed, match=f"{order.number} waits"):
        withdraw_request(request=quoted.request, on=ON, actor=small)
    with pytest.raises(QuoteClosed, match="Withdraw that first"):
        accept_quote(quote=quoted, expected_pence=135_000, ir35=OUTSIDE, on=ON, actor=ruth)
    with pytest.raises(QuoteClosed):
        _ask(quoted, small, dates=[])
    assert AskedBooking.objects.count() == 1


def test_it_waits_no_longer_than_the_quote_holds(quoted, small, ruth):
    late = date(2026, 9, 30)
    order = _ask(quoted, small, on=late)
    assert order.approval.kept_until == date(2026, 10, 1) == quoted.valid_until
    first = date(2026, 9, 4)
    withdraw(approval=order.approval, on=late, actor=small)
    order = _ask(quoted, small, dates=[on_day(first)])
    assert order.approval.kept_until == date(2026, 9, 3), "the day before the first visit"


def test_within_the_limit_nobody_is_asked(quoted, ruth):
    with pytest.raises(ApprovalNotNeeded):
        _ask(quoted, ruth)
    assert not Order.objects.exists()


def test_a_chair_of_governors_decides_by_a_link_that_works_once(quoted, school, small):
    ApprovalRule.objects.create(
        organisation=school, from_pence=100_000, approver_email="chair@example.org", approver_title="the chair of governors",
        valid_from=date(2020, 1, 1),
    )  # fmt: skip
    order = _ask(quoted, small)
    at = timezone.make_aware(datetime(2026, 9, 2, 10))
    token = new_link(approval=order.approval, at=at)
    decide_by_link(token=token, answer=Answer.APPROVE, name="Chris Chair", role="Chair", at=at)
    assert Engagement.objects.get().agreed_by_id == small.person_id
    assert Approval.objects.get().how == "link" and _true()


def test_who_is_not_accredited_any_more_is_not_booked_by_the_approval(quoted, small, ruth, nadia, olga):
    order = _ask(quoted, small)
    suspend(consultant=nadia, on=date(2026, 10, 1), reason="Something is looked at", actor=olga)
    with pytest.raises(NotAccredited):
        decide(approval=order.approval, answer=Answer.APPROVE, on=ON, actor=ruth)
    assert Approval.objects.get().state == "waiting" and Slot.objects.count() == 1
    decide(approval=order.approval, answer=Answer.DECLINE, reason="They may not come", on=ON, actor=ruth)
    assert not Engagement.objects.exists() and _true()


def test_a_second_quote_above_the_limit_of_another_school(school, actor, larkfield, lena):
    """The second set: half days with travel, over the limit by another sum."""
    piers = consultant_of(larkfield, actor, name="Piers Oldroyd")
    rate_of(piers, 26_000, 21_000, unit="half_day", mile=45)
    tia = person(school, actor, name="Tia", role=Role.BUYER, limit=50_000)
    head = person(school, actor, name="Hal Head", role=Role.APPROVER)
    need = type(NEED)(**{**NEED.__dict__, "unit": "half_day", "quantity": Decimal(3)})
    request = ask_consultants(school=school, consultants=[piers], need=need, answer_by=BY, on=ON, actor=tia)
    quote = answer_request(
        quote=request.quotes.get(), answer=Offer(Decimal(3), 3, date(2026, 10, 1), miles=20), on=ON, actor=lena
    )
    assert quote.gross_pence == (3 * 26_000 + 3 * 900) * 12 // 10 == 96_840
    order = ask_booking_approval(quote=quote, expected_pence=96_840, ir35=OUTSIDE, on=ON, actor=tia)
    assert order.approval.over_pence == 46_840
    decide(approval=order.approval, answer=Answer.APPROVE, on=ON, actor=head)
    assert Engagement.objects.get().quantity == 3 and _true()


def test_what_was_put_before_the_approver_cannot_be_changed_in_the_database(quoted, small, ruth):
    _ask(quoted, small)
    for change in ({"reasons": "Other"}, {"dates": []}, {"answer": "inside"}):
        with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
            AskedBooking.objects.update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        AskedBooking.objects.update(state="booked")
