"""Who joins or leaves an agreed shared cost: from a day on, with a preview that is the same calculation."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction

from marketplace.core.actors import Actor, Role
from marketplace.core.errors import DomainError, WrongInput
from marketplace.organisations.models import Organisation
from subscriptions.agreements.rules.changes import Change
from subscriptions.agreements.rules.forms import CreditRule, LineTerms
from subscriptions.agreements.services import change, end, preview_change, preview_end
from subscriptions.membership.rules.methods import Method
from subscriptions.membership.sharers import of_record, vat_of
from subscriptions.shared.models import SharedCost, SharedPart, SharedParticipant, SharedShare
from subscriptions.shared.planning import agreement_of, check_version, line_of, locked, record, sharer_of
from subscriptions.shared.rules.resplitting import Borne, Falls, Moved, joined, left


class SharedCostNotAgreed(DomainError):
    """A draft is planned anew instead."""

    code = "shared_cost_not_agreed"


class LeadStays(DomainError):
    """The lead bears what others leave, so it cannot leave."""

    code = "lead_stays"


class SharesAlready(DomainError):
    """One takes part once."""

    code = "shares_already"


class SharesNoMore(DomainError):
    """Who left shares nothing any more."""

    code = "shares_no_more"


@dataclass(frozen=True)
class Effect:
    """What it means for one participant: the days from then on before and after, and what is charged or comes back now.

    ``now`` is None where there is no agreement yet: somebody who joins.
    """

    participant: SharedParticipant
    before: int
    after: int
    now: Change | None


@dataclass(frozen=True)
class Moving:
    """Everything that changes, by part."""

    on: date
    moved: Sequence[tuple[SharedPart, Moved]]

    def of(self, participant_id: int) -> list[tuple[SharedPart, Moved]]:
        return [(part, one) for part, one in self.moved if one.id == participant_id and one.before != one.after]


def _standing(cost: SharedCost) -> tuple[dict[int, SharedParticipant], list[tuple[SharedPart, list[Borne]]]]:
    """Who takes part now, and what each bears of each part."""
    people = {one.pk: one for one in cost.participants.filter(left_on=None).select_related("organisation", "agreement")}
    by_part: dict[int, list[Borne]] = defaultdict(list)
    rows = SharedShare.objects.filter(part__cost=cost, valid_to=cost.term_to, participant__in=people).order_by("pk")
    for row in rows:
        if row.valid_from < row.valid_to:
            by_part[row.part_id].append(Borne(sharer_of(people[row.participant_id], cost), row.valid_from, row.pence))
    return people, [(part, by_part[part.pk]) for part in cost.parts.order_by("position")]


def _check(cost: SharedCost, on: date) -> None:
    if cost.state != SharedCost.State.AGREED:
        raise SharedCostNotAgreed(f"{cost.title} is a draft. Plan it anew with whoever shares it.")
    if not cost.term_from < on < cost.term_to:
        raise WrongInput(f"Choose a day after {cost.term_from:%-d %B %Y} and before {cost.term_to:%-d %B %Y}")
    if SharedShare.objects.filter(part__cost=cost, valid_from__gt=on).exists():
        raise WrongInput("The shares were changed from a later day already. Choose that day or a later one.")


def _leaving(cost: SharedCost, one: SharedParticipant, on: date, falls: Falls) -> Moving:
    _check(cost, on)
    if one.organisation_id == cost.lead_id:
        raise LeadStays(f"{one.organisation.name} is the lead, who bears what others leave. The lead stays.")
    people, parts = _standing(cost)
    if one.pk not in people:
        raise SharesNoMore(f"{one.organisation.name} shares {cost.title} no more.")
    lead = sharer_of(next(p for p in people.values() if p.organisation_id == cost.lead_id), cost)
    moved = [
        (part, each)
        for part, borne in parts
        for each in left(
            title=part.title, borne=borne, method=Method(part.method), leaving=one.pk, on=on, end=cost.term_to,
            falls=falls, lead=lead,
        )
    ]  # fmt: skip
    return Moving(on, moved)


def preview_leave(*, participant: SharedParticipant, on: date, falls: Falls, today: date) -> list[Effect]:
    """What ``leave_cost`` would do to each whom it concerns."""
    cost = participant.cost
    return _effects(cost, _leaving(cost, participant, on, falls), participant, today)


def _effects(cost: SharedCost, moving: Moving, leaver: SharedParticipant | None, today: date) -> list[Effect]:
    people = {one.pk: one for one in cost.participants.select_related("organisation", "agreement")}
    found = []
    for pk in dict.fromkeys(one.id for _, one in moving.moved if one.before != one.after):
        person, own = people[pk], moving.of(pk)
        now = None
        if leaver is not None and pk == leaver.pk:
            now = _preview_end(person, moving.on, today)
        elif person.agreement is not None:
            lines, stop = _lines(cost, person, own, moving.on, pin=False)
            now = preview_change(agreement=person.agreement, lines=lines, stop=stop, on=moving.on, today=today)
        found.append(Effect(person, sum(one.before for _, one in own), sum(one.after for _, one in own), now))
    return found


def _preview_end(person: SharedParticipant, on: date, today: date) -> Change | None:
    if person.agreement is None:
        return None
    return preview_end(agreement=person.agreement, on=on, given_on=today, credit=CreditRule.DAYS)


def _lines(
    cost: SharedCost, person: SharedParticipant, own: Sequence[tuple[SharedPart, Moved]], on: date, *, pin: bool
) -> tuple[list[LineTerms], list[int]]:
    """The lines from the day on, and the slots that end."""
    vat = vat_of(organisation=person.organisation, supply_kind=cost.supply_kind, on=on, pin=pin)
    lines = [line_of(cost, person, _row(part, one, cost, on), vat) for part, one in own if one.after]
    return lines, [part.position for part, one in own if not one.after]


def _row(part: SharedPart, one: Moved, cost: SharedCost, on: date) -> SharedShare:
    return SharedShare(
        part=part, participant_id=one.id, weight=one.weight.weight, pence=one.after, valid_from=on,
        valid_to=cost.term_to, steps=list(one.weight.steps),
    )  # fmt: skip


@transaction.atomic
def leave_cost(
    *, participant: SharedParticipant, version: int, on: date, falls: Falls, reason: str, today: date, actor: Actor
) -> SharedCost:
    """A participant bears nothing from ``on`` on; its days come back, and the lead or all bear them. By a finance manager.

    What others agreed for earlier days stays. Raises LeadStays, SharesNoMore, SharedCostChanged.
    """
    actor.require(Role.FINANCE_MANAGER, to="agree shared costs")
    cost = locked(participant.cost)
    check_version(cost, version)
    one = cost.participants.select_related("organisation", "agreement").get(pk=participant.pk)
    moving = _leaving(cost, one, on, falls)
    if one.agreement is not None:
        end(
            agreement=one.agreement, on=on, given_on=today, credit=CreditRule.DAYS, reason=reason, actor=actor
        )  # fmt: skip
    SharedParticipant.objects.filter(pk=one.pk).update(left_on=on)
    _write(cost, moving, skip=one.pk, today=today, actor=actor)
    return _done("shared_cost.left", cost, one, on, falls, actor)


def _joining(cost: SharedCost, one: SharedParticipant, on: date, falls: Falls) -> Moving:
    people, parts = _standing(cost)
    lead = sharer_of(next(p for p in people.values() if p.organisation_id == cost.lead_id), cost)
    moved = [
        (part, each)
        for part, borne in parts
        for each in joined(
            borne=borne, method=Method(part.method), joining=sharer_of(one, cost), on=on, end=cost.term_to,
            falls=falls, lead=lead,
        )
    ]  # fmt: skip
    return Moving(on, moved)


def _newcomer(cost: SharedCost, organisation: Organisation, weight: Decimal, on: date) -> SharedParticipant:
    _check(cost, on)
    if cost.participants.filter(organisation=organisation).exists():
        raise SharesAlready(f"{organisation.name} shares {cost.title} already, or did before.")
    if organisation.kind == Organisation.Kind.PARTNERSHIP:
        raise WrongInput("The partnership sells what is shared and does not share it")
    [known] = of_record([organisation], on)
    counted = known.pupils
    return SharedParticipant.objects.create(
        cost=cost, organisation=organisation, weight=weight, pupils=counted.pupils if counted else None,
        source=counted.source if counted else "", counted_on=counted.counted_on if counted else None, joined_on=on,
    )  # fmt: skip


def preview_join(
    *, cost: SharedCost, organisation: Organisation, on: date, falls: Falls, today: date, weight: Decimal = Decimal(1)
) -> list[Effect]:
    """What ``join_cost`` would do to each whom it concerns: done, looked at, and undone."""
    with transaction.atomic():
        one = _newcomer(cost, organisation, weight, on)
        found = _effects(cost, _joining(cost, one, on, falls), None, today)
        transaction.set_rollback(True)
    return found


@transaction.atomic
def join_cost(
    *,
    cost: SharedCost,
    organisation: Organisation,
    version: int,
    on: date,
    falls: Falls,
    today: date,
    actor: Actor,
    weight: Decimal = Decimal(1),
) -> SharedCost:
    """An organisation shares every part but what the lead bears alone, from ``on`` on. By a finance manager.

    Raises SharesAlready, LeadBearsTooLittle, SharedCostChanged.
    """
    actor.require(Role.FINANCE_MANAGER, to="agree shared costs")
    row = locked(cost)
    check_version(row, version)
    one = _newcomer(row, organisation, weight, on)
    moving = _joining(row, one, on, falls)
    _write(row, moving, skip=one.pk, today=today, actor=actor)
    agreement_of(row, one, today, actor)
    return _done("shared_cost.joined", row, one, on, falls, actor)


def _write(cost: SharedCost, moving: Moving, *, skip: int, today: date, actor: Actor) -> None:
    """The shares from the day on, and the agreements of all but ``skip``, in the order of their ids."""
    on = moving.on
    for part, one in moving.moved:
        if one.before == one.after:
            continue
        SharedShare.objects.filter(part=part, participant_id=one.id, valid_to=cost.term_to).update(valid_to=on)
        if one.after:
            _row(part, one, cost, on).save(force_insert=True)
    people = {one.pk: one for one in cost.participants.select_related("organisation", "agreement")}
    concerned = {one.id for _, one in moving.moved if one.before != one.after} - {skip}
    for person in sorted((people[pk] for pk in concerned), key=lambda one: one.agreement_id or 0):
        if person.agreement is None:
            SharedParticipant.objects.filter(pk=person.pk, joined_on=None).update(joined_on=on)
            person.joined_on = person.joined_on or on
            agreement_of(cost, person, today, actor)
        else:
            lines, stop = _lines(cost, person, moving.of(person.pk), on, pin=True)
            change(agreement=person.agreement, lines=lines, stop=stop, on=on, today=today, actor=actor)


def _done(kind: str, cost: SharedCost, one: SharedParticipant, on: date, falls: Falls, actor: Actor) -> SharedCost:
    SharedCost.objects.filter(pk=cost.pk).update(version=cost.version + 1)
    cost.refresh_from_db()
    record(kind, cost, actor, [one.organisation_id], on=on.isoformat(), falls=falls.value)
    return cost
