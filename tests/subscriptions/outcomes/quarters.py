"""A council contract by quarter, drawn up, offered and agreed through the public services, and the people of both sides."""

from dataclasses import dataclass
from datetime import date, timedelta

from marketplace.core.actors import Actor, Role
from marketplace.core.money import Money
from marketplace.core.periods import Period, add_months
from marketplace.organisations.models import Organisation
from subscriptions.outcomes.models import OutcomeContract
from subscriptions.outcomes.services.changes import Changes
from subscriptions.outcomes.services.contracting import agree_contract, offer_contract
from subscriptions.outcomes.services.drafting import draft_contract
from subscriptions.outcomes.services.terms import ContractTerms, ItemTerms, MeasureTerms, StatementTerms
from tests.conftest import STANDARD
from tests.shop import person

BEGIN = date(2025, 4, 1)
DRAWN = date(2025, 3, 1)


@dataclass(frozen=True)
class Cast:
    """Who acts: ``organiser`` and ``manager`` at the partnership, ``commissioner`` at the council."""

    organiser: Actor
    manager: Actor
    commissioner: Actor
    council: Organisation


def cast_of(partnership: Organisation, council: Organisation, actor: Actor) -> Cast:
    return Cast(
        organiser=person(partnership, actor, name="Olu Organiser", role=Role.ORGANISER, on=BEGIN),
        manager=person(partnership, actor, name="Mia Manager", role=Role.FINANCE_MANAGER, on=BEGIN),
        commissioner=person(council, actor, name="Cara Commissioner", role=Role.COMMISSIONER, on=BEGIN),
        council=council,
    )


def quarter_terms(
    first: date, quarters: int, pence: int, *, at_risk_pence: int, prefix: str = "q", number: int = 1
) -> tuple[list[MeasureTerms], list[ItemTerms], list[StatementTerms]]:
    """Of each quarter: what is paid on time, what hangs on its indicator, and its statement."""
    measures, items, statements = [], [], []
    for at in range(quarters):
        service = Period.months_from(add_months(first, 3 * at), 3)
        code = f"{prefix}{number + at}"
        due = service.end + timedelta(days=30)
        measures.append(MeasureTerms(f"{code}-indicator", "outcome", f"Indicator of quarter {number + at}", due))
        items.append(
            ItemTerms(f"{code}-base", f"Quarter {number + at}", pence - at_risk_pence, service, service.end, due)
        )
        items.append(
            ItemTerms(
                f"{code}-risk", f"Quarter {number + at}, at risk", at_risk_pence, service, service.end, due,
                measure=f"{code}-indicator",
            )
        )  # fmt: skip
        cut_off = service.last_day
        statements.append(StatementTerms(service.start, cut_off, cut_off + timedelta(days=25)))
    return measures, items, statements


def agreed_contract(
    cast: Cast, *, years: int = 3, quarter_pence: int = 75_000_00, at_risk_pence: int = 3_750_00
) -> OutcomeContract:
    """Scenario 2's contract unless said otherwise: £300,000 a year for three years, 5% of a quarter at risk."""
    measures, items, statements = quarter_terms(BEGIN, 4 * years, quarter_pence, at_risk_pence=at_risk_pence)
    contract = draft_contract(
        terms=ContractTerms(
            kind="council", side="earns", party=cast.council, title="School improvement for the council",
            term=Period.months_from(BEGIN, 12 * years), value=Money(4 * years * quarter_pence), vat=STANDARD,
            account_code="4110", stream_code="CC", measures=measures, items=items, statements=statements,
        ), on=DRAWN, actor=cast.organiser,
    )  # fmt: skip
    offer_contract(contract=contract, on=DRAWN, actor=cast.organiser)
    return agree_contract(contract=contract, on=DRAWN, actor=cast.commissioner)


def cut_from_year_three(
    *, quarter_pence: int = 50_000_00, at_risk_pence: int = 2_500_00, first: int = 9, last: int = 12
) -> Changes:
    """The quarters ``first`` to ``last`` at another price, on the indicators that they have."""
    begin = add_months(BEGIN, 3 * (first - 1))
    _, items, _ = quarter_terms(begin, last - first + 1, quarter_pence, at_risk_pence=at_risk_pence, number=first)
    codes = [one.code for one in items]
    renamed = [
        ItemTerms(f"{one.code}-v2", one.name, one.pence, one.service, one.claimed_from, one.due_on, one.measure)
        for one in items
    ]
    return Changes(left_out=codes, items=renamed)
