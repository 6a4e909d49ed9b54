"""Rounds of contributions: planned and worked out as often as needed, agreed once, joined later by others.

| round | becomes | by |
|---|---|---|
| – | draft, its shares worked out | ``plan_round`` |
| draft | draft, worked out again from the register and the counts of the day | ``draw_up`` |
| draft | gone | ``drop_round`` |
| draft | agreed: an agreement for each member | ``agree_round``; again: nothing more |
| agreed | agreed, one member more, nothing changed for the others | ``join_round`` |
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction

from marketplace.core import events
from marketplace.core.actors import FINANCE, Actor, Role
from marketplace.core.bulk import insert_once
from marketplace.core.errors import DomainError, WrongInput
from marketplace.core.money import Money, round_half_up
from marketplace.core.periods import Period
from marketplace.core.text import clean_line
from marketplace.organisations.models import Organisation
from subscriptions.agreements.models import Agreement
from subscriptions.agreements.rules.forms import Billing, Every, LineTerms, Prorate
from subscriptions.agreements.services import agree
from subscriptions.membership.models import (
    METHODS_OF_ROUNDS,
    SUPPLIES,
    ContributionRound,
    ContributionShare,
    MemberClass,
)
from subscriptions.membership.queries import members_over
from subscriptions.membership.rules.methods import Method, Share, clean_terms, shares_of
from subscriptions.membership.sharers import OfRecord, of_record, vat_of

ACCOUNT, STREAM, CFR, AAR = "4900", "OT", "E28a", "BAE300"
CONTRIBUTION, NOMINAL = 1, 2
"""The slots of an agreement's two lines."""


class RoundExists(DomainError):
    """A code names one round for ever."""

    code = "contribution_round_exists"


class RoundAgreed(DomainError):
    """What is agreed is not worked out again."""

    code = "contribution_round_agreed"


class RoundNotAgreed(DomainError):
    """Nobody joins a round whose shares are not settled."""

    code = "contribution_round_not_agreed"


class RoundChanged(DomainError):
    """The shares were worked out again since they were looked at."""

    code = "contribution_round_changed"


class InTheRound(DomainError):
    """One contributes to a round once."""

    code = "contributes_already"


class FeesAboveBudget(DomainError):
    """The nominal fees alone come to more than the budget."""

    code = "nominal_fees_above_budget"


@transaction.atomic
def plan_round(
    *,
    code: str,
    title: str,
    term: Period,
    budget: Money,
    method: Method,
    actor: Actor,
    terms: Mapping[str, Any] | None = None,
    nominal: Money = Money(0),
    member_class: MemberClass | None = None,
    joining: Prorate = Prorate.MONTHS,
    every: Every = Every.YEAR,
    supply_kind: str = "other",
    account_code: str = ACCOUNT,
    stream_code: str = STREAM,
    previous: ContributionRound | None = None,
) -> ContributionRound:
    """A draft with the share of each member of the first day, of one class or of all. By finance.

    ``nominal`` is what each pays first; ``joining`` is what a later member pays of the term. Raises RoundExists, and what
    ``draw_up`` raises.
    """
    actor.require(*FINANCE, to="plan contributions")
    code = clean_line(code, what="Code", limit=20).lower()
    if not code.replace("-", "").isalnum() or not code.isascii():
        raise WrongInput("Code must be letters, digits and hyphens, like 2026-27")
    if method not in METHODS_OF_ROUNDS:
        raise WrongInput(f"Method must be one of {', '.join(one.value for one in METHODS_OF_ROUNDS)}")
    if supply_kind not in dict(SUPPLIES):
        raise WrongInput(f"What members get must be one of {', '.join(dict(SUPPLIES))}")
    if budget.pence <= 0 or nominal.pence < 0:
        raise WrongInput("Budget must be more than £0.00, and the nominal fee not negative")
    made = ContributionRound(
        code=code, title=clean_line(title, what="Title", limit=120), term_from=term.start, term_to=term.end,
        budget_pence=budget.pence, nominal_pence=nominal.pence, method=method, terms=clean_terms(method, terms or {}),
        member_class=member_class, joining=joining, every=every, supply_kind=supply_kind, account_code=account_code,
        stream_code=stream_code, cfr_code=CFR, aar_code=AAR, previous=previous,
    )  # fmt: skip
    if not insert_once(made):
        raise RoundExists(f"There is a round {code} already. Choose another code.")
    _record("contribution.planned", made, actor, budget_pence=budget.pence, method=str(method))
    return draw_up(round=made, actor=actor)


@transaction.atomic
def draw_up(*, round: ContributionRound, actor: Actor) -> ContributionRound:
    """Works the shares of a draft out anew, from the register and the counts of the first day of its term.

    They add up to the budget to the penny. Raises RoundAgreed, NobodyToShare, PupilsNotKnown, FeesAboveBudget.
    """
    actor.require(*FINANCE, to="plan contributions")
    row = _locked(round)
    if row.state != ContributionRound.State.DRAFT:
        raise RoundAgreed(f"{row.title} is agreed, so its shares stay as they are.")
    members = of_record(members_over(row), row.term_from)
    rest = row.budget_pence - row.nominal_pence * len(members)
    if members and rest < 0:
        raise FeesAboveBudget(
            f"{len(members)} nominal fees of {Money(row.nominal_pence)} come to {Money(row.budget_pence - rest)}, more than "
            f"the budget of {Money(row.budget_pence)}. Lower the fee."
        )
    shares = shares_of(
        pence=rest, method=Method(row.method), terms=row.terms, sharers=[one.sharer() for one in members]
    )
    ContributionShare.objects.filter(round=row).delete()
    ContributionShare.objects.bulk_create(_share(row, one, share) for one, share in zip(members, shares, strict=True))
    ContributionRound.objects.filter(pk=row.pk).update(drawn=row.drawn + 1)
    row.refresh_from_db()
    _record("contribution.drawn", row, actor, drawn=row.drawn, members=len(members))
    return row


@transaction.atomic
def drop_round(*, round: ContributionRound, actor: Actor) -> None:
    """Takes a draft away. Raises RoundAgreed. By finance."""
    actor.require(*FINANCE, to="plan contributions")
    row = _locked(round)
    if row.state != ContributionRound.State.DRAFT:
        raise RoundAgreed(f"{row.title} is agreed. End the agreements of its members instead.")
    _record("contribution.dropped", row, actor)
    row.delete()


def _locked(round: ContributionRound) -> ContributionRound:
    return ContributionRound.objects.select_for_update(of=("self",)).get(pk=round.pk)


def _share(row: ContributionRound, one: OfRecord, share: Share, joined_on: date | None = None) -> ContributionShare:
    fee = (f"Nominal fee of {Money(row.nominal_pence)}",) if row.nominal_pence else ()
    return ContributionShare(
        round=row,
        organisation=one.organisation,
        pupils=one.pupils.pupils if one.pupils else None,
        source=one.pupils.source if one.pupils else "",
        counted_on=one.pupils.counted_on if one.pupils else None,
        phase=one.phase,
        weight=share.weight,
        nominal_pence=row.nominal_pence,
        pence=share.pence,
        steps=[*fee, *share.steps],
        joined_on=joined_on,
    )


@transaction.atomic
def agree_round(*, round: ContributionRound, drawn: int, on: date, actor: Actor) -> list[Agreement]:
    """Makes the agreement of each member and charges what is due by ``on``. By a finance manager.

    ``drawn`` is which working was looked at: another one is refused (RoundChanged). Agreed before, it returns the same
    agreements and adds nothing. A member whose share is nothing has none.
    """
    actor.require(Role.FINANCE_MANAGER, to="agree contributions")
    row = _locked(round)
    shares = list(row.shares.filter(joined_on__isnull=True).select_related("organisation", "agreement").order_by("pk"))
    if row.state == ContributionRound.State.AGREED:
        return [share.agreement for share in shares if share.agreement is not None]
    if drawn != row.drawn:
        raise RoundChanged(
            f"The shares of {row.title} were worked out again since you looked. Look at them, then agree."
        )
    made = [_agreed(row, share, on, actor) for share in shares if share.whole_pence]
    ContributionRound.objects.filter(pk=row.pk).update(state=ContributionRound.State.AGREED, agreed_on=on)
    row.refresh_from_db()
    _record("contribution.agreed", row, actor, agreements=len(made), pence=sum(share.whole_pence for share in shares))
    return made


@transaction.atomic
def join_round(
    *, round: ContributionRound, organisation: Organisation, on: date, charged_on: date, actor: Actor
) -> ContributionShare:
    """A member that joins an agreed round on a day within its term pays beside the others, whose shares stay.

    It pays what a member of its size pays for the whole term, of which the round's rule charges a part. Raises
    RoundNotAgreed, InTheRound. By a finance manager.
    """
    actor.require(Role.FINANCE_MANAGER, to="agree contributions")
    row = _locked(round)
    if row.state != ContributionRound.State.AGREED:
        raise RoundNotAgreed(
            f"{row.title} is a draft. Work its shares out again instead: whoever joined is among them."
        )
    if not row.term_from <= on < row.term_to:
        raise WrongInput(f"Choose a day from {row.term_from:%-d %B %Y} to before {row.term_to:%-d %B %Y}")
    if row.shares.filter(organisation=organisation).exists():
        raise InTheRound(f"{organisation.name} contributes to {row.title} already.")
    [one] = of_record([organisation], on)
    share = _share(row, one, _at_their_rate(row, one), joined_on=on)
    share.save(force_insert=True)
    _agreed(row, share, charged_on, actor)
    _record("contribution.joined", row, actor, [organisation.pk], on=on.isoformat(), pence=share.whole_pence)
    return share


def _at_their_rate(row: ContributionRound, one: OfRecord) -> Share:
    """What the newcomer's weight costs at what the same weight cost the others, half up to a penny."""
    others = list(row.shares.filter(joined_on__isnull=True))
    whole, rest = sum((share.weight for share in others), Decimal(0)), sum(share.pence for share in others)
    method = Method(row.method)
    [own] = shares_of(pence=0, method=method, terms=row.terms, sharers=[one.sharer()])
    pence = round_half_up(Decimal(rest) * own.weight / whole)
    step = f"As the others pay: {own.weight.normalize():,f} of {whole.normalize():,f} of {Money(rest)} = {Money(pence)}"
    return replace(own, pence=pence, steps=(*own.steps[:-1], step))


def _agreed(row: ContributionRound, share: ContributionShare, on: date, actor: Actor) -> Agreement:
    whole = Period(row.term_from, row.term_to)
    valid = Period(share.joined_on or whole.start, whole.end)
    vat = vat_of(organisation=share.organisation, supply_kind=row.supply_kind, on=valid.start)
    common = LineTerms(
        slot=CONTRIBUTION, title=row.title, base=whole, base_pence=share.pence, valid=valid, vat=vat,
        account_code=row.account_code, stream_code=row.stream_code, cfr_code=row.cfr_code, aar_code=row.aar_code,
        source=f"contribution:{row.pk}", steps=tuple(share.steps), facts=facts_of(share),
    )  # fmt: skip
    lines: Sequence[LineTerms] = [common] if share.pence else []
    if share.nominal_pence:
        fee = replace(
            common, slot=NOMINAL, title=f"{row.title}: membership", base_pence=share.nominal_pence, steps=(), facts={}
        )
        lines = [*lines, fee]
    made = agree(
        source_key=f"contribution:{row.pk}:{share.organisation_id}",
        kind=Agreement.Kind.MEMBERSHIP,
        organisation=share.organisation,
        title=row.title,
        term=valid,
        lines=lines,
        billing=Billing(every=Every(row.every), prorate=Prorate(row.joining)),
        on=on,
        actor=actor,
        renewal=Agreement.Renewal.NONE,
    )
    ContributionShare.objects.filter(pk=share.pk).update(agreement=made)
    share.agreement = made
    return made


def facts_of(share: ContributionShare) -> dict[str, Any]:
    """The facts a share was worked out from, as they are kept on its line."""
    if share.pupils is None:
        return {}
    counted = share.counted_on.isoformat() if share.counted_on else None
    return {"pupils": share.pupils, "pupils_source": share.source, "pupils_counted_on": counted}


def _record(
    kind: str, row: ContributionRound, actor: Actor, organisation_ids: Sequence[int] = (), **payload: object
) -> None:
    events.record(
        kind=kind,
        subject_kind="contribution",
        subject=row.code,
        organisation_ids=list(organisation_ids),
        payload=payload,
        actor=actor,
    )
