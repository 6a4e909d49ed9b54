"""Council contracts in the world of the access matrix: the council has one, and so has another council."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from invoicing.vat.treatment import VatTreatment
from marketplace.core.actors import Actor, Grant, Role
from marketplace.core.money import Money
from marketplace.core.periods import Period
from marketplace.organisations.models import Organisation
from marketplace.organisations.queries import partnership
from marketplace.organisations.services.registry import add_organisation
from subscriptions.commissions.models import CouncilContract, QuarterReturn
from subscriptions.commissions.rules.blocks import LineTerms
from subscriptions.commissions.services.drafting import IndicatorTerms, Terms, draft_quarterly
from subscriptions.commissions.services.drawing import draw
from subscriptions.commissions.services.handover import plan_handover
from subscriptions.commissions.services.packaging import PackageTerms, add_package, list_schools
from subscriptions.commissions.services.returning import ReadingTerms, send_return, take_reading, write_narrative
from subscriptions.outcomes.services.contracting import agree_contract, offer_contract
from tests.shop import person

Keys = dict[str, Any]


def commissions_held(
    *, council: Organisation, schools: list[Organisation], today: date, actor: Actor
) -> tuple[Keys, Keys]:
    """What the council has, and what another council has: a contract with a package, a draw and a return to accept."""
    other = add_organisation(
        kind=Organisation.Kind.AUTHORITY, name="Marram County Council", valid_from=date(2020, 1, 1), actor=actor
    )
    organiser = person(partnership(), actor, name="Orla Organises", role=Role.ORGANISER, on=today)
    return (
        _held(council, schools[0], organiser, today, actor),
        _held(other, schools[1], organiser, today, actor),
    )


def _held(council: Organisation, school: Organisation, organiser: Actor, today: date, actor: Actor) -> Keys:
    start = date(today.year - 1, 4, 1)
    made = draft_quarterly(
        party=council, title=f"Inclusion for {council.name}", start=start, years=[Money(100_000_00)] * 3,
        at_risk=Decimal("0.05"), indicator=IndicatorTerms("seen", "Seen in time", "percentage", Decimal(90)),
        terms=Terms(
            "Children and Families Act 2014",
            [LineTerms(date(start.year + at, 4, 1), "council", 100_000_00) for at in range(3)],
        ),
        vat=VatTreatment("S", Decimal("0.20")), account_code="4110", stream_code="CC", on=start, actor=organiser,
    )  # fmt: skip
    offer_contract(contract=made.contract, on=start, actor=actor)
    commissioner = Actor(None, None, "A commissioner", frozenset({Grant(Role.COMMISSIONER, council.pk)}))
    agree_contract(contract=made.contract, on=start, actor=commissioner)
    _drawn(made, school, organiser, today)
    report = _sent(made, organiser, today)
    step = plan_handover(council=made, actor=organiser)[0]
    return {
        "council_contract": made.contract.number, "council_return": report.ordinal, "council_package": "days",
        "council_title": made.contract.title, "council_school": school.name,
        "council_step": step.position,
    }  # fmt: skip


def _drawn(made: CouncilContract, school: Organisation, organiser: Actor, today: date) -> None:
    contract = made.contract
    one = add_package(
        council=made, actor=organiser,
        terms=PackageTerms(
            code="days", title="Days", unit="day", block="council", price=Money(400_00), allocation=Decimal(10),
            term=Period(contract.valid_from, contract.valid_to),
        ),
    )  # fmt: skip
    list_schools(package=one, schools=[school], on=contract.valid_from, actor=organiser)
    draw(package=one, school=school, units=Decimal(1), source_key=f"access:{contract.number}", label="A day", on=today)


def _sent(made: CouncilContract, organiser: Actor, today: date) -> QuarterReturn:
    report = made.returns.filter(quarter_to__lte=today - timedelta(days=1)).order_by("ordinal")[0]
    reading = ReadingTerms("Counted", part=18, whole=20)
    take_reading(report=report, indicator=made.indicators.get(), terms=reading, actor=organiser)
    write_narrative(report=report, narrative="Begun.", actor=organiser)
    return send_return(report=report, on=today, actor=organiser)


def commission_bodies(keys: Keys, today: date) -> dict[str, dict[str, Any]]:
    """What each write of the API about them is asked to do."""
    stem = "POST /council-contracts/{number}"
    lines = [
        {"year_from": date(today.year - 1 + at, 4, 1).isoformat(), "block": "council", "pence": 100_000_00}
        for at in range(3)
    ]
    package = {
        "code": "visits", "title": "Visits", "unit": "visit", "block": "council", "price_pence": 100_00, "allocation": "1",
        "valid_from": f"{today.year}-04-01", "valid_to": f"{today.year}-05-01",
    }  # fmt: skip
    seen = {"code": "met", "name": "Met in time", "kind": "percentage", "target": "90"}
    drawn_up = {
        "party": "C-000001", "title": "Again", "statutory_basis": "Education Act 1996", "start": "2027-04-01",
        "years_pence": [100_000_00], "blocks": [{"block": "council", "percent": 100}], "vat": "S",
    }  # fmt: skip
    return {
        "POST /council-contracts": drawn_up,
        f"{stem}/indicators": seen | {"due_on": f"{today.year}-07-31"},
        f"{stem}/handover": {"usual": True},
        f"{stem}/handover/{{position}}": {"done": True},
        f"{stem}/lines": {"lines": lines, "preview": True},
        f"{stem}/packages": package,
        f"{stem}/packages/{{code}}/allocation": {"allocation": "9", "reason": "Fewer days"},
        f"{stem}/packages/{{code}}/schools": {"schools": []},
        f"{stem}/packages/{{code}}/rule": {"phases": ["2"]},
        f"{stem}/packages/{{code}}/offers": {"offers": []},
        f"{stem}/packages/{{code}}/tell": {"schools": []},
        f"{stem}/returns/{{ordinal}}/send": {"narrative": "Begun"},
        f"{stem}/returns/{{ordinal}}/answer": {"do": "accept"},
        "POST /council-invoices/{number}/approval": {"purchase_order": "PO 7"},
    }
