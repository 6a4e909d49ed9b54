"""A negotiation of rates in words: what lies on the table, the price list of it, and every step that led there."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.utils import timezone

from frontend.finance.access import posted, said
from frontend.formats import long_date, money
from frontend.numbers import whole
from frontend.rate_forms import RateForm, initial_of
from marketplace.core.actors import Actor
from marketplace.core.errors import DomainError, NotAllowed, WrongInput
from providers.models import Rate, RateProposal, RateStep
from providers.queries import rates_waiting_for, steps_of
from providers.rates.negotiating import side_of, terms_of
from providers.rates.rules.terms import price_list
from providers.services import agree_rates, counter_rates, mileage_on, withdraw_rates

UNITS = dict(Rate.Unit.choices)
AUDIENCES = {"member": "Members", "other": "Other schools"}


def brokerage_words(step: RateStep | Rate) -> str:
    """Such as "15% of the price", "15% on top of the fee", "£40.00 a day on top of the fee"."""
    if step.brokerage == Rate.Brokerage.FIXED:
        return f"{money(step.fixed_pence)} on top of the fee"
    percent = f"{(step.share * 100).normalize():f}%"
    return f"{percent} of the price" if step.brokerage == Rate.Brokerage.INCLUSIVE else f"{percent} on top of the fee"


def travel_words(step: RateStep) -> str:
    pence = mileage_on(step.valid_from)
    return f"{pence}p a mile" if step.by_mile and pence else "By the mile" if step.by_mile else "Included"


def tag_of(proposal: RateProposal, *, ours: bool) -> str:
    """The state for whoever looks: the partnership (``ours``) or the provider."""
    if proposal.state != RateProposal.State.OPEN:
        return f"rate {proposal.state}"
    turn = (proposal.waits_for == "partnership") == ours
    if ours:
        return "rate to answer" if turn else "rate with provider"
    return "rate your turn" if turn else "rate with us"


def timeline_of(steps: Sequence[RateStep]) -> list[dict[str, str]]:
    """Every step, the newest first, in the form of the component ``timeline``."""
    return [
        {
            "title": f"{one.get_kind_display()}: {money(one.day_pence)} a day, {brokerage_words(one)}, from {long_date(one.valid_from)}"
            if one.kind in ("propose", "counter")
            else one.get_kind_display(),
            "by": f"{one.person.name}, for the {one.get_side_display().lower()}",
            "when": long_date(one.on),
            "text": one.words,
        }
        for one in reversed(steps)
    ]  # fmt: skip


def context_of(proposal: RateProposal, actor: Actor, form: RateForm) -> dict[str, Any]:
    """What both sides' pages of one negotiation show."""
    steps = steps_of(proposal)
    last = steps[-1]
    may_write = side_of(actor, proposal.consultant) is not None and proposal.state == RateProposal.State.OPEN
    return {
        "proposal": proposal, "steps": timeline_of(steps), "last": last, "form": form, "may_write": may_write,
        "seen": last.position, "prices": price_list(terms_of(last)), "units": UNITS, "audiences": AUDIENCES,
        "brokerage": brokerage_words(last), "travel": travel_words(last),
        "may_agree": may_write and rates_waiting_for(actor).filter(pk=proposal.pk).exists()
        and last.person_id != actor.person_id,
    }  # fmt: skip


def answered(request: HttpRequest, proposal: RateProposal, actor: Actor) -> tuple[RateForm, list[str], bool]:
    """Does what a button asks for: the form, what was refused, and whether it was done."""
    sent = posted(request)
    counter = sent is not None and sent.get("do") == "counter"
    form = RateForm(sent if counter else None, initial=initial_of(steps_of(proposal)[-1]))
    if sent is None or (counter and not form.is_valid()):
        return form, [], False
    try:
        words = _do(str(sent.get("do")), proposal, form, _position(sent.get("seen")), actor)
    except NotAllowed:
        raise
    except DomainError as error:
        proposal.refresh_from_db()
        return form, said(error), False
    messages.success(request, words)
    return form, [], True


def _do(what: str, proposal: RateProposal, form: RateForm, seen: int, actor: Actor) -> str:
    name, on = proposal.consultant.name, timezone.localdate()
    if what == "agree":
        agree_rates(proposal=proposal, seen=seen, on=on, actor=actor)
        return f"Agreed. The rates of {name} hold from the first day on."
    if what == "withdraw":
        withdraw_rates(proposal=proposal, on=on, actor=actor)
        return f"Ended without an agreement. The rates of {name} stay as they are."
    if what == "counter":
        given = form.cleaned_data
        counter_rates(
            proposal=proposal, terms=form.terms(), valid_from=given["valid_from"], seen=seen, on=on, actor=actor,
            words=given["words"],
        )  # fmt: skip
        return "Sent. The other side agrees it, or proposes otherwise."
    raise WrongInput("Choose what to do with the proposal")


def _position(text: str | None) -> int:
    return whole(text, digits=5)
