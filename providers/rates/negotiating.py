"""Negotiating what a consultant costs: proposed, proposed otherwise, agreed or withdrawn; every step is kept."""

from dataclasses import asdict
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction

from marketplace.core import events, series
from marketplace.core.actors import Actor, Role
from marketplace.core.errors import DomainError, NotAllowed, WrongInput
from marketplace.core.text import clean_line
from marketplace.core.wording import long_date
from providers.profiles.models import Consultant
from providers.rates.making import make_rates
from providers.rates.models import RateProposal, RateStep, Side
from providers.rates.rules.terms import RateTerms, price_list

SERIES, PREFIX = "rate-proposals", "RP"
NEGOTIATING = (Role.ORGANISER, Role.FINANCE_MANAGER)
"""Who speaks for the partnership."""
WORDS_LIMIT = 600


class ProposalClosed(DomainError):
    """The negotiation is over: agreed or withdrawn."""

    code = "rate_proposal_closed"


class ProposalOpen(DomainError):
    """The consultant's rates are being negotiated already."""

    code = "rate_proposal_open"


class OwnProposal(DomainError):
    """Whoever would agree proposed it, or is of the side that did."""

    code = "own_rate_proposal"


class ProposalMoved(DomainError):
    """Somebody proposed otherwise after this was looked at."""

    code = "rate_proposal_moved"


@transaction.atomic
def propose_rates(
    *, consultant: Consultant, terms: RateTerms, valid_from: date, on: date, actor: Actor, words: str = ""
) -> RateProposal:
    """Opens a negotiation about a consultant's rates from ``valid_from`` on; the other side is to answer.

    The provider's staff and the partnership's organisers and finance managers may. Raises ProposalOpen while an earlier
    one is open, WrongInput for terms that give no price list or begin in the past.
    """
    side = _side_of(actor, consultant)
    _check(terms, valid_from, on)
    series.ensure_series(code=SERIES, prefix=PREFIX)
    [number] = series.claim(series=SERIES)
    proposal = RateProposal(number=number, consultant=consultant, waits_for=_other(side), opened_on=on)
    try:
        with transaction.atomic():
            proposal.save(force_insert=True)
    except IntegrityError as error:
        if "rateproposal_one_open" not in str(error):
            raise
        raise ProposalOpen(
            f"Rates of {consultant.name} are being negotiated already. Answer that proposal, or withdraw it first."
        ) from error
    _step(proposal, RateStep.Kind.PROPOSE, side, terms, valid_from, on, actor, words)
    _record("rate.proposed", proposal, actor, terms, valid_from)
    return proposal


@transaction.atomic
def counter_rates(
    *,
    proposal: RateProposal,
    terms: RateTerms,
    valid_from: date,
    seen: int,
    on: date,
    actor: Actor,
    words: str = "",
) -> RateProposal:
    """Proposes otherwise; the other side is to answer. One may improve one's own proposal as well.

    ``seen`` is the position of the last step that was looked at: raises ProposalMoved where there is a later one, and
    ProposalClosed, WrongInput as ``propose_rates`` does.
    """
    side = _side_of(actor, proposal.consultant)
    _check(terms, valid_from, on)
    proposal = _open(proposal, seen)
    RateProposal.objects.filter(pk=proposal.pk).update(waits_for=_other(side))
    proposal.waits_for = _other(side)
    _step(proposal, RateStep.Kind.COUNTER, side, terms, valid_from, on, actor, words)
    _record("rate.countered", proposal, actor, terms, valid_from)
    return proposal


@transaction.atomic
def agree_rates(*, proposal: RateProposal, seen: int, on: date, actor: Actor, words: str = "") -> RateProposal:
    """Agrees what lies on the table: its price list becomes the consultant's rates from its first day on.

    What held before ends that day; what would have begun later and was never used is replaced. Raises OwnProposal for the
    person, and for the side, that put it forward; RateInUse where a rate was used on or after the first day;
    ProposalMoved and ProposalClosed as ``counter_rates`` does. Nothing changes then.
    """
    side = _side_of(actor, proposal.consultant)
    proposal = _open(proposal, seen)
    last = last_step(proposal)
    if last.person_id == actor.person_id:
        raise OwnProposal("You proposed this, so somebody of the other side must agree it. Nothing was agreed.")
    if last.side == side:
        raise OwnProposal("Your own side proposed this, so the other side must agree it. Nothing was agreed.")
    terms = terms_of(last)
    agreed = _step(proposal, RateStep.Kind.AGREE, side, terms, last.valid_from, on, actor, words)
    made = make_rates(consultant=proposal.consultant, step=agreed, terms=terms)
    _close(proposal, RateProposal.State.AGREED, on)
    _record("rate.agreed", proposal, actor, terms, last.valid_from, rates=len(made))
    return proposal


@transaction.atomic
def withdraw_rates(*, proposal: RateProposal, on: date, actor: Actor, words: str = "") -> RateProposal:
    """Ends a negotiation without an agreement; the rates stay as they are. Either side may. Raises ProposalClosed."""
    side = _side_of(actor, proposal.consultant)
    proposal = _open(proposal, None)
    last = last_step(proposal)
    _step(proposal, RateStep.Kind.WITHDRAW, side, terms_of(last), last.valid_from, on, actor, words)
    _close(proposal, RateProposal.State.WITHDRAWN, on)
    _record("rate.withdrawn", proposal, actor, terms_of(last), last.valid_from)
    return proposal


def last_step(proposal: RateProposal) -> RateStep:
    """The step that put forward what lies on the table, or the one that ended it."""
    return RateStep.objects.filter(proposal=proposal).order_by("-position")[0]


def terms_of(step: RateStep) -> RateTerms:
    """What the step put forward."""
    return RateTerms(**{name: getattr(step, name) for name in RateTerms.__dataclass_fields__})


def side_of(actor: Actor, consultant: Consultant) -> Side | None:
    """For whom the actor speaks about this consultant's rates; None for nobody. The provider's staff speak for it."""
    if consultant.provider.organisation_id in actor.organisations(Role.PROVIDER):
        return Side.PROVIDER
    return Side.PARTNERSHIP if actor.has(*NEGOTIATING) and not actor.system else None


def _side_of(actor: Actor, consultant: Consultant) -> Side:
    side = side_of(actor, consultant)
    if side is None or actor.person_id is None:
        raise NotAllowed("You may not negotiate rates. Ask the provider, an organiser or a finance manager to do it.")
    return side


def _other(side: Side) -> Side:
    return Side.PARTNERSHIP if side == Side.PROVIDER else Side.PROVIDER


def _check(terms: RateTerms, valid_from: date, on: date) -> None:
    price_list(terms)
    if valid_from < on:
        raise WrongInput("The first day must not be in the past")


def _open(proposal: RateProposal, seen: int | None) -> RateProposal:
    """The proposal, locked until the transaction ends, if it is open and has no step that was not looked at."""
    [found] = list(
        RateProposal.objects.select_for_update(of=("self",))
        .select_related("consultant__provider")
        .filter(pk=proposal.pk)
    )
    if found.state != RateProposal.State.OPEN:
        on = long_date(found.closed_on) if found.closed_on else "an earlier day"
        raise ProposalClosed(f"This was {found.get_state_display().lower()} on {on}. Propose new rates instead.")
    if seen is not None and last_step(found).position != seen:
        raise ProposalMoved("Somebody proposed otherwise after you looked. Nothing was done. Look again.")
    return found


def _step(
    proposal: RateProposal,
    kind: RateStep.Kind,
    side: Side,
    terms: RateTerms,
    valid_from: date,
    on: date,
    actor: Actor,
    words: str,
) -> RateStep:
    if actor.person_id is None:
        raise NotAllowed("Whoever negotiates rates is a person, so that two of them agree.")
    last = RateStep.objects.filter(proposal=proposal).order_by("-position").values_list("position", flat=True).first()
    return RateStep.objects.create(
        proposal=proposal,
        position=(last or 0) + 1,
        kind=kind,
        side=side,
        person_id=actor.person_id,
        on=on,
        words=clean_line(words, what="Your words", limit=WORDS_LIMIT, required=False),
        valid_from=valid_from,
        **asdict(terms),
    )


def _close(proposal: RateProposal, state: RateProposal.State, on: date) -> None:
    RateProposal.objects.filter(pk=proposal.pk, state=RateProposal.State.OPEN).update(state=state, closed_on=on)
    proposal.state, proposal.closed_on = state, on


def _record(kind: str, proposal: RateProposal, actor: Actor, terms: RateTerms, valid_from: date, **more: Any) -> None:
    events.record(
        kind=kind,
        subject_kind="rate_proposal",
        subject=proposal.number,
        organisation_ids=[proposal.consultant.provider.organisation_id],
        payload={
            "consultant": proposal.consultant.code,
            "from": valid_from.isoformat(),
            "day_pence": terms.day_pence,
            "brokerage": str(terms.brokerage),
            **more,
        },
        actor=actor,
    )
