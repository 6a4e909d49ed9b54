"""Contracts by heads in the world of the access matrix: each school has one that pays it, the council one that pays us; of
each one milestone waits for a decision and another may be returned."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from marketplace.core.actors import Actor, Role
from marketplace.core.money import Money
from marketplace.core.periods import Period
from marketplace.organisations.models import Organisation
from marketplace.organisations.queries import partnership
from subscriptions.outcomes.models import Milestone, OutcomeContract, Statement
from subscriptions.outcomes.services.contracting import agree_contract, offer_contract
from subscriptions.outcomes.services.drafting import draft_contract
from subscriptions.outcomes.services.terms import BandTerms, ContractTerms, MilestoneTerms, StatementTerms
from subscriptions.outcomes.services.volume import return_volume
from tests.access.outcome_contracts import somebody
from tests.conftest import OUTSIDE, STANDARD

Keys = dict[str, Any]


def heads_returned(
    *, schools: list[Organisation], council: Organisation, today: date, actor: Actor
) -> tuple[Keys, Keys, Keys]:
    """What one's own school, the other and the council have."""
    sides = [_agreed(school, OutcomeContract.Side.PAYS, today, actor) for school in schools]
    return sides[0], sides[1], _agreed(council, OutcomeContract.Side.EARNS, today, actor)


def _agreed(party: Organisation, side: str, today: date, actor: Actor) -> Keys:
    pays = side == OutcomeContract.Side.PAYS
    first = today - timedelta(days=30)
    terms = ContractTerms(
        kind="centre" if pays else "department", side=side, party=party, title=f"Heads of {party.name}",
        term=Period(first, today + timedelta(days=400)), value=Money(1_000_00), vat=OUTSIDE if pays else STANDARD,
        account_code="6000" if pays else "4110", stream_code="GR" if pays else "CC", measures=[], items=[],
        statements=[StatementTerms(first, today + timedelta(days=120), today + timedelta(days=150))],
        bands=[BandTerms(10, 45_00)],
        milestones=[MilestoneTerms(code, code.title(), Decimal("0.5")) for code in ("started", "completed")],
    )  # fmt: skip
    made = draft_contract(terms=terms, on=first, actor=actor)
    offer_contract(contract=made, on=first, actor=actor)
    agree_contract(contract=made, on=first, actor=actor)
    claimant = somebody(party, Role.HUB_LEAD) if pays else somebody(partnership(), Role.ORGANISER)
    return_volume(
        statement=Statement.objects.get(contract=made), billable=3, on=today, actor=claimant,
        milestone=Milestone.objects.get(version__contract=made, code="started"),
    )  # fmt: skip
    return {
        "heads_contract": made.number, "heads_statement": 1, "heads_open": "completed", "heads_waits": "started",
        "heads_return": 1,
    }  # fmt: skip


def heads_bodies() -> dict[str, dict[str, Any]]:
    """What each write of the API about them is asked to do."""
    stem = "POST /outcome-contracts/{number}/statements/{ordinal}/heads"
    return {
        stem: {"milestone": "completed", "billable": 2},
        f"{stem}/{{code}}/{{nth}}/decision": {"do": "accept"},
    }
