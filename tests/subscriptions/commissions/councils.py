"""A council that buys of the partnership: its people, its schools and its contract, through services alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from invoicing.vat.treatment import VatTreatment
from marketplace.core.actors import Actor, Role
from marketplace.core.money import Money
from marketplace.core.periods import Period
from marketplace.organisations.models import Organisation
from marketplace.organisations.queries import partnership
from subscriptions.commissions.models import CouncilContract, Package, QuarterReturn
from subscriptions.commissions.rules.blocks import LineTerms
from subscriptions.commissions.services.drafting import IndicatorTerms, Terms, draft_quarterly
from subscriptions.commissions.services.packaging import PackageTerms, add_package, list_schools
from subscriptions.commissions.services.returning import ReadingTerms, take_reading, write_narrative
from subscriptions.outcomes.services.contracting import agree_contract, offer_contract
from tests.conftest import STANDARD
from tests.shop import person, schools

START = date(2026, 4, 1)
YEAR = Period(START, date(2027, 4, 1))
NAMES = (
    "Alder Primary",
    "Birch Primary",
    "Cedar Primary",
    "Dale Academy",
    "Elm Primary",
    "Fern Primary",
    "Gorse Primary",
)
WEEKS = IndicatorTerms(
    code="plans", name="Plans finished within 20 weeks", kind="within_weeks", target=Decimal(90), weeks=20, unit="%"
)


@dataclass(frozen=True)
class Cast:
    """Who acts: Olga organises, Fatima manages the money, Carla commissions for the council."""

    olga: Actor
    fatima: Actor
    carla: Actor
    council: Organisation


def cast_of(council: Organisation, actor: Actor, *, commissioner: str = "Carla Council") -> Cast:
    ours = partnership()
    return Cast(
        person(ours, actor, name=f"Olga {council.pk}", role=Role.ORGANISER),
        person(ours, actor, name=f"Fatima {council.pk}", role=Role.FINANCE_MANAGER),
        person(council, actor, name=commissioner, role=Role.COMMISSIONER),
        council,
    )


def area(folder: Path, actor: Actor, names: Sequence[str] = NAMES) -> tuple[Organisation, list[Organisation]]:
    """The council of the register's area and its schools; the fourth is an academy."""
    rows = [
        {"EstablishmentName": name} | ({"TypeOfEstablishment (code)": "34"} if "Academy" in name else {})
        for name in names
    ]
    found = schools(folder, actor, *rows)
    return found[0].school.authority.organisation, found


def drafted(
    cast: Cast,
    *,
    pounds: Sequence[int] = (100_000,),
    start: date = START,
    at_risk: str = "0.05",
    blocks: Sequence[str] = ("council",),
    vat: VatTreatment = STANDARD,
    title: str = "Inclusion and early help",
) -> CouncilContract:
    """A contract of so many pounds in each year from April, of one block, or shared equally over several."""
    value = [Money(one * 100) for one in pounds]
    lines = [
        LineTerms(date(start.year + at, 4, 1), block, part.pence)
        for at, year in enumerate(value)
        for block, part in zip(blocks, year.split([1] * len(blocks)), strict=True)
    ]
    return draft_quarterly(
        party=cast.council, title=title, start=start, years=value, at_risk=Decimal(at_risk),
        indicator=WEEKS if Decimal(at_risk) else None,
        terms=Terms("Children and Families Act 2014, section 36", lines), vat=vat, account_code="4110",
        stream_code="CC", on=start, actor=cast.olga,
    )  # fmt: skip


def agreed(cast: Cast, **terms: object) -> CouncilContract:
    """The same, offered by Fatima and agreed by Carla."""
    made = drafted(cast, **terms)  # type: ignore[arg-type]
    day = made.contract.valid_from
    offer_contract(contract=made.contract, on=day, actor=cast.fatima)
    agree_contract(contract=made.contract, on=day, actor=cast.carla)
    return made


def package(
    cast: Cast, council: CouncilContract, schools: Sequence[Organisation], *, code: str = "days", **more: object
) -> Package:
    """100 days at £400.00 for a list of schools, unless said otherwise."""
    given: dict[str, object] = {
        "code": code, "title": "Inclusion days", "unit": "day", "block": "council", "price": Money(400_00),
        "allocation": Decimal(100), "term": Period(council.contract.valid_from, council.contract.valid_to),
    } | more  # fmt: skip
    made = add_package(council=council, terms=PackageTerms(**given), actor=cast.olga)  # type: ignore[arg-type]
    if made.by == Package.By.LIST and schools:
        list_schools(package=made, schools=schools, on=council.contract.valid_from, actor=cast.olga)
    return made


def filled(report: QuarterReturn, cast: Cast, part: int = 18, whole: int = 20) -> QuarterReturn:
    """A return with its readings and its narrative."""
    for one in report.council.indicators.all():
        terms = ReadingTerms("The council's case system", part=part, whole=whole, excepted=2)
        take_reading(report=report, indicator=one, terms=terms, actor=cast.olga)
    return write_narrative(report=report, narrative="Two coordinators began in May.", actor=cast.olga)
