"""The quarterly return: figures filled in, readings, a narrative; sent, then accepted or queried by a commissioner.

| state | meaning | who moves it |
|---|---|---|
| draft | being written | ``send_return`` |
| sent | waits for the commissioner | ``accept_return``, ``query_return`` |
| queried | waits for the partnership | ``send_return`` |
| accepted | agreed; it stays as it is | nobody |
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db import transaction

from marketplace.core.actors import Actor, Role
from marketplace.core.errors import NotAllowed, WrongInput
from marketplace.core.moving import move_state
from marketplace.core.text import clean_line
from subscriptions.commissions.models import Indicator, IndicatorReading, QuarterReturn
from subscriptions.commissions.queries import figures_of
from subscriptions.commissions.rules.indicators import percentage
from subscriptions.commissions.services.recording import (
    CommissionStands,
    record,
    require_commissioner,
    require_live,
)

State = QuarterReturn.State
OPEN = (State.DRAFT, State.QUERIED)
NARRATIVE_LIMIT = 4000


@dataclass(frozen=True)
class ReadingTerms:
    """A reading as it is entered: a number, or ``part`` of ``whole`` with the ``excepted`` ones beside them."""

    source: str
    value: Decimal | None = None
    part: int | None = None
    whole: int | None = None
    excepted: int = 0


@transaction.atomic
def take_reading(*, report: QuarterReturn, indicator: Indicator, terms: ReadingTerms, actor: Actor) -> IndicatorReading:
    """Enters, or changes, what an indicator was in the quarter. Percentages are worked out from their counts."""
    actor.require(Role.ORGANISER, to="write quarterly returns")
    _require_open(report)
    if indicator.council_id != report.council_id:
        raise WrongInput("The indicator belongs to another contract")
    value = _value(indicator, terms)
    made, _ = IndicatorReading.objects.update_or_create(
        indicator=indicator, report=report,
        defaults={
            "value": value, "part": terms.part, "whole": terms.whole, "excepted": terms.excepted,
            "source": clean_line(terms.source, what="Where it is from", limit=160),
        },
    )  # fmt: skip
    return made


def _value(indicator: Indicator, terms: ReadingTerms) -> Decimal | None:
    """The number or the percentage; refuses what does not fit the kind of indicator."""
    if indicator.kind == Indicator.Kind.NUMBER:
        if terms.value is None or terms.value < 0 or terms.part is not None or terms.whole is not None:
            raise WrongInput(f"{indicator.name} must be a number, 0 or more")
        return terms.value
    if terms.part is None or terms.whole is None or terms.value is not None:
        raise WrongInput(f"Enter how many, and of how many, for {indicator.name}")
    if terms.excepted and indicator.kind != Indicator.Kind.WITHIN_WEEKS:
        raise WrongInput("Exceptions are counted for cases within statutory weeks alone")
    if not 0 <= terms.part <= terms.whole or terms.excepted < 0:
        raise WrongInput(f"{indicator.name}: {terms.part} of {terms.whole} is more than all of them")
    return percentage(terms.part, terms.whole)


@transaction.atomic
def write_narrative(*, report: QuarterReturn, narrative: str, actor: Actor) -> QuarterReturn:
    """What the figures do not tell. No pupil is named."""
    actor.require(Role.ORGANISER, to="write quarterly returns")
    _require_open(report)
    if len(narrative) > NARRATIVE_LIMIT:
        raise WrongInput(f"The narrative must be {NARRATIVE_LIMIT:,} characters or fewer")
    QuarterReturn.objects.filter(pk=report.pk, state__in=OPEN).update(narrative=narrative.strip())
    report.refresh_from_db()
    return report


def missing_of(report: QuarterReturn, on: date) -> list[str]:
    """What stands in the way of sending it, in plain sentences."""
    found = []
    if report.quarter_to > on:
        last = report.quarter_to - timedelta(days=1)
        found.append(f"The quarter ends on {last:%-d %B %Y}. Send it after that.")
    read = set(report.readings.values_list("indicator_id", flat=True))
    found += [f"Enter {one.name}" for one in report.council.indicators.all() if one.pk not in read]
    if not report.narrative:
        found.append("Write what happened in the quarter")
    return found


@transaction.atomic
def send_return(*, report: QuarterReturn, on: date, actor: Actor) -> QuarterReturn:
    """Sends it to the commissioner with the figures of this moment. Refused while something is missing."""
    actor.require(Role.ORGANISER, to="send quarterly returns")
    held = _hold(report)
    require_live(held.council, active=True)
    _require_open(held)
    if missing := missing_of(held, on):
        raise WrongInput("The return is not complete", detail=missing)
    _move(
        held, held.state, State.SENT, figures=figures_of(held), sent_on=on, sent_by_id=actor.person_id,
        decided_on=None, decided_by=None,
    )  # fmt: skip
    record("commission.return_sent", held.council, actor, quarter=held.ordinal)
    return _again(report)


@transaction.atomic
def accept_return(*, report: QuarterReturn, on: date, actor: Actor) -> QuarterReturn:
    """A commissioner accepts it; then it stays as it is. Not by whoever sent it."""
    _decide(report, State.ACCEPTED, on, actor)
    record("commission.return_accepted", report.council, actor, quarter=report.ordinal)
    return _again(report)


@transaction.atomic
def query_return(*, report: QuarterReturn, query: str, on: date, actor: Actor) -> QuarterReturn:
    """A commissioner asks about it: the partnership mends it and sends it again."""
    query = clean_line(query, what="What you ask", limit=500)
    _decide(report, State.QUERIED, on, actor, query=query)
    record("commission.return_queried", report.council, actor, quarter=report.ordinal, text={"query": query})
    return _again(report)


def _decide(report: QuarterReturn, state: str, on: date, actor: Actor, **values: object) -> None:
    require_commissioner(report.council, actor, to="decide on quarterly returns")
    held = _hold(report)
    if actor.person_id == held.sent_by_id:
        raise NotAllowed("You sent this return, so someone else must decide on it.")
    _move(held, State.SENT, state, decided_on=on, decided_by_id=actor.person_id, **values)


def _hold(report: QuarterReturn) -> QuarterReturn:
    rows = QuarterReturn.objects.select_for_update(of=("self",)).select_related("council__contract__party")
    return rows.get(pk=report.pk)


def _require_open(report: QuarterReturn) -> None:
    if report.state not in OPEN:
        raise CommissionStands(
            f"This return is {report.get_state_display().lower()} now, so nothing can be changed in it."
        )


def _move(report: QuarterReturn, before: str, after: str, **values: object) -> None:
    move_state(report, before, after, named="This return", refusal=CommissionStands, **values)


def _again(report: QuarterReturn) -> QuarterReturn:
    report.refresh_from_db()
    return report
