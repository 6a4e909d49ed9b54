"""Reads over shared costs: finance and the auditor see all, who shares sees its own, and the others where it is open."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery, Sum

from invoicing.queries import require_finance_reader
from marketplace.core.actors import Actor
from marketplace.core.errors import NotFound
from marketplace.core.periods import Period
from marketplace.organisations.models import Organisation
from subscriptions.agreements.rules.forms import Prorate
from subscriptions.agreements.rules.sharing import share
from subscriptions.shared.models import SharedCost, SharedPart, SharedParticipant, SharedShare


def shared_costs_for(actor: Actor) -> QuerySet[SharedCost]:
    """All of them, latest term first, with ``pence`` and how many share (``sharers``)."""
    require_finance_reader(actor)
    parts = SharedPart.objects.filter(cost=OuterRef("pk")).order_by().values("cost")
    whole = parts.annotate(pence=Sum("pence")).values("pence")
    found = SharedCost.objects.select_related("lead").annotate(
        pence=Subquery(whole), sharers=Count("participants", filter=Q(participants__left_on=None))
    )
    return found.order_by("-term_from", "-pk")


def shared_cost_for(actor: Actor, code: str) -> SharedCost:
    """One by its code, or NotFound."""
    found = shared_costs_for(actor).filter(code=code).first()
    if found is None:
        raise NotFound(f"There is no shared cost {code}.")
    return found


def participant_for(actor: Actor, cost: SharedCost, pk: int) -> SharedParticipant:
    """Somebody who shares it, or NotFound."""
    require_finance_reader(actor)
    found = cost.participants.filter(pk=pk).select_related("organisation", "agreement", "cost__lead").first()
    if found is None:
        raise NotFound("Nobody of that number shares this cost.")
    return found


@dataclass(frozen=True)
class Bears:
    """What a participant bears over the whole term: in all, and of each part in the order of the parts."""

    participant: SharedParticipant
    pence: int
    parts: tuple[int, ...]
    rows: tuple[SharedShare, ...]


def borne_by(cost: SharedCost) -> list[Bears]:
    """Everybody's shares, the lead first, then by name; three queries whatever their number."""
    people = cost.participants.select_related("organisation", "agreement")
    people = people.order_by(F("left_on").asc(nulls_first=True), "organisation__name", "pk")
    return _bears(cost, sorted(people, key=lambda one: one.organisation_id != cost.lead_id))


def _bears(cost: SharedCost, people: Sequence[SharedParticipant]) -> list[Bears]:
    parts = list(cost.parts.order_by("position"))
    rows: dict[int, list[SharedShare]] = defaultdict(list)
    found = SharedShare.objects.filter(participant__in=people).select_related("part")
    for row in found.order_by("part__position", "valid_from", "pk"):
        rows[row.participant_id].append(row)
    result = []
    for one in people:
        own = [row for row in rows[one.pk] if row.valid_from < row.valid_to]
        amounts = tuple(sum(value_of(row, cost.term_to) for row in own if row.part_id == part.pk) for part in parts)
        result.append(Bears(one, sum(amounts), amounts, tuple(own)))
    return result


def value_of(row: SharedShare, end: date) -> int:
    """What the days of a share cost."""
    if row.valid_to == end:
        return row.pence
    if row.valid_to <= row.valid_from:
        return 0
    return share(row.pence, Period(row.valid_from, end), Period(row.valid_from, row.valid_to), Prorate.DAYS)


def sharing_of(organisation: Organisation) -> QuerySet[SharedParticipant]:
    """The agreed shared costs in which an organisation takes or took part, latest first."""
    rows = SharedParticipant.objects.filter(organisation=organisation, cost__state=SharedCost.State.AGREED)
    return rows.select_related("cost__lead", "agreement", "organisation").order_by("-cost__term_from", "-pk")


def own_share(organisation: Organisation, code: str) -> SharedParticipant:
    """What an organisation takes part in, by its code, or NotFound."""
    found = sharing_of(organisation).filter(cost__code=code).first()
    if found is None:
        raise NotFound("Page not found")
    return found


def seen_by(participant: SharedParticipant) -> list[Bears]:
    """The shares that a participant may see: everybody's where the arrangement is open, otherwise its own."""
    cost = participant.cost
    return borne_by(cost) if cost.is_open else _bears(cost, [participant])
