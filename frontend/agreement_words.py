"""How what is agreed reads, to the school that takes it and to finance alike."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from frontend.formats import long_date, money, period
from marketplace.core.money import TaxedAmount
from subscriptions.agreements.models import Agreement, AgreementLine, BillingPeriod
from subscriptions.renewals.reading import Worth

State = Agreement.State


def state_of(agreement: Agreement, on: date) -> str:
    """The state for the tag: what was agreed and has not begun, and what ends soon after notice, say so."""
    if agreement.state == State.ACTIVE and on < agreement.term_from:
        return "agreement to begin"
    if agreement.state == State.ACTIVE and agreement.runs_to <= on:
        return "agreement ended"
    if agreement.state == State.ACTIVE and agreement.notice_given_on:
        return "agreement notice given"
    return f"agreement {agreement.state}"


def own_state_of(agreement: Agreement, on: date) -> str:
    """The same for the school: what is offered waits for it."""
    return "own agreement offered" if agreement.state == State.OFFERED else state_of(agreement, on)


def term_words(agreement: Agreement) -> str:
    """ "April 2026 to March 2027", as long as it runs or ran; what ended on its first day, or never began, by its term."""
    runs_to = agreement.runs_to if agreement.runs_to > agreement.term_from else agreement.term_to
    return period(agreement.term_from, runs_to)


def price_words(worth: Worth) -> str:
    """ "£1,200.00 a year"; what is not priced by the year, by itself."""
    return f"{money(worth.yearly.net.pence)} a year" if worth.is_yearly else money(worth.yearly.net.pence)


def next_charge_words(worth: Worth) -> str:
    """ "£480.00 on 1 September 2026", with VAT; nothing where nothing is to come."""
    if worth.next_on is None:
        return "Nothing more to invoice"
    return f"{money(worth.next_charge.gross.pence)} on {long_date(worth.next_on)}"


def notice_words(agreement: Agreement, on: date) -> str:
    """By when notice is in time, or that it was given, or what comes at the end without any."""
    if agreement.notice_given_on:
        return f"Given on {long_date(agreement.notice_given_on)}: it ends with {long_date(last_day(agreement))}"
    if agreement.state in (State.ENDED, State.DECLINED, State.WITHDRAWN):
        return ""
    if agreement.notice_by is None:
        return "None needed: it ends with its term" if agreement.renewal == Agreement.Renewal.NONE else "None needed"
    late = ", which is past" if on > agreement.notice_by else ""
    return f"By {long_date(agreement.notice_by)}{late}"


def renewal_words(agreement: Agreement) -> str:
    """What happens at the end of the term."""
    return {
        Agreement.Renewal.ASK: "Renewed when you say so",
        Agreement.Renewal.AUTOMATIC: "Renewed by itself, unless notice is given in time",
        Agreement.Renewal.NONE: "Ends with its term",
    }[Agreement.Renewal(agreement.renewal)]


def last_day(agreement: Agreement) -> date:
    """The last day on which it runs."""
    return agreement.runs_to - timedelta(days=1)


def whole_term_words(worth: Worth) -> str:
    """ "£1,440.00 with VAT of £240.00"; what bears no VAT says so."""
    return taxed_words(worth.value)


def taxed_words(amount: TaxedAmount) -> str:
    if not amount.vat:
        return f"{money(amount.gross.pence)}, no VAT"
    return f"{money(amount.gross.pence)} with VAT of {money(amount.vat.pence)}"


def limit_words(limit_pence: int | None, gross_pence: int) -> str:
    """Whether the person's limit covers the whole term; empty where there is no limit."""
    if limit_pence is None:
        return ""
    if gross_pence <= limit_pence:
        return f"Within your limit of {money(limit_pence)}."
    over = gross_pence - limit_pence
    if not limit_pence:
        return "You have no limit to commit spending here. Ask somebody who has."
    return f"This is {money(over)} over your limit of {money(limit_pence)}. Ask somebody whose limit is higher."


def line_rows(lines: Sequence[AgreementLine], agreement: Agreement) -> list[dict[str, Any]]:
    """Each line that ran or runs, with its days, its price and how that was worked out."""
    return [
        {
            "line": line,
            "days": period(line.valid_from, line.valid_to),
            "price": money(line.base_pence),
            "for": period(line.base_from, line.base_to),
            "steps": steps_of(line),
            "code": line.cfr_code,
            "vat": f"{(line.vat_rate * 100).normalize():f}%",
            "consumer": "" if line.consumer_id == agreement.organisation_id else line.consumer.name,
        }
        for line in lines
        if line.valid_to > line.valid_from
    ]


def steps_of(line: AgreementLine) -> list[str]:
    """The sentences of a price, however they were kept."""
    return [step if isinstance(step, str) else str(step.get("text", "")) for step in line.steps]


def period_rows(periods: Sequence[BillingPeriod], invoices: dict[str, Any]) -> list[dict[str, Any]]:
    """Each stored period with what it costs and how that was or will be charged. ``invoices`` are those of its charge."""
    rows = []
    for one in periods:
        days = period(one.valid_from, one.valid_to) if one.valid_to > one.valid_from else "Taken back whole"
        rows.append(
            {
                "period": one,
                "title": one.line.title,
                "days": days,
                "planned": one.state == BillingPeriod.State.PLANNED,
                "cost": one.pence + one.kept_pence,
                "notes": _notes(one),
                "invoice": invoices.get(one.charge_key),
            }
        )
    return rows


def _notes(one: BillingPeriod) -> str:
    found = []
    if one.carried_pence:
        found.append(f"{money(one.carried_pence)} was paid for already")
    if one.kept_pence:
        found.append(f"{money(one.kept_pence)} stays charged for days given up")
    return "; ".join(found)


def successor_words(successor: Agreement | None) -> str:
    """What is agreed after it, in a sentence."""
    if successor is None:
        return ""
    what = period(successor.term_from, successor.term_to)
    return {
        State.OFFERED: f"A renewal for {what} is offered.",
        State.DECLINED: f"A renewal for {what} was declined.",
        State.WITHDRAWN: f"A renewal for {what} was withdrawn.",
    }.get(State(successor.state), f"Renewed for {what}.")
