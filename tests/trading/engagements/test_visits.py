from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction

from invoicing.payables.models import Payable
from invoicing.payees.models import PaymentHold
from invoicing.receivables.models import Charge
from invoicing.recognition.models import Deferral
from invoicing.services import run_billing
from marketplace.core.actors import Role
from marketplace.core.errors import NotAllowed, NotFound, WrongInput
from marketplace.core.models import Event
from marketplace.core.money import Money
from marketplace.trading.engagements.models import EngagementDate
from marketplace.trading.engagements.services.giving_back import MoreThanPaid, give_back
from marketplace.trading.engagements.services.ir35 import Ir35Answer, determine
from marketplace.trading.engagements.services.planning import NotAccredited
from marketplace.trading.engagements.services.prepaid import use_prepaid
from marketplace.trading.engagements.services.visits import (
    VisitDecided,
    VisitNotYet,
    agree_visit,
    answer_query,
    decide_query,
    query_visit,
    remind_schools,
    save_visit,
    take_as_agreed,
)
from marketplace.trading.engagements.visit_models import Visit, VisitCharge
from marketplace.trading.engagements.visit_queries import margins_for, rating_of, to_write_up, visit_dates_for
from providers.services import add_consultant
from subscriptions.models import Allowance
from subscriptions.services import AllowanceUsedUp, grant_allowance
from tests.shop import person
from tests.trading.engagements.visiting import delivered, written
from tests.trading.engagements.world import DAY, ON, accredit, book, consultant_of, on_day, rate_of

pytestmark = pytest.mark.django_db
THEN = DAY + timedelta(days=1)


def test_a_visit_is_kept_handed_in_agreed_charged_and_owed_once(school, nadia, sam, lena):
    made = book(school, nadia, sam, on_day(), purchase_order="PO 12")
    planned = made.dates.get()
    kept = save_visit(date=planned, done="Half of it", next_steps="", miles=0, on=DAY, actor=lena)
    assert (kept.state, kept.done) == ("draft", "Half of it")
    sent = written(planned, DAY, lena)
    assert (sent.pk, sent.state, sent.agree_by) == (kept.pk, "submitted", date(2026, 11, 11))
    assert sent.date.state == EngagementDate.State.WRITTEN_UP and not Charge.objects.exists()
    agreed = agree_visit(visit=sent, on=THEN, actor=sam, rating=4)
    assert (agreed.sell_pence, agreed.buy_pence, agreed.travel_pence) == (45_000, 38_250, 0)
    assert agreed.date.state == EngagementDate.State.AGREED
    item, due = Charge.objects.get(), Payable.objects.get()
    assert item.source_key == due.source_key == f"engagement:{made.number}:visit:1"
    assert (item.net_pence, item.account_id, item.stream_id, item.purchase_order) == (45_000, "4110", "SI", "PO 12")
    assert (item.service_from, item.service_to, item.quantity) == (DAY, THEN, Decimal(1))
    assert (due.net_pence, due.account_id, due.provider) == (38_250, "6000", nadia.provider.organisation)
    with pytest.raises(VisitDecided, match="This visit is agreed by now"):
        agree_visit(visit=sent, on=THEN, actor=sam)
    assert (Charge.objects.count(), Payable.objects.count(), VisitCharge.objects.count()) == (1, 1, 1)
    call_command("verify_ledger")


def test_mileage_passes_through_whole_as_a_line_of_its_own(school, larkfield, actor, sam, lena):
    piers = consultant_of(larkfield, actor, name="Piers Oldroyd")
    rate_of(piers, mile=45)
    planned = book(school, piers, sam, on_day()).dates.get()
    visit = delivered(planned, DAY, lena, sam, miles=38)
    assert visit.travel_pence == 17_10
    assert sorted(Charge.objects.values_list("net_pence", flat=True)) == [17_10, 450_00]
    assert sorted(Payable.objects.values_list("net_pence", flat=True)) == [17_10, 382_50]
    assert Charge.objects.get(net_pence=17_10).source_key.endswith(":visit:1:travel")


def test_miles_are_refused_where_travel_is_included(school, nadia, sam, lena):
    planned = book(school, nadia, sam, on_day()).dates.get()
    with pytest.raises(WrongInput, match="Travel is included"):
        written(planned, DAY, lena, miles=10)
    assert not Visit.objects.exists()


def test_before_its_day_or_without_words_nothing_is_handed_in(school, nadia, sam, lena):
    planned = book(school, nadia, sam, on_day()).dates.get()
    with pytest.raises(VisitNotYet, match=r"from its day on\. This one is on 4 November 2026"):
        written(planned, DAY - timedelta(days=1), lena)
    with pytest.raises(WrongInput, match="Enter what was done"):
        written(planned, DAY, lena, done=" \n ")
    assert not Visit.objects.exists()


def test_only_who_delivers_writes_and_only_the_school_that_booked_answers(school, nadia, sam, lena, outsider):
    planned = book(school, nadia, sam, on_day()).dates.get()
    for other in (sam, outsider):
        with pytest.raises(NotFound):
            written(planned, DAY, other)
    visit = written(planned, DAY, lena)
    for other in (lena, outsider):
        with pytest.raises(NotFound):
            agree_visit(visit=visit, on=DAY, actor=other)
        with pytest.raises(NotFound):
            query_visit(visit=visit, reason="Too long", on=DAY, actor=other)
    assert not Charge.objects.exists()
    assert visit_dates_for(outsider).count() == 0
    assert visit_dates_for(lena).count() == visit_dates_for(sam).count() == 1


def test_nobody_agrees_what_they_wrote_up(school, nadia, sam, lena):
    """A person who works for the provider and buys for the school writes it up: the school needs somebody else."""
    visit = written(book(school, nadia, sam, on_day()).dates.get(), DAY, lena)
    Visit.objects.update(written_by_id=sam.person_id)
    with pytest.raises(NotAllowed, match="You wrote this visit up"):
        agree_visit(visit=visit, on=DAY, actor=sam)
    with pytest.raises(IntegrityError, match="visit_decided_by_another"), transaction.atomic():
        Visit.objects.update(
            state="agreed", decided_by_id=sam.person_id, decided_on=DAY, quantity=1, sell_pence=1, buy_pence=1,
            travel_pence=0,
        )  # fmt: skip


def test_unanswered_for_its_working_days_it_is_taken_as_agreed_bank_holidays_left_out(school, nadia, sam, lena):
    """Handed in on 17 December 2026: 18, 21, 22, 23, 24 December are five working days; had it been a day later, the
    bank holidays of 25 and 28 December would move it to 29 December."""
    day = date(2026, 12, 17)
    first, second = book(school, nadia, sam, on_day(day), on_day(day + timedelta(days=1))).dates.order_by("ordinal")
    assert written(first, day, lena).agree_by == date(2026, 12, 24)
    assert written(second, day + timedelta(days=1), lena).agree_by == date(2026, 12, 29)
    assert take_as_agreed(on=date(2026, 12, 24)) == 0
    assert take_as_agreed(on=date(2026, 12, 25)) == 1
    assert take_as_agreed(on=date(2026, 12, 29)) == 0
    assert take_as_agreed(on=date(2026, 12, 30)) == 1
    assert take_as_agreed(on=date(2026, 12, 31)) == 0
    assert {visit.state for visit in Visit.objects.all()} == {"taken"}
    assert Charge.objects.count() == Payable.objects.count() == 2
    call_command("verify_ledger")


def test_what_is_queried_is_never_taken_as_agreed(school, nadia, sam, lena):
    visit = written(book(school, nadia, sam, on_day()).dates.get(), DAY, lena)
    queried = query_visit(visit=visit, reason="She left at noon", on=DAY, actor=sam)
    assert queried.date.state == EngagementDate.State.QUERIED
    assert take_as_agreed(on=DAY + timedelta(days=90)) == 0
    assert not Charge.objects.exists()
    told = Event.objects.get(kind="visit.queried")
    assert "noon" not in str(told.payload)


def test_a_provider_that_charges_less_starts_the_time_to_answer_anew(school, nadia, sam, lena):
    visit = written(book(school, nadia, sam, on_day()).dates.get(), DAY, lena)
    query_visit(visit=visit, reason="She left at noon", on=DAY, actor=sam)
    with pytest.raises(WrongInput, match="booked for 1 day"):
        answer_query(visit=visit, answer="More", on=DAY, actor=lena, quantity=Decimal(2))
    again = answer_query(visit=visit, answer="A half day then", on=THEN, actor=lena, quantity=Decimal("0.5"))
    assert (again.state, again.agree_by) == ("submitted", date(2026, 11, 12))
    agreed = agree_visit(visit=again, on=THEN, actor=sam)
    assert (agreed.quantity, agreed.sell_pence, agreed.buy_pence) == (Decimal("0.5"), 225_00, 191_25)
    call_command("verify_ledger")


def test_an_amended_record_charges_less_than_the_one_that_was_queried(school, larkfield, actor, sam, lena):
    """Else the school's silence would agree to what it queried."""
    piers = consultant_of(larkfield, actor, name="Piers Oldroyd")
    rate_of(piers, mile=45)
    visit = written(book(school, piers, sam, on_day()).dates.get(), DAY, lena, miles=38)
    query_visit(visit=visit, reason="She left at noon", on=DAY, actor=sam)
    for same in ({"quantity": Decimal(1)}, {"miles": 38}, {"quantity": Decimal("0.5"), "miles": 40}):
        with pytest.raises(WrongInput, match="stands at 1 day and 38 miles"):
            answer_query(visit=visit, answer="As it was", on=DAY, actor=lena, **same)
    fewer = answer_query(visit=visit, answer="One way", on=DAY, actor=lena, miles=19)
    assert (fewer.state, fewer.miles, fewer.reduced_quantity) == ("submitted", 19, None)
    answer_query(
        visit=query_visit(visit=visit, reason="And a half day", on=DAY, actor=sam), answer="Yes", on=DAY, actor=lena,
        quantity=Decimal("0.5"),
    )  # fmt: skip
    query_visit(visit=visit, reason="An hour", on=DAY, actor=sam)
    with pytest.raises(WrongInput, match="stands at ½ day and 19 miles"):
        answer_query(visit=visit, answer="A day after all", on=DAY, actor=lena, quantity=Decimal(1))


def test_a_second_query_waits_for_an_answer_of_its_own(school, nadia, sam, lena, olga):
    visit = written(book(school, nadia, sam, on_day()).dates.get(), DAY, lena)
    query_visit(visit=visit, reason="She left at noon", on=DAY, actor=sam)
    answer_query(visit=visit, answer="A half day then", on=DAY, actor=lena, quantity=Decimal("0.5"))
    again = query_visit(visit=visit, reason="It was an hour", on=DAY, actor=sam)
    assert (again.answer, again.answered_on) == ("", None)
    with pytest.raises(WrongInput, match="has not answered"):
        decide_query(visit=again, quantity=Decimal("0.5"), answer="It stands", on=DAY, actor=olga)


def test_where_the_provider_stands_by_it_an_organiser_decides(school, nadia, sam, lena, olga):
    visit = written(book(school, nadia, sam, on_day()).dates.get(), DAY, lena)
    visit = query_visit(visit=visit, reason="She left at noon", on=DAY, actor=sam)
    with pytest.raises(WrongInput, match="has not answered"):
        decide_query(visit=visit, quantity=Decimal(1), answer="It stands", on=THEN, actor=olga)
    visit = answer_query(visit=visit, answer="She stayed until three", on=THEN, actor=lena)
    assert visit.state == "queried"
    with pytest.raises(NotAllowed):
        decide_query(visit=visit, quantity=Decimal(1), answer="It stands", on=THEN, actor=sam)
    decided = decide_query(visit=visit, quantity=Decimal("0.5"), answer="We settle on half", on=THEN, actor=olga)
    assert (decided.state, decided.sell_pence, decided.decided_by_id) == ("agreed", 225_00, olga.person_id)


def test_decided_as_nothing_nothing_is_charged_or_owed(school, nadia, sam, lena, olga):
    visit = written(book(school, nadia, sam, on_day()).dates.get(), DAY, lena)
    visit = query_visit(visit=visit, reason="Nobody came", on=DAY, actor=sam)
    visit = answer_query(visit=visit, answer="She was ill", on=THEN, actor=lena)
    decided = decide_query(visit=visit, quantity=Decimal(0), answer="It did not take place", on=THEN, actor=olga)
    assert decided.sell_pence == 0 and not Charge.objects.exists() and not Payable.objects.exists()
    call_command("verify_ledger")


def test_a_school_is_reminded_at_half_time_and_the_day_before(school, nadia, sam, lena):
    """Five working days from Wednesday 4 November: reminded on Friday 6 and on Tuesday 10, the last day is the 11th."""
    written(book(school, nadia, sam, on_day()).dates.get(), DAY, lena)
    told = [remind_schools(on=DAY + timedelta(days=number)) for number in range(8)]
    assert told == [0, 0, 1, 0, 0, 0, 1, 0]


def test_the_consultant_is_owed_although_the_accreditation_ended_since(school, larkfield, actor, sam, lena):
    """Accredited up to the visit's own day; the record is agreed ten days later."""
    last = add_consultant(provider=larkfield, code="mona", name="Mona Hurst", joined_on=ON, actor=actor)
    accredit(last, ON, THEN)
    rate_of(last)
    planned = book(school, last, sam, on_day()).dates.get()
    with pytest.raises(NotAccredited):
        book(school, last, sam, on_day(THEN), quantity=Decimal(1))
    delivered(planned, DAY + timedelta(days=10), lena, sam)
    assert Payable.objects.get().net_pence == 382_50
    call_command("verify_ledger")


def test_what_was_agreed_cannot_be_changed_in_the_database(school, nadia, sam, lena):
    visit = delivered(book(school, nadia, sam, on_day()).dates.get(), DAY, lena, sam)
    for change in ({"sell_pence": 1}, {"done": "Something else"}, {"state": "submitted"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Visit.objects.filter(pk=visit.pk).update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        VisitCharge.objects.update(net_pence=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        VisitCharge.objects.all().delete()


def test_included_days_are_used_by_the_visit_and_the_provider_is_owed_all_the_same(school, nadia, actor, sam, lena):
    allowance = grant_allowance(
        source_key="days", organisation=school, name="Gold", places=3, valid_from=date(2026, 9, 1),
        valid_to=date(2027, 9, 1), unit="half_day", actor=actor,
    )  # fmt: skip
    days = {"paid_by": "included", "allowance_id": allowance.pk, "quantity": Decimal(1)}
    planned = book(school, nadia, sam, on_day(), **days).dates.get()
    with pytest.raises(AllowanceUsedUp):
        book(school, nadia, sam, on_day(DAY + timedelta(days=7)), **days)
    visit = delivered(planned, DAY, lena, sam)
    assert (visit.sell_pence, visit.buy_pence) == (0, 382_50)
    assert not Charge.objects.exists() and Payable.objects.get().net_pence == 382_50
    assert Allowance.objects.get().left == 1
    call_command("verify_ledger")


def test_what_was_paid_in_advance_becomes_income_as_visits_use_it(school, nadia, actor, sam, lena):
    planned = book(school, nadia, sam, on_day(), paid_by="prepaid").dates.get()
    item = Charge.objects.get()
    assert (item.net_pence, item.recognition) == (1_125_00, "on_use")
    delivered(planned, DAY, lena, sam)
    assert Charge.objects.count() == 1
    assert use_prepaid(on=DAY, actor=actor) == 0, "Not invoiced yet"
    run_billing(on=DAY, actor=actor)
    assert use_prepaid(on=DAY, actor=actor) == 1
    assert use_prepaid(on=DAY, actor=actor) == 0
    assert Deferral.objects.get().open_pence == 675_00
    call_command("verify_ledger")


def test_given_back_in_parts_both_sides_come_out_exactly(school, nadia, partnership, actor, sam, lena):
    planned = book(school, nadia, sam, on_day()).dates.get()
    visit = delivered(planned, DAY, lena, sam)
    run_billing(on=DAY, actor=actor)
    priya = person(partnership, actor, name="Priya Finance", role=Role.FINANCE_OFFICER)
    with pytest.raises(NotAllowed):
        give_back(visit=visit, pence=1, reason="Left early", on=THEN, actor=sam)
    first = give_back(visit=visit, pence=100_01, reason="Left early", on=THEN, actor=priya)
    assert (first.sell_pence, first.buy_pence) == (100_01, 85_01)
    with pytest.raises(MoreThanPaid, match=r"Only £349\.99 of this visit is left"):
        give_back(visit=visit, pence=350_00, reason="All", on=THEN, actor=priya)
    give_back(visit=visit, pence=349_99, reason="All of it", on=THEN, actor=priya)
    assert (Payable.objects.get().state, Payable.objects.get().owed_pence) == ("cancelled", 0)
    row = margins_for(priya).get()
    assert (row.sold, row.sold_back, row.bought, row.bought_back) == (450_00, 450_00, 382_50, 382_50)
    assert margins_for(sam).count() == 0
    call_command("verify_ledger")


def test_a_rating_shows_from_the_fifth_on(school, nadia, sam, lena):
    first = DAY
    made = book(school, nadia, sam, *[on_day(first + timedelta(days=n)) for n in (0, 1, 2, 5, 6)], quantity=Decimal(5))
    for number, planned in enumerate(made.dates.order_by("ordinal"), start=1):
        assert rating_of(nadia) is None
        visit = written(planned, first + timedelta(days=6), lena)
        agree_visit(visit=visit, on=first + timedelta(days=6), actor=sam, rating=5 if number > 2 else 3)
    found = rating_of(nadia)
    assert found is not None and (found.tenths, found.count) == (42, 5)


def test_what_waits_to_be_written_up_begins_with_the_day(school, nadia, sam, lena, actor):
    book(school, nadia, sam, on_day())
    assert list(to_write_up(lena, on_day(DAY - timedelta(days=1)).ends_at)) == []
    [one] = to_write_up(lena, on_day(DAY).ends_at)
    assert one.engagement.consultant == nadia and not to_write_up(sam, on_day(DAY).ends_at).exists()


def test_a_leader_of_a_school_is_paid_through_it(school, larkfield, actor, oakfield, sam, lena):
    home = oakfield
    leader = consultant_of(larkfield, actor, name="Ines Marlow", home_school=home)
    rate_of(leader)
    planned = book(school, leader, sam, on_day()).dates.get()
    with pytest.raises(VisitNotYet, match="has not released this date"):
        written(planned, DAY, lena)
    EngagementDate.objects.update(release="released")
    planned.refresh_from_db()
    delivered(planned, DAY, lena, sam)
    assert Payable.objects.get().provider == home
    assert Money(Payable.objects.get().net_pence) == Money(382_50)


def test_a_buyer_elsewhere_sees_nothing_of_it(school, nadia, sam, oakfield, actor):
    book(school, nadia, sam, on_day())
    assert not visit_dates_for(person(oakfield, actor, name="Uma Elsewhere")).exists()


def test_inside_the_off_payroll_rules_what_was_earned_is_held_from_payment(school, nadia, sam, lena):
    """Earned and owed, but not paid gross; a later answer outside lifts it."""
    inside = Ir35Answer(own_company=True, answer="inside", reasons="Works as our own staff do")
    planned = book(school, nadia, sam, on_day(), ir35=inside).dates.get()
    delivered(planned, DAY, lena, sam)
    hold = PaymentHold.objects.get()
    assert hold.payable_source == Payable.objects.get().source_key and hold.lifted_on is None
    assert "off-payroll rules" in hold.reason
    outside = Ir35Answer(own_company=True, answer="outside", reasons="Sends a substitute")
    determine(engagement=planned.engagement, ir35=outside, on=THEN, actor=sam)
    assert PaymentHold.objects.get().lifted_on == THEN


def test_a_booking_is_done_with_its_last_visit(school, nadia, sam, lena):
    made = book(school, nadia, sam, on_day(), on_day(DAY + timedelta(days=1)), quantity=Decimal(2))
    first, second = made.dates.order_by("ordinal")
    delivered(first, DAY, lena, sam)
    made.refresh_from_db()
    assert made.state == "agreed"
    delivered(second, DAY + timedelta(days=1), lena, sam)
    made.refresh_from_db()
    assert made.state == "done"
