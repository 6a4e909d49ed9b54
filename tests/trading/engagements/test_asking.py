from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from invoicing.payees.models import PaymentHold
from marketplace.core.actors import platform
from marketplace.core.errors import NotFound, WrongInput
from marketplace.core.money import Money
from marketplace.trading.engagements.models import Engagement
from marketplace.trading.engagements.queries import quotes_of, request_for, requests_for, to_answer, to_compare
from marketplace.trading.engagements.requests import ConsultantQuote, OffPayrollDetermination
from marketplace.trading.engagements.services.accepting import accept_quote
from marketplace.trading.engagements.services.agreeing import NoRate
from marketplace.trading.engagements.services.asking import Need, ask_consultants, lapse_requests, withdraw_request
from marketplace.trading.engagements.services.dates import cancel_date
from marketplace.trading.engagements.services.ir35 import (
    Ir35Answer,
    WorkStarted,
    determine,
    gross_payment_allowed,
)
from marketplace.trading.engagements.services.quoting import Answer, answer_request, decline_request
from marketplace.trading.engagements.services.request_locks import QuoteClosed, RequestClosed
from marketplace.trading.services import OverLimit
from tests.shop import person
from tests.trading.engagements.world import DAY, ON, book, consultant_of, on_day, rate_of

pytestmark = pytest.mark.django_db
BY = date(2026, 9, 15)
NEED = Need(
    "Phonics support", "Six new teachers in Years 1 and 2", "day", Decimal("2.5"), date(2026, 11, 1), date(2027, 1, 1),
    theme="reading", budget=Money(200_000),
)  # fmt: skip
OFFER = Answer(Decimal("2.5"), 3, date(2026, 10, 1), first_days=[DAY], words="Two full days and a twilight after them.")
OUTSIDE = Ir35Answer(own_company=False)
INSIDE = Ir35Answer(own_company=True, answer="inside", reasons="Works under our direction every day")


@pytest.fixture
def piers(larkfield, actor):
    made = consultant_of(larkfield, actor, name="Piers Oldroyd")
    rate_of(made, 48_300, 42_000, mile=45)
    return made


@pytest.fixture
def asked(school, nadia, piers, sam):
    return ask_consultants(school=school, consultants=[nadia, piers], need=NEED, answer_by=BY, on=ON, actor=sam)


def _of(request, consultant):
    return request.quotes.get(consultant=consultant)


def test_quotes_side_by_side_with_travel_and_vat_and_one_is_accepted(asked, nadia, piers, sam, lena):
    assert to_answer(lena).count() == 2
    quoted = answer_request(quote=_of(asked, nadia), answer=OFFER, on=ON, actor=lena)
    assert (quoted.net_pence, quoted.travel_pence, quoted.vat_pence, quoted.gross_pence) == (
        112_500,
        0,
        22_500,
        135_000,
    )
    far = Answer(Decimal("2.5"), 3, date(2026, 10, 1), miles=42)
    other = answer_request(quote=_of(asked, piers), answer=far, on=ON, actor=lena)
    assert (other.net_pence, other.travel_pence, other.gross_pence) == (120_750, 5_670, 151_704)
    assert [one.consultant for one in quotes_of(asked)] == [nadia, piers]
    assert list(to_compare(sam, ON)) == [asked]
    made = accept_quote(
        quote=quoted, expected_pence=135_000, ir35=OUTSIDE, on=ON, actor=sam, dates=[on_day()], purchase_order="PO 4"
    )
    assert (made.sell_pence, made.quantity, made.purchase_order) == (45_000, Decimal("2.5"), "PO 4")
    assert {one.state for one in quotes_of(asked)} == {"accepted", "not_chosen"}
    assert request_for(sam, asked.number).state == "agreed" and not to_compare(sam, ON).exists()
    with pytest.raises(RequestClosed):
        accept_quote(quote=other, expected_pence=151_704, ir35=OUTSIDE, on=ON, actor=sam)
    assert Engagement.objects.count() == 1


def test_what_was_quoted_is_what_is_agreed_or_nothing(asked, nadia, sam, lena, school, actor):
    quoted = answer_request(quote=_of(asked, nadia), answer=OFFER, on=ON, actor=lena)
    for pence, on in [(134_999, ON), (135_000, date(2026, 10, 2))]:
        with pytest.raises(QuoteClosed, match=r"The quote is for £1,350\.00 and held until 1 October 2026"):
            accept_quote(quote=quoted, expected_pence=pence, ir35=OUTSIDE, on=on, actor=sam)
    pat = person(school, actor, name="Pat Limit", limit=100_000)
    with pytest.raises(OverLimit, match=r"£350\.00 over your limit"):
        accept_quote(quote=quoted, expected_pence=135_000, ir35=OUTSIDE, on=ON, actor=pat)
    with pytest.raises(IntegrityError, match="what was quoted never changes"), transaction.atomic():
        ConsultantQuote.objects.filter(pk=quoted.pk).update(net_pence=1, gross_pence=22_501)
    assert not Engagement.objects.exists()


def test_declining_says_why_and_is_final(asked, nadia, lena, sam):
    with pytest.raises(WrongInput, match="Enter reason"):
        decline_request(quote=_of(asked, nadia), reason=" ", on=ON, actor=lena)
    declined = decline_request(quote=_of(asked, nadia), reason="Nadia is full until March", on=ON, actor=lena)
    assert declined.state == "declined"
    with pytest.raises(QuoteClosed, match="answered already: declined"):
        answer_request(quote=declined, answer=OFFER, on=ON, actor=lena)
    with pytest.raises(QuoteClosed, match="taken back or not given"):
        accept_quote(quote=declined, expected_pence=0, ir35=OUTSIDE, on=ON, actor=sam)


def test_a_unit_without_a_rate_is_not_quoted(school, nadia, sam, lena):
    need = Need("A twilight", "All staff", "twilight", Decimal(1), date(2026, 11, 1), date(2026, 12, 1))
    asked = ask_consultants(school=school, consultants=[nadia], need=need, answer_by=BY, on=ON, actor=sam)
    with pytest.raises(NoRate, match="for a twilight is agreed"):
        answer_request(quote=asked.quotes.get(), answer=OFFER, on=ON, actor=lena)


def test_one_to_four_are_asked_by_those_who_buy_there(school, nadia, piers, sam, outsider):
    given = {"school": school, "need": NEED, "answer_by": BY, "on": ON}
    for wrong in ([], [nadia, nadia]):
        with pytest.raises(WrongInput, match="one to 4 consultants"):
            ask_consultants(consultants=wrong, actor=sam, **given)
    with pytest.raises(WrongInput, match="must lie ahead"):
        ask_consultants(consultants=[nadia], actor=sam, **(given | {"answer_by": ON}))
    with pytest.raises(NotFound):
        ask_consultants(consultants=[nadia], actor=outsider, **given)
    assert not requests_for(outsider).exists()


def test_withdrawn_and_lapsed_requests_take_no_answer(asked, nadia, piers, lena, sam, school):
    withdraw_request(request=asked, on=ON, actor=sam)
    with pytest.raises(RequestClosed, match="is withdrawn already"):
        answer_request(quote=_of(asked, nadia), answer=OFFER, on=ON, actor=lena)
    again = ask_consultants(school=school, consultants=[nadia, piers], need=NEED, answer_by=BY, on=ON, actor=sam)
    answer_request(quote=_of(again, nadia), answer=OFFER, on=ON, actor=lena)
    assert lapse_requests(on=date(2026, 10, 1), actor=platform("duty")) == 0  # a quote still holds
    assert lapse_requests(on=date(2026, 10, 2), actor=platform("duty")) == 1
    again.refresh_from_db()
    assert (again.state, again.closed_on) == ("lapsed", date(2026, 10, 2))
    with pytest.raises(RequestClosed):
        withdraw_request(request=again, on=ON, actor=sam)


def test_quotes_are_read_with_the_same_queries_however_many(asked, larkfield, actor, school, sam):
    with CaptureQueriesContext(
        connection,
    ) as two:
        assert len(quotes_of(asked)) == 2
    more = [consultant_of(larkfield, actor, name=f"Consultant {letter}") for letter in "ABCD"]
    four = ask_consultants(school=school, consultants=more, need=NEED, answer_by=BY, on=ON, actor=sam)
    with CaptureQueriesContext(connection) as many:
        assert len(quotes_of(four)) == 4
    assert len(two) == len(many) == 1


def test_inside_the_off_payroll_rules_nothing_is_paid_gross(school, nadia, sam, outsider):
    made = book(school, nadia, sam, on_day(), ir35=Ir35Answer(own_company=False))
    assert gross_payment_allowed(made)
    with pytest.raises(WrongInput, match="Enter reasons"):
        determine(engagement=made, ir35=Ir35Answer(own_company=True, answer="inside"), on=ON, actor=sam)
    with pytest.raises(WrongInput, match="inside or outside"):
        determine(engagement=made, ir35=Ir35Answer(own_company=True, reasons="Works"), on=ON, actor=sam)
    inside = Ir35Answer(own_company=True, answer="inside", reasons="Works under our direction every day")
    with pytest.raises(NotFound):
        determine(engagement=made, ir35=inside, on=ON, actor=outsider)
    determine(engagement=made, ir35=inside, on=ON, actor=sam)
    assert not gross_payment_allowed(made)
    with pytest.raises(IntegrityError), transaction.atomic():
        OffPayrollDetermination.objects.update(answer="outside")
    determine(
        engagement=made, ir35=Ir35Answer(own_company=True, answer="outside", reasons="May send somebody else"), on=ON,
        actor=sam,
    )  # fmt: skip
    assert gross_payment_allowed(made) and made.determinations.count() == 3


def test_a_first_determination_comes_before_the_work(school, nadia, sam):
    made = book(school, nadia, sam, on_day())
    made.dates.update(state="written_up")
    with pytest.raises(WorkStarted):
        determine(engagement=made, ir35=OUTSIDE, on=DAY, actor=sam)


def test_what_is_owed_is_held_inside_the_rules_each_time_they_are_said_to_apply(school, nadia, sam):
    made = book(school, nadia, sam, on_day(), ir35=INSIDE)
    cancel_date(date=made.dates.get(), on=date(2026, 11, 3), reason="Late", by_school=True, actor=sam)
    held = PaymentHold.objects.filter(lifted_on__isnull=True)
    assert [one.payable_source for one in held] == [f"engagement:{made.number}:cancelled:1"]
    outside = Ir35Answer(own_company=True, answer="outside", reasons="May send somebody else")
    determine(engagement=made, ir35=outside, on=DAY, actor=sam)
    assert not held.all().exists()
    determine(engagement=made, ir35=INSIDE, on=DAY, actor=sam)
    assert held.all().count() == 1  # the hold that was lifted stays lifted; this is another
