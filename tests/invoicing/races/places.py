"""Sixteen processes buy the last places of a course date, many times over."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.invoicing.races.processes import CONTEXT, run_all

LONDON = ZoneInfo("Europe/London")
PROCESSES = 16
PLACES = 3


@dataclass(frozen=True)
class Sold:
    """Places sold at each trial, as the buyers were told and as the course date says."""

    told: list[int]
    taken: list[int]

    @property
    def oversold(self) -> int:
        return sum(told > PLACES or taken > PLACES for told, taken in zip(self.told, self.taken, strict=True))

    @property
    def sold_out(self) -> int:
        return sum(told == taken == PLACES for told, taken in zip(self.told, self.taken, strict=True))


def add_runs(*, provider_organisation: Any, actor: Any, count: int) -> list[int]:
    """Course dates with three places each; their ids."""
    from catalogue.models import CourseRun, Offer
    from catalogue.services.offers import add_offer
    from catalogue.services.runs import add_run
    from providers.services import add_provider

    provider = add_provider(organisation=provider_organisation, code="tidewell", actor=actor)
    offer = add_offer(
        code="phonics", kind=Offer.Kind.COURSE, title="Teaching phonics well", provider=provider,
        supply_kind=Offer.SupplyKind.TRAINING, vat_category="S", cfr_code="E09", actor=actor,
    )  # fmt: skip
    starts = datetime(2027, 3, 24, 9, 30, tzinfo=LONDON)
    return [
        add_run(
            offer=offer, code=f"phonics-{number}", mode=CourseRun.Mode.ONLINE, starts_at=starts,
            ends_at=starts + timedelta(hours=3), capacity=PLACES, actor=actor,
        ).pk
        for number in range(count)
    ]  # fmt: skip


def race(*, run_ids: list[int], guarded: bool) -> Sold:
    """Every process tries to buy one place of every date; they start each date together."""
    from catalogue.models import CourseRun

    barrier = CONTEXT.Barrier(PROCESSES)
    told = run_all(buy_one_of_each, [(index, run_ids, guarded, barrier) for index in range(PROCESSES)], seconds=300)
    taken = dict(CourseRun.objects.filter(pk__in=run_ids).values_list("pk", "taken"))
    return Sold(told=[sum(column) for column in zip(*told, strict=True)], taken=[taken[pk] for pk in run_ids])


def buy_one_of_each(index: int, run_ids: list[int], guarded: bool, barrier: Any) -> list[int]:
    """In one process: 1 for each date on which it got its place, otherwise 0."""
    from catalogue.services import places

    if not guarded:
        places.claim_places = check_then_update
    got = []
    for run_id in run_ids:
        barrier.wait(timeout=60)
        try:
            places.take_places(source_key=f"race:{run_id}:{index}", run_id=run_id, places=1)
            got.append(1)
        except places.PlacesGone:
            got.append(0)
    return got


def check_then_update(run_id: int, places: int) -> bool:
    """The control: looks whether there is room, then takes it."""
    from django.db.models import F

    from catalogue.models import CourseRun

    run = CourseRun.objects.get(pk=run_id)
    if run.taken + places > run.capacity:
        return False
    return CourseRun.objects.filter(pk=run_id).update(taken=F("taken") + places) == 1
