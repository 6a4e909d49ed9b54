"""A hub at a glance: plan and what came of it side by side, its schools with what was done, what was spent of what was paid."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, Max, Q, QuerySet, Sum

from marketplace.core.actors import Actor
from marketplace.core.errors import NotFound
from marketplace.core.money import Money
from subscriptions.hubs.models import HubApplication, HubEngagement, HubSchool, HubSpend, ReviewPoint
from subscriptions.outcomes.models import OutcomeContract, OutcomeItem
from subscriptions.outcomes.queries import outcome_contracts_for

State = OutcomeItem.State
PAID = (OutcomeItem.State.PAYABLE, OutcomeItem.State.PAID, OutcomeItem.State.CLAWED_BACK)
VERIFIED = (OutcomeItem.State.ELIGIBLE, *PAID)


@dataclass(frozen=True)
class Figure:
    """One line of a comparison: what it is, what was planned by the day, what came of it. Words, money with pounds."""

    name: str
    planned: str
    actual: str
    behind: bool

    def kept(self) -> dict[str, Any]:
        """As a review point keeps it."""
        return {"name": self.name, "planned": self.planned, "actual": self.actual, "behind": self.behind}


def hub_contracts_for(actor: Actor) -> QuerySet[OutcomeContract]:
    """The hubs and specialist centres among the contracts that the actor may see, newest first."""
    return outcome_contracts_for(actor).filter(kind__in=["hub", "centre"])


def hub_contract_for(actor: Actor, number: str) -> OutcomeContract:
    """The hub of that number, if the actor may see it; NotFound otherwise."""
    found = hub_contracts_for(actor).filter(number=number).first()
    if found is None:
        raise NotFound("There is no such hub.")
    return found


def progress_of(contract: OutcomeContract, on: date) -> list[Figure]:
    """Plan and outcome as they stand on a day: parts that were due, money, schools and hours. Three queries."""
    items = list(OutcomeItem.objects.filter(contract=contract).exclude(state=State.CANCELLED))
    due = [one for one in items if one.due_on <= on]
    verified = [one for one in items if one.state in VERIFIED and one.earned_pence]
    schools = schools_of(contract)
    application = HubApplication.objects.filter(contract=contract).first()
    planned = application.schools_planned if application else None
    done = sum(1 for one in schools if one.engaged)
    hours = sum((one.hours for one in schools), Decimal(0))
    return [
        *(_parts(gate, words, due, verified) for gate, words in _GATES if any(one.gate == gate for one in items)),
        _money("Money earned", due, verified),
        Figure(
            "Schools worked with", str(planned) if planned else "Not said", str(done),
            planned is not None and done < planned,
        ),
        Figure("Hours with schools", "Not said", f"{hours:,.2f}", False),
    ]  # fmt: skip


_GATES = [(OutcomeItem.Gate.OUTPUT, "Outputs verified"), (OutcomeItem.Gate.OUTCOME, "Outcomes verified")]


def _parts(gate: str, words: str, due: Sequence[OutcomeItem], verified: Sequence[OutcomeItem]) -> Figure:
    wanted = sum(one.gate == gate for one in due)
    found = sum(one.gate == gate for one in verified)
    return Figure(words, str(wanted), str(found), found < wanted)


def _money(name: str, due: Sequence[OutcomeItem], verified: Sequence[OutcomeItem]) -> Figure:
    planned = Money(sum(one.pence for one in due))
    earned = Money(sum(one.earned_pence for one in verified))
    return Figure(name, str(planned), str(earned), earned.pence < planned.pence)


@dataclass(frozen=True)
class SchoolRow:
    """One school of a hub with what was done with it."""

    school: HubSchool
    times: int
    hours: Decimal
    people: int
    last_on: date | None

    @property
    def engaged(self) -> bool:
        return self.times > 0


def schools_of(contract: OutcomeContract) -> list[SchoolRow]:
    """The hub's schools by name, those that left behind; one query. The caller has checked who asks."""
    counts = Q(engagements__taken_off_on__isnull=True)
    found = (
        HubSchool.objects.filter(contract=contract).select_related("organisation")
        .annotate(
            times=Count("engagements", filter=counts), hours=Sum("engagements__hours", filter=counts),
            people=Sum("engagements__people", filter=counts), last_on=Max("engagements__done_on", filter=counts),
        )
        .order_by("organisation__name", "joined_on", "pk")
    )  # fmt: skip
    rows = [SchoolRow(one, one.times, one.hours or Decimal(0), one.people or 0, one.last_on) for one in found]
    return sorted(rows, key=lambda row: row.school.left_on is not None)


def engagements_of(school: HubSchool) -> QuerySet[HubEngagement]:
    """What was done with a school, newest first. The caller has checked who asks."""
    return HubEngagement.objects.filter(school=school).order_by("-done_on", "-pk")


def school_of(contract: OutcomeContract, pk: int) -> HubSchool:
    """One of the hub's schools; NotFound otherwise."""
    found = HubSchool.objects.select_related("organisation", "contract__party").filter(contract=contract, pk=pk).first()
    if found is None:
        raise NotFound("There is no such school in this hub.")
    return found


def reviews_of(contract: OutcomeContract) -> list[ReviewPoint]:
    """The hub's review points in their order. The caller has checked who asks."""
    return list(ReviewPoint.objects.filter(contract=contract).select_related("held_by").order_by("ordinal"))


def review_of(contract: OutcomeContract, ordinal: int) -> ReviewPoint:
    """One of the hub's review points; NotFound otherwise."""
    found = ReviewPoint.objects.select_related("contract__party", "held_by").filter(contract=contract, ordinal=ordinal)
    if (one := found.first()) is None:
        raise NotFound("There is no such review.")
    return one


@dataclass(frozen=True)
class Spent:
    """What was paid to the hub on frozen statements, what of it was spent, by category; in pence."""

    paid_pence: int
    spent_pence: int
    by_category: tuple[tuple[str, int], ...]

    @property
    def left_pence(self) -> int:
        """Below nought where more was spent than was paid so far."""
        return self.paid_pence - self.spent_pence


def spent_of(contract: OutcomeContract) -> Spent:
    """The sums; one query. The caller has checked who asks."""
    found = HubSpend.objects.filter(contract=contract, taken_off_on=None).values_list("category")
    sums = dict(found.annotate(whole=Sum("pence")).order_by("category"))
    by_category = tuple((words, sums[code]) for code, words in HubSpend.Category.choices if code in sums)
    return Spent(contract.settled_pence, sum(sums.values()), by_category)


def spends_of(contract: OutcomeContract) -> QuerySet[HubSpend]:
    """All lines, newest first, with those that were taken off. The caller has checked who asks."""
    return HubSpend.objects.filter(contract=contract).order_by("-spent_on", "-pk")
