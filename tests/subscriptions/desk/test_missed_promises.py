"""A promise that was missed is noted once, and what comes back for it is proposed once, decided once, within the month."""

from datetime import date, datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from invoicing.receivables.models import Charge, Reduction
from marketplace.core.errors import NotAllowed, WrongInput
from marketplace.core.models import Event
from subscriptions.agreements.rules.forms import Billing, CreditRule, Every, Timing
from subscriptions.desk.services.crediting import CreditIsDecided, NotChargedYet, preview_credit
from subscriptions.models import MissedPromise, ServiceCredit, Ticket
from subscriptions.services import (
    approve_credit,
    close_ticket,
    end,
    mark_missed,
    reply,
    resolve_ticket,
    waive_credit,
)
from tests.invoicing.books import bill
from tests.subscriptions.agreements.terms import agreed
from tests.subscriptions.agreements.terms import line as line_terms
from tests.subscriptions.desk.conftest import asked, at, on

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ledger_holds")]
TODAY = date(2026, 6, 18)


def noted(ticket: Ticket) -> list[str]:
    return [one.clock for one in ticket.missed.order_by("pk")]


def missed(ticket: Ticket, actor, moment: datetime | None = None) -> ServiceCredit:  # type: ignore[no-untyped-def]
    mark_missed(at=moment or at(10, 1), actor=actor)
    return ServiceCredit.objects.get(ticket=ticket)


def test_what_has_run_out_is_noted_once_and_told_once(ticket, actor):
    assert mark_missed(at=at(10), actor=actor) == 0
    assert (mark_missed(at=at(10, 1), actor=actor), mark_missed(at=at(10, 2), actor=actor)) == (1, 0)
    assert noted(ticket) == ["response"]
    assert mark_missed(at=on(16, 9, 1), actor=actor) == 1
    assert noted(ticket) == ["response", "fix"]
    assert Event.objects.filter(kind="ticket.promise_missed").count() == 2
    assert ServiceCredit.objects.count() == 1  # one for a ticket, however much was missed


def test_an_answer_that_comes_too_late_notes_it_itself(ticket, olga):
    reply(ticket=ticket, text="Sorry.", at=at(10, 5), actor=olga)
    assert noted(ticket) == ["response"]
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        MissedPromise.objects.update(clock="fix")


def test_what_was_answered_in_time_misses_nothing_however_late_one_looks(ticket, olga, sam, actor):
    reply(ticket=ticket, text="Which month?", ask=True, at=at(9, 30), actor=olga)
    assert mark_missed(at=on(30, 9), actor=actor) == 0
    reply(ticket=ticket, text="June", at=on(30, 9), actor=sam)
    resolve_ticket(ticket=ticket, text="Mended", at=on(30, 10), actor=olga)
    assert (mark_missed(at=at(9, day=date(2026, 9, 1)), actor=actor), noted(ticket)) == (0, [])


def test_a_ticket_closed_before_anything_ran_out_misses_nothing(ticket, sam, actor):
    close_ticket(ticket=ticket, at=at(9, 30), actor=sam)
    assert (mark_missed(at=on(30, 9), actor=actor), noted(ticket)) == (0, [])


def test_a_tenth_of_the_month_is_proposed_and_comes_off_the_charge_once_approved(ticket, payroll, actor, mo):
    credit = missed(ticket, actor)
    assert (credit.month_from, credit.month_to) == (date(2026, 6, 1), date(2026, 7, 1))
    assert (credit.month_pence, credit.percent, credit.pence, credit.state) == (10_000, Decimal(10), 1_000, "proposed")
    seen = preview_credit(credit)
    assert (seen.amount.net.pence, seen.amount.gross.pence, seen.invoiced) == (1_000, 1_200, False)
    approve_credit(credit=credit, on=TODAY, actor=mo)
    charge = Charge.objects.get(source_key=seen.charge_key)
    taken = Reduction.objects.get(charge=charge)
    assert (taken.source_key, taken.pence) == (f"service-credit:{ticket.pk}", 1_000)
    assert (taken.service_from, taken.service_to) == (credit.month_from, credit.month_to)
    assert charge.due_pence == 119_000
    with pytest.raises(CreditIsDecided):
        approve_credit(credit=credit, on=TODAY, actor=mo)
    assert Reduction.objects.count() == 1


def test_what_was_invoiced_is_credited(ticket, actor, mo):
    bill(on=TODAY)
    credit = missed(ticket, actor)
    assert preview_credit(credit).invoiced
    approve_credit(credit=credit, on=TODAY, actor=mo)
    assert Reduction.objects.get().state == "due"


def test_credits_of_a_month_stay_within_its_cap(oakfield, payroll, sam, actor):
    for _ in range(4):
        asked(oakfield, payroll, sam)
    mark_missed(at=at(10, 1), actor=actor)
    assert [one.pence for one in ServiceCredit.objects.order_by("pk")] == [1_000, 1_000, 1_000]
    asked(oakfield, payroll, sam, at=at(9, day=date(2026, 7, 6)))
    mark_missed(at=at(11, day=date(2026, 7, 6)), actor=actor)
    assert ServiceCredit.objects.latest("pk").month_from == date(2026, 7, 1)


def test_where_nothing_was_agreed_nothing_comes_back(oakfield, payroll, sam, actor):
    ticket = asked(oakfield, payroll, sam, priority="P4")
    mark_missed(at=at(9, day=date(2026, 9, 1)), actor=actor)
    assert (noted(ticket), ServiceCredit.objects.count()) == (["response", "fix"], 0)


def test_waived_it_needs_a_reason_and_nothing_comes_off(ticket, actor, mo, fay):
    credit = missed(ticket, actor)
    with pytest.raises(WrongInput, match="Enter why"):
        waive_credit(credit=credit, reason=" ", on=TODAY, actor=mo)
    with pytest.raises(NotAllowed):
        waive_credit(credit=credit, reason="The school was away", on=TODAY, actor=fay)
    waive_credit(credit=credit, reason="The school was away", on=TODAY, actor=mo)
    credit.refresh_from_db()
    assert (credit.state, Reduction.objects.count()) == ("waived", 0)


def test_whoever_answered_does_not_decide_on_the_credit(ticket, actor, mo):
    reply(ticket=ticket, text="Sorry.", at=at(10, 5), actor=mo)
    with pytest.raises(NotAllowed, match="someone else must decide"):
        approve_credit(credit=ServiceCredit.objects.get(), on=TODAY, actor=mo)
    assert not Reduction.objects.exists()


def test_a_month_that_is_charged_afterwards_waits_for_its_charge(oakfield, desk_hours, sam, actor, mo):
    arrears = Billing(every=Every.MONTH, timing=Timing.ARREARS)
    line = agreed(oakfield, line_terms(120_000), actor=actor, billing=arrears, on=date(2026, 4, 1)).lines.get()
    credit = missed(asked(oakfield, line, sam), actor)
    assert preview_credit(credit).charge_key == ""
    with pytest.raises(NotChargedYet, match="June 2026"):
        approve_credit(credit=credit, on=TODAY, actor=mo)
    credit.refresh_from_db()
    assert credit.state == "proposed"


def test_a_credit_given_back_and_the_agreement_ended_afterwards_still_agree(ticket, payroll, actor, mo):
    approve_credit(credit=missed(ticket, actor), on=TODAY, actor=mo)
    end(
        agreement=payroll.agreement,
        on=date(2026, 7, 1),
        given_on=TODAY,
        credit=CreditRule.MONTHS,
        reason="Moved away",
        actor=actor,
    )
    charge = Charge.objects.get()
    assert charge.due_pence == 30_000 - 1_000
