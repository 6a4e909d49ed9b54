"""Shared costs: planned with what each bears, agreed once.

| shared cost | becomes | by |
|---|---|---|
| – | draft, its parts divided | ``plan_cost`` |
| draft | gone | ``drop_cost`` |
| draft | agreed: an agreement for each who bears something | ``agree_cost``; again: nothing more |
| agreed | agreed, somebody joined or left | ``joining``, see there |
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction

from catalogue.rules.facts import Counted
from marketplace.core import events
from marketplace.core.actors import FINANCE, Actor, Role
from marketplace.core.bulk import insert_once
from marketplace.core.errors import DomainError, WrongInput
from marketplace.core.periods import Period
from marketplace.core.text import clean_line
from marketplace.organisations.models import Organisation
from subscriptions.agreements.models import Agreement
from subscriptions.agreements.rules.forms import Billing, Every, LineTerms, Prorate
from subscriptions.agreements.services import agree
from subscriptions.membership.models import SUPPLIES
from subscriptions.membership.rounds import AAR, ACCOUNT, CFR, STREAM
from subscriptions.membership.rules.methods import Method, Sharer, shares_of
from subscriptions.membership.sharers import of_record, vat_of
from subscriptions.shared.models import METHODS_OF_PARTS, SharedCost, SharedPart, SharedParticipant, SharedShare

MOST_PARTS, MOST_SHARERS = 20, 200
MOST_WEIGHT = Decimal(1_000_000)


class SharedCostExists(DomainError):
    """A code names one shared cost for ever."""

    code = "shared_cost_exists"


class SharedCostAgreed(DomainError):
    """What is agreed is not planned any more."""

    code = "shared_cost_agreed"


class SharedCostChanged(DomainError):
    """It was changed since it was looked at."""

    code = "shared_cost_changed"


@dataclass(frozen=True)
class Taking:
    """An organisation that takes part, with the weight agreed for parts divided by weights."""

    organisation: Organisation
    weight: Decimal = Decimal(1)


@dataclass(frozen=True)
class PartTerms:
    """A part: what it costs, how it is divided, and the numbers of those who share it (all where none is named)."""

    title: str
    pence: int
    method: Method
    sharers: tuple[str, ...] = ()


@transaction.atomic
def plan_cost(
    *,
    code: str,
    title: str,
    term: Period,
    lead: Organisation,
    takes: Sequence[Taking],
    parts: Sequence[PartTerms],
    actor: Actor,
    is_open: bool = False,
    every: Every = Every.YEAR,
    supply_kind: str = "other",
    account_code: str = ACCOUNT,
    stream_code: str = STREAM,
) -> SharedCost:
    """A draft in which each part is divided to the penny, by the pupils of record on the first day. By finance.

    The lead takes part. Raises SharedCostExists, and what ``shares_of`` raises.
    """
    actor.require(*FINANCE, to="plan shared costs")
    code = clean_line(code, what="Code", limit=20).lower()
    if not code.replace("-", "").isalnum() or not code.isascii():
        raise WrongInput("Code must be letters, digits and hyphens, like consultant-2026")
    if supply_kind not in dict(SUPPLIES):
        raise WrongInput(f"What they get must be one of {', '.join(dict(SUPPLIES))}")
    everybody = _everybody(lead, takes)
    _check_parts(parts, {one.organisation.number for one in everybody})
    made = SharedCost(
        code=code, title=clean_line(title, what="Title", limit=100), term_from=term.start, term_to=term.end, lead=lead,
        is_open=is_open, every=every, supply_kind=supply_kind, account_code=account_code, stream_code=stream_code,
        cfr_code=CFR, aar_code=AAR,
    )  # fmt: skip
    if not insert_once(made):
        raise SharedCostExists(f"There is a shared cost {code} already. Choose another code.")
    participants = _participants(made, everybody)
    for position, part in enumerate(parts, start=1):
        _divide(made, position, part, participants)
    record("shared_cost.planned", made, actor, pence=sum(part.pence for part in parts), sharers=len(participants))
    return made


def _everybody(lead: Organisation, takes: Sequence[Taking]) -> list[Taking]:
    """The lead first unless it is named among the others, nobody twice."""
    numbers = [one.organisation.number for one in takes]
    if twice := sorted({number for number in numbers if numbers.count(number) > 1}):
        raise WrongInput(f"{twice[0]} is named twice among those who share")
    if any(one.organisation.kind == Organisation.Kind.PARTNERSHIP for one in takes):
        raise WrongInput("The partnership sells what is shared and does not share it")
    if any(not 0 <= one.weight <= MOST_WEIGHT for one in takes):
        raise WrongInput("A weight must be from 0 to 1,000,000")
    found = list(takes) if lead.number in numbers else [Taking(lead), *takes]
    if not 2 <= len(found) <= MOST_SHARERS:
        raise WrongInput(f"A cost is shared by 2 to {MOST_SHARERS} organisations")
    return found


def _check_parts(parts: Sequence[PartTerms], numbers: set[str]) -> None:
    if not 1 <= len(parts) <= MOST_PARTS:
        raise WrongInput(f"A shared cost has 1 to {MOST_PARTS} parts")
    for part in parts:
        if part.pence <= 0:
            raise WrongInput("Each part must cost more than £0.00")
        if part.method not in METHODS_OF_PARTS:
            raise WrongInput(f"Method must be one of {', '.join(one.value for one in METHODS_OF_PARTS)}")
        if strange := sorted(set(part.sharers) - numbers):
            raise WrongInput(f"{strange[0]} shares {part.title} but does not take part. Name it among those who share.")


def _participants(cost: SharedCost, everybody: Sequence[Taking]) -> list[SharedParticipant]:
    facts = of_record([one.organisation for one in everybody], cost.term_from)
    rows = [
        SharedParticipant(
            cost=cost,
            organisation=one.organisation,
            weight=one.weight,
            pupils=known.pupils.pupils if known.pupils else None,
            source=known.pupils.source if known.pupils else "",
            counted_on=known.pupils.counted_on if known.pupils else None,
        )
        for one, known in zip(everybody, facts, strict=True)
    ]
    return SharedParticipant.objects.bulk_create(rows)


def sharer_of(one: SharedParticipant, cost: SharedCost) -> Sharer:
    """A participant as the rules see it, by its own id."""
    return Sharer(
        id=one.pk,
        name=one.organisation.name,
        pupils=one.pupils,
        source=Counted(one.pupils, one.source, one.counted_on).words
        if one.pupils is not None and one.counted_on
        else "",
        weight=one.weight,
        lead=one.organisation_id == cost.lead_id,
    )


def _divide(cost: SharedCost, position: int, part: PartTerms, participants: Sequence[SharedParticipant]) -> None:
    row = SharedPart.objects.create(
        cost=cost, position=position, title=clean_line(part.title, what="Title of a part", limit=100),
        pence=part.pence, method=part.method,
    )  # fmt: skip
    sharing = [one for one in participants if not part.sharers or one.organisation.number in part.sharers]
    if part.method == Method.LEAD:
        sharing = [one for one in participants if one.organisation_id == cost.lead_id]
    shares = shares_of(
        pence=part.pence, method=part.method, terms={}, sharers=[sharer_of(one, cost) for one in sharing]
    )
    SharedShare.objects.bulk_create(
        SharedShare(
            part=row, participant_id=share.id, weight=share.weight, pence=share.pence, valid_from=cost.term_from,
            valid_to=cost.term_to, steps=list(share.steps),
        )
        for share in shares
    )  # fmt: skip


@transaction.atomic
def drop_cost(*, cost: SharedCost, actor: Actor) -> None:
    """Takes a draft away. Raises SharedCostAgreed. By finance."""
    actor.require(*FINANCE, to="plan shared costs")
    row = locked(cost)
    if row.state != SharedCost.State.DRAFT:
        raise SharedCostAgreed(f"{row.title} is agreed. End the agreements of those who share it instead.")
    record("shared_cost.dropped", row, actor)
    row.delete()


@transaction.atomic
def agree_cost(*, cost: SharedCost, version: int, on: date, actor: Actor) -> list[Agreement]:
    """Makes the agreement of each who bears something and charges what is due by ``on``. By a finance manager.

    ``version`` is what was looked at: another one is refused (SharedCostChanged). Agreed before, it returns the same
    agreements and adds nothing.
    """
    actor.require(Role.FINANCE_MANAGER, to="agree shared costs")
    row = locked(cost)
    participants = list(row.participants.select_related("organisation", "agreement").order_by("pk"))
    if row.state == SharedCost.State.AGREED:
        return [one.agreement for one in participants if one.agreement is not None and one.joined_on is None]
    check_version(row, version)
    made = [found for one in participants if (found := agreement_of(row, one, on, actor)) is not None]
    SharedCost.objects.filter(pk=row.pk).update(state=SharedCost.State.AGREED, agreed_on=on, version=row.version + 1)
    row.refresh_from_db()
    record("shared_cost.agreed", row, actor, [one.organisation_id for one in participants], agreements=len(made))
    return made


def locked(cost: SharedCost) -> SharedCost:
    return SharedCost.objects.select_for_update(of=("self",)).select_related("lead").get(pk=cost.pk)


def check_version(row: SharedCost, version: int) -> None:
    if version != row.version:
        raise SharedCostChanged(f"{row.title} was changed since you looked at it. Look at it again, then decide.")


def agreement_of(cost: SharedCost, one: SharedParticipant, on: date, actor: Actor) -> Agreement | None:
    """The agreement of one participant with a line for each part that it bears; None where that is nothing."""
    start = one.joined_on or cost.term_from
    rows = one.shares.filter(valid_to=cost.term_to, pence__gt=0).select_related("part").order_by("part__position")
    vat = vat_of(organisation=one.organisation, supply_kind=cost.supply_kind, on=start)
    lines = [line_of(cost, one, share, vat) for share in rows]
    if not lines:
        return None
    made = agree(
        source_key=f"shared:{cost.pk}:{one.organisation_id}",
        kind=Agreement.Kind.SHARED,
        organisation=one.organisation,
        title=cost.title,
        term=Period(start, cost.term_to),
        lines=lines,
        billing=Billing(every=Every(cost.every), prorate=Prorate.DAYS),
        on=on,
        actor=actor,
        renewal=Agreement.Renewal.NONE,
    )
    SharedParticipant.objects.filter(pk=one.pk).update(agreement=made)
    one.agreement = made
    return made


def line_of(cost: SharedCost, one: SharedParticipant, share: SharedShare, vat: tuple[str, Decimal, str]) -> LineTerms:
    """The line of a share: it buys the days from its first to the end of the term."""
    days = Period(share.valid_from, cost.term_to)
    return LineTerms(
        slot=share.part.position,
        title=f"{cost.title}: {share.part.title}"[:160],
        base=days,
        base_pence=share.pence,
        valid=days,
        vat=vat,
        account_code=cost.account_code,
        stream_code=cost.stream_code,
        cfr_code=cost.cfr_code,
        aar_code=cost.aar_code,
        source=f"shared-cost:{cost.pk}",
        facts=_facts(one),
        steps=tuple(share.steps),
    )


def _facts(one: SharedParticipant) -> dict[str, Any]:
    if one.pupils is None:
        return {}
    counted = one.counted_on.isoformat() if one.counted_on else None
    return {"pupils": one.pupils, "pupils_source": one.source, "pupils_counted_on": counted}


def record(kind: str, cost: SharedCost, actor: Actor, organisation_ids: Sequence[int] = (), **payload: object) -> None:
    """An event about a shared cost."""
    events.record(
        kind=kind,
        subject_kind="shared_cost",
        subject=cost.code,
        organisation_ids=list(organisation_ids),
        payload=payload,
        actor=actor,
    )
