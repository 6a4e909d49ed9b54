"""What schools order in the year: planned from the facts alone, the same for the same day."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from catalogue.rules.phases import phase_of
from frontend.demonstration.calendar import Year, day_before
from frontend.demonstration.courses import COURSES, FEW_LEFT, FULL
from frontend.demonstration.more_courses import MORE_COURSES
from frontend.demonstration.offers import OfferFacts
from frontend.demonstration.places import AUTHORITY_NAME, chance, choose, number_of
from frontend.demonstration.schools import AREA_SCHOOLS, BEYOND, PURCHASE_ORDER_REQUIRED, TRUSTS, SchoolFacts
from frontend.demonstration.services import SINGLE, YEARLY
from frontend.demonstration.shop import run_code, run_days
from marketplace.core.periods import Period, add_months
from marketplace.organisations.models.schools import BillingClass
from marketplace.organisations.rules.billing_class import billing_class_of

DUE_TODAY = 20
MIXED_SCHOOL, MIXED_ORDER = "Dunlinmere Primary School", "DPS-2041"
TRUST_BUYER = "Beaconsea Schools Trust"
MONTHLY_TRUST, IN_INSTALMENTS = "Compass Rose Education Trust", "Turnstone Park Primary School"
SIGNED_IN = ("Lantern Street Primary School", "Marrambridge School", TRUST_BUYER, "Saltpans Primary School")
_ONE_AT_A_TIME = {"Lantern Street Primary School"}  # its buyer has a limit for each order
_MAINTAINED_ONLY = {"finance-support"}
_YEARLY_PERCENT, _LONG_TERM_PERCENT = 15, 15


@dataclass(frozen=True)
class PlannedLine:
    """One line: offer and course date by code, the receiving school by name, names given for ``named`` places."""

    offer: str
    school: str
    quantity: int = 1
    run: str = ""
    named: int = 0
    facts: dict[str, str] = field(default_factory=dict)
    service_from: date | None = None


@dataclass(frozen=True)
class PlannedOrder:
    """One order by an organisation on a day."""

    day: date
    buyer: str
    lines: list[PlannedLine]
    purchase_order: str = ""
    in_instalments: bool = False


SCHOOLS = AREA_SCHOOLS + BEYOND
TRADING = [facts for facts in SCHOOLS if chance(90, f"trades {facts.urn}") or facts.name == MIXED_SCHOOL]
_BY_NAME = {facts.name: facts for facts in SCHOOLS}


def suits(offer: OfferFacts, school: SchoolFacts) -> bool:
    """Whether an offer is meant for a school of this kind."""
    if offer.code in _MAINTAINED_ONLY and billing_class_of(school.type_code) != BillingClass.MAINTAINED:
        return False
    return not offer.phases or phase_of(type_code=school.type_code, phase_code=school.phase_code) in offer.phases


def order_number(buyer: str, key: str) -> str:
    """The purchase order that goes with an order: always where one is required, now and then elsewhere."""
    if buyer in PURCHASE_ORDER_REQUIRED or chance(25, f"has order {buyer} {key}"):
        return f"PO{10_000 + number_of(f'order {buyer} {key}') % 89_999}"
    return ""


def _order(day: date, buyer: str, lines: list[PlannedLine]) -> PlannedOrder:
    return PlannedOrder(day, buyer, lines, order_number(buyer, f"{day} {lines[0].offer}"))


def planned(year: Year) -> list[PlannedOrder]:
    """All orders in the order of their days; those of today come last."""
    orders = [*_yearly(year), *_courses(year), *_singles(year), *_for_trust(year)]
    orders += [*_for_sign_ins(year), *_for_council(year), *_mixed(year), *_held(year)]
    orders += [*_monthly(year), *_in_instalments(year)]
    return [*sorted(orders, key=lambda order: (order.day, order.buyer, order.lines[0].offer)), *_today(year)]


def _yearly(year: Year) -> Iterator[PlannedOrder]:
    """Agreements of a year: maintained schools from April, all others from September."""
    for school in TRADING:
        maintained = billing_class_of(school.type_code) == BillingClass.MAINTAINED
        start = year.began(4 if maintained else 9)
        chosen = [o for o in YEARLY if suits(o, school) and chance(_YEARLY_PERCENT, f"{o.code} {school.urn}")]
        lines = [PlannedLine(o.code, school.name, facts=_stated(o, school), service_from=start) for o in chosen]
        together = 1 if school.name in _ONE_AT_A_TIME else 2
        for first in range(0, len(lines), together):
            part = lines[first : first + together]
            day = year.within(Period(start - timedelta(days=45), start - timedelta(days=8)), f"{school.urn} {first}")
            yield _order(day, school.name, part)


def _stated(offer: OfferFacts, school: SchoolFacts) -> dict[str, str]:
    """What the school states for offers that ask."""
    asked = {
        "hr-advice": {"staff": str(max(6, school.pupils // 9))},
        "payroll": {"posts": str(max(8, school.pupils // 7))},
        "clerking": {"meetings": choose(["6", "6", "9", "7"], school.urn)},
        "early-career-body": {"teachers": str(1 + number_of(school.urn) % 4)},
        "instrument-lessons": {"classes": str(1 + number_of(school.name) % 3)},
    }
    if offer.code in ("ict-support", "broadband") and chance(_LONG_TERM_PERCENT, f"term {school.urn}"):
        return {} if school.name in _ONE_AT_A_TIME else {"term_years": "3"}
    return asked.get(offer.code, {})


def _courses(year: Year) -> Iterator[PlannedOrder]:
    further = {offer.code for offer in MORE_COURSES}
    for offer in COURSES + MORE_COURSES:
        schools = [school for school in TRADING if suits(offer, school)]
        nearest = True
        for facts, day in run_days(offer, year.today):
            ahead = day > year.today
            special = ahead and nearest and offer.code in (FEW_LEFT, FULL)
            nearest = nearest and not ahead
            code = run_code(offer.code, day)
            left = facts.places - (2 if offer.code == FEW_LEFT else 0) if special else facts.places - 3
            count = facts.places if special else 2 + number_of(code) % (2 if ahead else 4)
            if offer.code in further:
                count = number_of(code) % 2 + (0 if ahead else 1)
            ranked = sorted(schools, key=lambda school, code=code: number_of(f"{code} {school.urn}"))  # type: ignore[misc]
            for school in ranked[:count]:
                places = min(left, 2 if special else 1 + number_of(f"{school.urn} {code}") % 3)
                if places < 1:
                    break
                left -= places
                yield _booking(year, offer, school, code, day, places)


def _booking(year: Year, offer: OfferFacts, school: SchoolFacts, run: str, day: date, places: int) -> PlannedOrder:
    key = f"{run} {school.urn}"
    end = min(day - timedelta(days=9), year.last_batch + timedelta(days=1))
    ordered = year.within(Period(end - timedelta(days=60), end), key)
    unnamed = day > year.today and chance(35, f"unnamed {key}")
    line = PlannedLine(offer.code, school.name, places, run, named=number_of(key) % places if unnamed else places)
    return _order(ordered, school.name, [line])


def _singles(year: Year) -> Iterator[PlannedOrder]:
    """Adviser days, sessions, books and checks: some each month."""
    for month in range(12):
        start = add_months(year.first_day, month + 1)
        for index in range(5):
            key = f"single {start:%Y-%m} {index}"
            school = choose(TRADING, key)
            offer = choose([one for one in SINGLE if suits(one, school)], f"offer {key}")
            line = PlannedLine(offer.code, school.name, _quantity(offer.code, key))
            yield _order(year.within(Period(start, add_months(start, 1)), key), school.name, [line])


def _quantity(offer: str, key: str) -> int:
    most = {"website-check": 1, "artist-week": 1, "laptop-setup": 30, "governors-handbook": 14}.get(offer, 3)
    return 1 + number_of(f"quantity {key}") % most


def _for_trust(year: Year) -> Iterator[PlannedOrder]:
    """The trust's finance lead orders places and books for several of its schools at once."""
    schools = [school for school in AREA_SCHOOLS if school.trust and TRUSTS[school.trust][0] == TRUST_BUYER]
    primary = [school for school in schools if school.phase_code == "2"][:4]
    for back, offer in (
        (300, "phonics-books"),
        (190, "governors-handbook"),
        (100, "adviser-day"),
        (30, "legionella-test"),
    ):
        lines = [PlannedLine(offer, school.name, 1 + index % 2) for index, school in enumerate(primary)]
        yield PlannedOrder(day_before(year.today, back), TRUST_BUYER, lines, f"BST{back:04d}")


def _for_sign_ins(year: Year) -> Iterator[PlannedOrder]:
    """Whoever signs in finds an invoice that is overdue, one that is not, a booking ahead with a name missing, and a
    school one that is over.
    """
    course = next(one for one in COURSES if one.code == "new-to-safeguarding")
    days = [day for _, day in run_days(course, year.today)]
    run, held = run_code(course.code, days[-1]), max(day for day in days if day < year.today)
    trust = [school.name for school in AREA_SCHOOLS if school.trust == "bea" and school.phase_code == "2"][:2]
    for buyer in SIGNED_IN:
        schools = trust if buyer == TRUST_BUYER else [buyer]
        advice = [PlannedLine("adviser-day", school) for school in schools]
        places = [
            PlannedLine(course.code, school, 2, run, named=index) for index, school in enumerate(schools, start=1)
        ]
        yield PlannedOrder(day_before(year.today, 75), buyer, advice, f"REVIEW {year.today.year}")
        yield PlannedOrder(day_before(year.today, 20), buyer, places, f"CPD {year.today.year}")
        if buyer != TRUST_BUYER:
            been = PlannedLine(course.code, buyer, 1, run_code(course.code, held), named=1)
            yield PlannedOrder(max(day_before(held, 30), year.first_day), buyer, [been], f"CPD {held:%B %Y}")


def _for_council(year: Year) -> Iterator[PlannedOrder]:
    """The council buys for its own officers, at the price of everybody who is no member."""
    for back, offer, quantity in ((230, "adviser-day", 4), (120, "psychology-session", 6), (60, "inset-day", 1)):
        line = PlannedLine(offer, AUTHORITY_NAME, quantity)
        yield PlannedOrder(day_before(year.today, back), AUTHORITY_NAME, [line], f"TBC/{back}/EDU")


def _mixed(year: Year) -> Iterator[PlannedOrder]:
    """One order, so one invoice, with standard-rated, zero-rated and exempt lines."""
    safer = next(one for one in COURSES if one.code == "safer-recruitment")
    _, day = next(pair for pair in run_days(safer, year.today) if pair[1] > year.today)
    lines = [
        PlannedLine("adviser-day", MIXED_SCHOOL, 2),
        PlannedLine("phonics-books", MIXED_SCHOOL, 3),
        PlannedLine(safer.code, MIXED_SCHOOL, 2, run_code(safer.code, day), named=1),
    ]
    yield PlannedOrder(day_before(year.today, 12), MIXED_SCHOOL, lines, MIXED_ORDER)


def _monthly(year: Year) -> Iterator[PlannedOrder]:
    """A trust with one invoice a month for all its academies: of two orders the latest usually waits for it."""
    schools = [school.name for school in AREA_SCHOOLS if school.trust and TRUSTS[school.trust][0] == MONTHLY_TRUST]
    for back, quantity in ((70, 2), (68, 1), (1, 3)):
        lines = [PlannedLine("governors-handbook", school, quantity) for school in schools[:3]]
        yield PlannedOrder(day_before(year.today, back), MONTHLY_TRUST, lines, f"CRE{back:03d}")


def _in_instalments(year: Year) -> Iterator[PlannedOrder]:
    """A service of a year that is paid in twelve instalments."""
    line = PlannedLine("ict-support", IN_INSTALMENTS)
    yield PlannedOrder(day_before(year.today, 8), IN_INSTALMENTS, [line], "ICT-12", in_instalments=True)


def _held(year: Year) -> Iterator[PlannedOrder]:
    """Orders of schools that demand a purchase order and have not given one: their invoices wait."""
    offers = ("adviser-day", "maths-manipulatives", "psychology-session", "inset-day", "website-check", "laptop-setup")
    for index, (school, offer) in enumerate(zip(sorted(PURCHASE_ORDER_REQUIRED), offers, strict=False)):
        line = PlannedLine(offer, school, _quantity(offer, school))
        yield PlannedOrder(day_before(year.today, 9 + 4 * index), school, [line])


def _today(year: Year) -> Iterator[PlannedOrder]:
    """What was ordered today: ``DUE_TODAY`` lines that the next invoice batch will take."""
    schools = sorted(
        (school for school in TRADING if school.name not in PURCHASE_ORDER_REQUIRED),
        key=lambda school: (school.name not in SIGNED_IN, number_of(f"today {school.urn}")),
    )
    made = 0
    for school in schools:
        offers = sorted((o for o in SINGLE if suits(o, school)), key=lambda o, s=school: number_of(f"{o.code} {s.urn}"))  # type: ignore[misc]
        count = min(1 + number_of(school.urn) % 2, DUE_TODAY - made)
        if not count:
            return
        lines = [PlannedLine(o.code, school.name, _quantity(o.code, school.urn)) for o in offers[:count]]
        made += count
        yield PlannedOrder(year.today, school.name, lines, order_number(school.name, "today"))
