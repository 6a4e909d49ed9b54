"""What a commissioner's desk and the partnership's pages read of a contract: schools, indicators, forecast, one summary."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.db.models import F, Q, Sum

from marketplace.core.actors import Actor
from marketplace.core.periods import Period
from marketplace.organisations.models import Organisation, School
from subscriptions.commissions.models import CouncilContract, Indicator, IndicatorReading, Package, PackageDraw
from subscriptions.commissions.queries import SHUT, listed_on, packages_for
from subscriptions.commissions.rules.blocks import may_fund
from subscriptions.commissions.rules.forecasting import Forecast, forecast, unspent
from subscriptions.commissions.rules.indicators import standing
from subscriptions.outcomes.models import OutcomeItem


@dataclass(frozen=True)
class PackageStanding:
    """A package on a day: who may draw, what it comes to by its end, and which eligible schools drew nothing."""

    package: Package
    eligible: tuple[Organisation, ...]
    idle: tuple[Organisation, ...]
    forecast: Forecast

    @property
    def drawn_pence(self) -> int:
        return self.package.worth(self.package.drawn)

    @property
    def allocated_pence(self) -> int:
        return self.package.worth(self.package.allocation)


@dataclass
class FundedSchool:
    """A school that a contract pays for: by which packages, what it drew in pence before VAT, and when last."""

    school: Organisation
    packages: list[str] = field(default_factory=list)
    pence: int = 0
    last_on: date | None = None


@dataclass(frozen=True)
class IndicatorStanding:
    """An indicator on a day with its readings, earliest quarter first; ``risk_pence`` hangs on it before VAT."""

    indicator: Indicator
    state: str
    readings: tuple[IndicatorReading, ...]
    risk_pence: int

    @property
    def latest(self) -> IndicatorReading | None:
        return self.readings[-1] if self.readings else None


@dataclass(frozen=True)
class Summary:
    """A contract in three figures: spent of value, schools reached of eligible, indicators on target of all."""

    council: CouncilContract
    packages: tuple[PackageStanding, ...]
    indicators: tuple[IndicatorStanding, ...]
    reached: int
    eligible: int

    @property
    def unspent_pence(self) -> int | None:
        """What the packages leave unspent at their end, as far as can be said."""
        return unspent(one.forecast for one in self.packages)

    @property
    def idle(self) -> list[Organisation]:
        """Eligible schools that drew nothing of a package that is not used up by its forecast, each once, by name."""
        found = {school for one in self.packages if one.forecast.unspent_pence for school in one.idle}
        return sorted(found, key=lambda one: (one.name, one.pk))

    @property
    def on_target(self) -> int:
        return sum(one.state == "on target" for one in self.indicators)


def eligible_by_package(packages: Collection[Package], on: date) -> dict[int, list[School]]:
    """By a package's id the schools for which it pays on a day, by name: as ``eligible_of`` finds them. Two queries."""
    listed: dict[int, set[int]] = defaultdict(set)
    for package, school in listed_on([one.pk for one in packages], on).values_list("package", "school"):
        listed[package].add(school)
    areas = {one.council.contract.party_id for one in packages if one.by == Package.By.RULE}
    wanted = Q(authority__in=areas) | Q(pk__in={pk for found in listed.values() for pk in found})
    rows = School.objects.filter(wanted).exclude(status__in=SHUT).select_related("organisation")
    schools = list(rows.order_by("organisation__name", "pk"))
    return {one.pk: [school for school in schools if _fits(one, school, listed[one.pk])] for one in packages}


def _fits(package: Package, school: School, listed: set[int]) -> bool:
    if package.by == Package.By.LIST:
        return school.pk in listed
    return (
        school.authority_id == package.council.contract.party_id
        and (not package.phases or school.phase_code in package.phases)
        and (not package.billing_classes or school.billing_class in package.billing_classes)
        and may_fund(package.block, school.billing_class)
    )


def standings_of(packages: Collection[Package], on: date) -> list[PackageStanding]:
    """Each package on a day. Three queries, however many packages."""
    eligible = eligible_by_package(packages, on)
    drew: dict[int, set[int]] = defaultdict(set)
    drawn = PackageDraw.objects.filter(package__in=packages, units__gt=F("released"))
    for package, school in drawn.values_list("package", "school").distinct():
        drew[package].add(school)
    found = []
    for one in packages:
        schools = tuple(school.organisation for school in eligible[one.pk])
        idle = tuple(school for school in schools if school.pk not in drew[one.pk])
        said = forecast(
            allocation=one.allocation, drawn=one.drawn, price_pence=one.price_pence,
            term=Period(one.valid_from, one.valid_to), on=on,
        )  # fmt: skip
        found.append(PackageStanding(one, schools, idle, said))
    return found


def summaries_of(actor: Actor, councils: Collection[CouncilContract], on: date) -> list[Summary]:
    """Each contract on a day as the actor may see it. Seven queries, however many contracts."""
    packages: dict[int, list[PackageStanding]] = defaultdict(list)
    for one in standings_of(list(packages_for(actor).filter(council__in=councils)), on):
        packages[one.package.council_id].append(one)
    indicators: dict[int, list[IndicatorStanding]] = defaultdict(list)
    for standing_ in indicators_of(councils, on):
        indicators[standing_.indicator.council_id].append(standing_)
    return [_summary(one, packages[one.pk], indicators[one.pk]) for one in councils]


def _summary(council: CouncilContract, packages: list[PackageStanding], indicators: list[IndicatorStanding]) -> Summary:
    eligible = {school.pk for one in packages for school in one.eligible}
    reached = {pk for one in packages for pk in _drew(one)}
    return Summary(council, tuple(packages), tuple(indicators), len(reached), len(eligible))


def _drew(one: PackageStanding) -> set[int]:
    return {school.pk for school in one.eligible} - {school.pk for school in one.idle}


def summary_of(actor: Actor, council: CouncilContract, on: date) -> Summary:
    """One contract on a day as the actor may see it."""
    [found] = summaries_of(actor, [council], on)
    return found


def schools_of(actor: Actor, councils: Collection[CouncilContract], on: date) -> list[FundedSchool]:
    """The schools that contracts pay for, by name, with those that drew while they were eligible. Four queries."""
    packages = list(packages_for(actor).filter(council__in=councils))
    eligible = eligible_by_package(packages, on)
    rows: dict[int, FundedSchool] = {}
    for one in packages:
        for school in eligible[one.pk]:
            row = rows.setdefault(school.pk, FundedSchool(school.organisation))
            row.packages.append(one.title)
    drawn = PackageDraw.objects.filter(package__in=packages, units__gt=F("released")).select_related("school")
    for draw in drawn:
        row = rows.setdefault(draw.school_id, FundedSchool(draw.school))
        row.pence += draw.pence
        row.last_on = max(row.last_on or draw.on, draw.on)
    return sorted(rows.values(), key=lambda row: (row.school.name, row.school.pk))


def indicators_of(councils: Collection[CouncilContract | int], on: date) -> list[IndicatorStanding]:
    """The indicators of contracts with their readings of returns that were sent. Three queries."""
    indicators = list(Indicator.objects.filter(council__in=councils).order_by("code", "pk"))
    readings: dict[int, list[IndicatorReading]] = defaultdict(list)
    sent = IndicatorReading.objects.filter(indicator__in=indicators, report__sent_on__isnull=False)
    for one in sent.select_related("report").order_by("report__ordinal"):
        readings[one.indicator_id].append(one)
    risks = dict(
        OutcomeItem.objects.filter(measure__indicator_link__indicator__in=indicators)
        .exclude(state=OutcomeItem.State.CANCELLED)
        .order_by()
        .values_list("measure__indicator_link__indicator")
        .annotate(pence=Sum("pence"))
    )
    return [
        IndicatorStanding(one, _state(one, readings[one.pk], on), tuple(readings[one.pk]), risks.get(one.pk, 0))
        for one in indicators
    ]


def _state(one: Indicator, readings: list[IndicatorReading], on: date) -> str:
    value: Decimal | None = readings[-1].value if readings else None
    return standing(value, one.target, lower_is_better=one.lower_is_better, due_on=one.due_on, on=on)
