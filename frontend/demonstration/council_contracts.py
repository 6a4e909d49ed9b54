"""A council's contract: two quarters over, one accepted and verified, one that waits for the commissioner; another offered."""

from datetime import date, timedelta
from decimal import Decimal

from catalogue.models import Offer
from frontend.demonstration.calendar import Year
from frontend.demonstration.directory import Directory
from frontend.demonstration.people import SIGN_INS
from frontend.demonstration.places import AUTHORITY_NAME
from invoicing.receivables.at_once import bill_now
from invoicing.receivables.models import Charge
from invoicing.vat.treatment import VatTreatment
from marketplace.core.money import Money
from marketplace.core.periods import Period, add_months
from marketplace.organisations.models import Organisation, School
from subscriptions.commissions.models import Block, CouncilContract, Package, QuarterReturn
from subscriptions.commissions.queries import eligible_of
from subscriptions.commissions.rules.quarters import lines_of, quarterly
from subscriptions.commissions.services.drafting import IndicatorTerms, Terms, add_indicator, draft_quarterly
from subscriptions.commissions.services.drawing import draw
from subscriptions.commissions.services.packaging import PackageTerms, add_package, fund_offers, list_schools
from subscriptions.commissions.services.returning import (
    ReadingTerms,
    accept_return,
    send_return,
    take_reading,
    write_narrative,
)
from subscriptions.outcomes.models import OutcomeItem
from subscriptions.outcomes.services.claiming import submit
from subscriptions.outcomes.services.contracting import agree_contract, offer_contract
from subscriptions.outcomes.services.deciding import accept
from subscriptions.outcomes.services.stating import freeze_statement

STANDARD = VatTreatment("S", Decimal("0.20"))
RISK = Decimal("0.05")
SEEN = IndicatorTerms(
    code="assessments", name="Assessments finished within 20 weeks", kind="within_weeks", target=Decimal(80), weeks=20,
    definition="Requests whose plan was finished in time. Exceptions that the regulations allow do not count.",
)  # fmt: skip
FAMILIES = IndicatorTerms(
    code="families", name="Families helped to attend", kind="number", target=Decimal(60), unit="families"
)
WEIGHTS = {Block.HIGH_NEEDS.value: 60, Block.COUNCIL.value: 40}


def add_council_contracts(directory: Directory, *, year: Year) -> None:
    """The first began seven months ago, so that two of its quarters are over; the second waits to be agreed."""
    start = add_months(year.today.replace(day=1), -7)
    made = _drafted(directory, "Inclusion and attendance", start, 120_000, 2)
    add_indicator(
        council=made, terms=FAMILIES, due_on=made.contract.valid_to - timedelta(days=1),
        actor=directory.signed["organiser"],
    )  # fmt: skip
    _agreed(directory, made)
    _packages(directory, made, year.today)
    _quarter(directory, made, 1, (41, 50, 3), 22, decided=True)
    _invoiced(directory, made, year.last_batch)
    _quarter(directory, made, 2, (36, 48, 2), 25, decided=False)
    later = _drafted(directory, "Speech and language in the early years", add_months(start, 12), 48_000, 1)
    offer_contract(contract=later.contract, on=year.last_batch, actor=directory.signed["organiser"])


def _drafted(directory: Directory, title: str, start: date, pounds: int, years: int) -> CouncilContract:
    values = [Money(pounds * 100)] * years
    lines = lines_of(quarterly(start=start, years=values, at_risk=RISK), WEIGHTS)
    return draft_quarterly(
        party=directory.find(AUTHORITY_NAME), title=title, start=start, years=values, at_risk=RISK, indicator=SEEN,
        terms=Terms("Children and Families Act 2014, section 36", lines), vat=STANDARD, account_code="4110",
        stream_code="CC", on=start - timedelta(days=40), actor=directory.signed["organiser"], purchase_order="PO 20417",
    )  # fmt: skip


def _agreed(directory: Directory, made: CouncilContract) -> None:
    day = made.contract.valid_from - timedelta(days=20)
    offer_contract(contract=made.contract, on=day, actor=directory.signed["finance_manager"])
    agree_contract(contract=made.contract, on=day + timedelta(days=6), actor=directory.signed["commissioner"])


def _schools(directory: Directory) -> list[Organisation]:
    """Maintained schools of the area at which nobody signs in, so that nobody's own prices change."""
    taken = [one.organisation for one in SIGN_INS.values()]
    found = School.objects.filter(authority=directory.find(AUTHORITY_NAME).pk, billing_class="maintained")
    rows = found.exclude(organisation__name__in=taken).select_related("organisation").order_by("organisation__name")
    return [one.organisation for one in rows[:14]]


def _packages(directory: Directory, made: CouncilContract, today: date) -> None:
    """Days for a list of schools, screening for all primary schools, and help for one school that causes concern."""
    schools = _schools(directory)
    days = _package(directory, made, "attendance-days", "Attendance days", "day", "420", 90)
    list_schools(package=days, schools=schools[:9], on=days.valid_from, actor=directory.signed["organiser"])
    course = Offer.objects.filter(state="published", kind="course", sold_by=None).order_by("code")[0]
    fund_offers(package=days, offers=[(course, Decimal("0.5"))], actor=directory.signed["organiser"])
    screening = _package(directory, made, "screening", "Speech screening", "class", "260", 60, by="rule", phases=("2",))
    help_ = _package(directory, made, "close-help", "Close help", "visit", "390", 20, confidential=True)
    list_schools(package=help_, schools=schools[12:13], on=help_.valid_from, actor=directory.signed["organiser"])
    for at, (school, units) in enumerate(zip(schools[:6], (4, 6, 3, 5, 2, 8), strict=True)):
        _draw(days, school, units, at, today)
    for at, one in enumerate(eligible_of(screening, screening.valid_from)[:5]):
        _draw(screening, one.organisation, 2 + at, 10 + at, today)
    _draw(help_, schools[12], 3, 20, today)


def _package(
    directory: Directory,
    made: CouncilContract,
    code: str,
    title: str,
    unit: str,
    pounds: str,
    units: int,
    **more: object,
) -> Package:
    contract = made.contract
    given: dict[str, object] = {
        "code": code, "title": title, "unit": unit, "block": Block.HIGH_NEEDS.value, "price": Money.parse(pounds),
        "allocation": Decimal(units), "term": Period(contract.valid_from, add_months(contract.valid_from, 12)),
    } | more  # fmt: skip
    return add_package(council=made, terms=PackageTerms(**given), actor=directory.signed["organiser"])  # type: ignore[arg-type]


def _draw(package: Package, school: Organisation, units: int, at: int, today: date) -> None:
    """So many units on a day since the contract began, a month apart."""
    day = min(package.valid_from + timedelta(days=12 + 30 * (at % 10)), today - timedelta(days=2))
    draw(
        package=package, school=school, units=Decimal(units), source_key=f"demonstration:{package.code}:{at}",
        label=f"{package.title}, {day:%B}", on=day,
    )  # fmt: skip


def _quarter(
    directory: Directory,
    made: CouncilContract,
    number: int,
    seen: tuple[int, int, int],
    families: int,
    *,
    decided: bool,
) -> None:
    """Its return is sent and what is at risk is claimed; decided, the commissioner accepted both."""
    organiser, commissioner = directory.signed["organiser"], directory.signed["commissioner"]
    report = QuarterReturn.objects.get(council=made, ordinal=number)
    part, whole, excepted = seen
    terms = {
        SEEN.code: ReadingTerms("The council's case system", part=part, whole=whole, excepted=excepted),
        FAMILIES.code: ReadingTerms("Registers of the attendance team", value=Decimal(families)),
    }
    for one in made.indicators.all():
        take_reading(report=report, indicator=one, terms=terms[one.code], actor=organiser)
    write_narrative(report=report, narrative=_narrative(number), actor=organiser)
    sent = report.quarter_to + timedelta(days=8)
    report = send_return(report=report, on=sent, actor=organiser)
    item = OutcomeItem.objects.get(contract=made.contract, measure__code=f"{SEEN.code}-q{number}")
    claimed = (Decimal(part) * 100 / whole).quantize(Decimal("0.1"))
    claim = submit(item=item, claimed=claimed, words="As in the return of the quarter.", on=sent, actor=organiser)
    if decided:
        accept_return(report=report, on=sent + timedelta(days=6), actor=commissioner)
        accept(submission=claim, on=sent + timedelta(days=6), actor=commissioner)


def _narrative(number: int) -> str:
    if number == 1:
        return "Two coordinators began and met all nine schools.\nThe screening of the youngest classes is on its way."
    return "Fewer assessments were finished in time: one post was empty for six weeks. It is filled again."


def _invoiced(directory: Directory, made: CouncilContract, on: date) -> None:
    """The first quarter's statement is frozen and invoiced."""
    officer = directory.signed["finance_officer"]
    first = made.contract.statements.get(ordinal=1)
    done = freeze_statement(statement=first, on=on, actor=officer)
    bill_now(charge=Charge.objects.get(source_key=done.source_key), on=on, actor=officer)
