"""Drawing up a call, publishing it, its deadline.

| state | meaning | who moves it |
|---|---|---|
| draft | being drawn up | ``publish_call``, ``cancel_call`` |
| open | published; applications are taken within its hours | ``close_calls_over`` (duty), ``close_call``, ``cancel_call`` |
| closed | the panel scores | ``panel.finish_scoring``, ``cancel_call`` |
| scored | waits for decisions | ``awarding.award``, ``awarding.decline``: the last one decides it; ``panel.score_again`` |
| decided, cancelled | over | nobody |
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from marketplace.core import series
from marketplace.core.actors import Actor
from marketplace.core.errors import DomainError, WrongInput
from marketplace.core.money import Money
from marketplace.core.periods import Period
from marketplace.core.text import clean_line
from marketplace.core.wording import LONDON, long_date
from subscriptions.hubs.models import HubApplication, HubCall, HubCriterion
from subscriptions.hubs.rules.template import Template, kept, plan
from subscriptions.hubs.services.writing import clean_text, move_call, record_call, require_running

SERIES, PREFIX = "hub-call", "HC"
State = HubCall.State


@dataclass(frozen=True)
class CriterionTerms:
    """One thing that the panel looks at, with its weight and the most points for it."""

    name: str
    weight: Decimal
    most_points: int = 5
    words: str = ""


@dataclass(frozen=True)
class CallTerms:
    """All that a call says. ``opens_at`` and ``closes_at`` are moments with a time zone, kept to the minute."""

    kind: str
    title: str
    priorities: str
    monthly: Money
    budget: Money
    term: Period
    opens_at: datetime
    closes_at: datetime
    template: Template
    criteria: tuple[CriterionTerms, ...]
    needs: str = ""
    quorum: int = 2


@transaction.atomic
def draft_call(*, terms: CallTerms, on: date, actor: Actor) -> HubCall:
    """A call drawn up and not yet published. By an organiser or a finance manager. Nothing is owed by it."""
    require_running(actor, to="draw up calls for hubs")
    values = _checked(terms)
    series.ensure_series(code=SERIES, prefix=PREFIX)
    [number] = series.claim(series=SERIES)
    made = HubCall.objects.create(number=number, drafted_by_id=actor.person_id, **values)
    _write_criteria(made, terms.criteria)
    record_call("hub_call.drafted", made, actor, budget_pence=made.budget_pence)
    return made


@transaction.atomic
def change_call(*, call: HubCall, terms: CallTerms, on: date, actor: Actor) -> HubCall:
    """Everything that a draft says, said anew. Refused once it is published (CallMoved)."""
    require_running(actor, to="change calls for hubs")
    values = _checked(terms)
    move_call(call, State.DRAFT, State.DRAFT, **values)
    call.criteria.all().delete()
    _write_criteria(call, terms.criteria)
    record_call("hub_call.changed", call, actor, budget_pence=call.budget_pence)
    return call


def _write_criteria(call: HubCall, criteria: Sequence[CriterionTerms]) -> None:
    for at, one in enumerate(criteria, start=1):
        HubCriterion.objects.create(
            call=call, position=at, name=clean_line(one.name, what="Name of the criterion", limit=120),
            words=clean_line(one.words, what="What it looks at", limit=500, required=False), weight=one.weight,
            most_points=one.most_points,
        )  # fmt: skip


def _checked(terms: CallTerms) -> dict[str, Any]:
    """The columns of a call; refuses what does not go together."""
    if terms.kind not in HubCall.Kind.values:
        raise WrongInput("Choose whether it is for a hub or a specialist centre")
    opens, closes = (_minute(one) for one in (terms.opens_at, terms.closes_at))
    if closes <= opens:
        raise WrongInput("The deadline must be later than the opening")
    if closes.astimezone(LONDON).date() >= terms.term.start:
        raise WrongInput(f"The deadline must be before the term begins on {long_date(terms.term.start)}")
    if terms.monthly.pence <= 0:
        raise WrongInput("What it pays a month must be more than £0.00")
    whole = usual_value(terms.monthly, terms.term)
    if whole.pence > terms.budget.pence:
        raise WrongInput(f"One award comes to {whole} over the whole term, more than the budget of {terms.budget}")
    plan(terms.template, terms.term, whole)
    _check_criteria(terms.criteria)
    if terms.quorum < 1:
        raise WrongInput("At least 1 member must score each application")
    return {
        "kind": terms.kind, "title": clean_line(terms.title, what="Title", limit=160),
        "priorities": clean_text(terms.priorities, what="Priorities"),
        "needs": clean_text(terms.needs, what="Needs", required=terms.kind == HubCall.Kind.CENTRE),
        "monthly_pence": terms.monthly.pence, "budget_pence": terms.budget.pence, "valid_from": terms.term.start,
        "valid_to": terms.term.end, "opens_at": opens, "closes_at": closes, "quorum": terms.quorum,
        "terms": kept(terms.template),
    }  # fmt: skip


def _check_criteria(criteria: Sequence[CriterionTerms]) -> None:
    if not criteria:
        raise WrongInput("Say by what the panel chooses: add at least one criterion")
    if any(one.weight <= 0 or not 1 <= one.most_points <= 100 for one in criteria):
        raise WrongInput("A criterion's weight must be more than 0, and its most points from 1 to 100")
    if len({one.name.strip().lower() for one in criteria}) != len(criteria):
        raise WrongInput("Two criteria have the same name. Give each its own.")


def _minute(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("A deadline has a time zone")
    return moment.replace(second=0, microsecond=0)


def usual_value(monthly: Money, term: Period) -> Money:
    """What an award comes to over the whole term, month by month."""
    return monthly * len(list(term.months()))


@transaction.atomic
def publish_call(*, call: HubCall, on: date, actor: Actor) -> HubCall:
    """Everybody may read it from now on; schools apply within its hours. What it says stands."""
    require_running(actor, to="publish calls for hubs")
    if call.closes_at.astimezone(LONDON).date() < on:
        raise WrongInput("Its deadline is over. Change it first.")
    move_call(call, State.DRAFT, State.OPEN, published_on=on)
    record_call("hub_call.published", call, actor)
    return call


class CallNotOpen(DomainError):
    """Applications are not taken: not yet, or no longer."""

    code = "hub_call_not_open"


def require_open(call: HubCall, at: datetime) -> None:
    """Refuses outside ``[opens_at, closes_at)`` of a published call (CallNotOpen)."""
    if call.state != HubCall.State.OPEN or at >= call.closes_at:
        raise CallNotOpen(f"Applications to {call.title} closed at {minute_words(call.closes_at)}. Nothing was sent.")
    if at < call.opens_at:
        raise CallNotOpen(f"Applications to {call.title} open at {minute_words(call.opens_at)}. Nothing was sent.")


@transaction.atomic
def extend_deadline(*, call: HubCall, closes_at: datetime, on: date, actor: Actor) -> HubCall:
    """A later deadline for everybody, while the call is open. Never an earlier one."""
    require_running(actor, to="extend the deadline of a call")
    closes = _minute(closes_at)
    if closes <= call.closes_at:
        raise WrongInput("The new deadline must be later than the one that was published")
    if closes.astimezone(LONDON).date() >= call.valid_from:
        raise WrongInput(f"The deadline must be before the term begins on {long_date(call.valid_from)}")
    before = call.closes_at
    move_call(call, State.OPEN, State.OPEN, closes_at=closes)
    record_call("hub_call.extended", call, actor, before=before.isoformat(), after=closes.isoformat())
    return call


@transaction.atomic
def close_call(*, call: HubCall, at: datetime, actor: Actor) -> HubCall:
    """The deadline is over: applications are opened to the panel, drafts that were not sent are withdrawn."""
    require_running(actor, to="close calls for hubs")
    if at < call.closes_at:
        raise WrongInput(f"Schools may apply until {minute_words(call.closes_at)}. It closes by itself.")
    move_call(call, State.OPEN, State.CLOSED)
    unsent = HubApplication.objects.filter(call=call, state=HubApplication.State.DRAFT)
    late = unsent.update(state=HubApplication.State.WITHDRAWN, withdrawn_on=at.astimezone(LONDON).date())
    sent = call.applications.filter(state=HubApplication.State.SUBMITTED).count()
    record_call("hub_call.closed", call, actor, submitted=sent, unsent=late)
    return call


def close_calls_over(*, at: datetime, actor: Actor) -> int:
    """The duty of each minute: closes the calls whose deadline is over. Returns how many."""
    count = 0
    for call in HubCall.objects.filter(state=State.OPEN, closes_at__lte=at).order_by("closes_at", "pk")[:100]:
        close_call(call=call, at=at, actor=actor)
        count += 1
    return count


@transaction.atomic
def cancel_call(*, call: HubCall, reason: str, on: date, actor: Actor) -> HubCall:
    """The call is called off, with a reason that those who applied read. Not once its scoring has ended."""
    require_running(actor, to="cancel calls for hubs")
    reason = clean_line(reason, what="Reason", limit=300)
    before = State(call.state)
    if before not in (State.DRAFT, State.OPEN, State.CLOSED):
        before = State.CLOSED  # refused there, in the same words
    move_call(call, before, State.CANCELLED, cancelled_on=on, cancel_reason=reason)
    standing = HubApplication.objects.filter(call=call, state__in=["draft", "submitted"])
    standing.update(state=HubApplication.State.WITHDRAWN, withdrawn_on=on)
    record_call("hub_call.cancelled", call, actor, text={"reason": reason})
    return call


def minute_words(moment: datetime) -> str:
    """ "12 noon on 5 May 2026", "4:30pm on 5 May 2026"."""
    local = moment.astimezone(LONDON)
    if (local.hour, local.minute) in ((12, 0), (0, 0)):
        clock = "12 noon" if local.hour else "midnight"
    else:
        minutes = f":{local.minute:02d}" if local.minute else ""
        clock = f"{local.hour % 12 or 12}{minutes}{'am' if local.hour < 12 else 'pm'}"
    return f"{clock} on {long_date(local)}"
