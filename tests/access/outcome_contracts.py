"""Contracts that pay on outcomes in the world of the access matrix: each school has one that pays it, the council one that
pays us; each has an amount that waits for a decision, another that may be claimed, and a proposed variation."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from marketplace.core.actors import Actor, Grant, Role
from marketplace.core.money import Money
from marketplace.core.periods import Period
from marketplace.organisations.models import Organisation, Person
from marketplace.organisations.queries import partnership
from subscriptions.outcomes.models import OutcomeContract, OutcomeItem
from subscriptions.outcomes.rules.drawing_up import Plan
from subscriptions.outcomes.services.changes import Changes
from subscriptions.outcomes.services.claiming import submit
from subscriptions.outcomes.services.contracting import agree_contract, offer_contract
from subscriptions.outcomes.services.drafting import draft_contract
from subscriptions.outcomes.services.drawing_up import Planned, draft_by_plan
from subscriptions.outcomes.services.terms import ContractTerms, ItemTerms, MeasureTerms, StatementTerms
from subscriptions.outcomes.services.varying import propose_variation
from tests.conftest import OUTSIDE, STANDARD

Keys = dict[str, Any]


def outcome_contracts(
    *, schools: list[Organisation], council: Organisation, today: date, actor: Actor
) -> tuple[Keys, Keys, Keys]:
    """What one's own school, the other and the council have. The council verifies what schools claim, so that nobody of the
    world decides on it but whom the council's own contract names."""
    sides = [_agreed(school, OutcomeContract.Side.PAYS, council, today, actor) for school in schools]
    return sides[0], sides[1], _agreed(council, OutcomeContract.Side.EARNS, None, today, actor)


def _agreed(party: Organisation, side: str, verifier: Organisation | None, today: date, actor: Actor) -> Keys:
    pays = side == OutcomeContract.Side.PAYS
    first = today - timedelta(days=30)
    term = Period(first, today + timedelta(days=400))
    due = today + timedelta(days=90)
    measures = [
        MeasureTerms(code, "outcome", code.title(), due, verifier=verifier) for code in ("reading", "attendance")
    ]
    items = [ItemTerms(one.code, one.name, 500_00, term, first, due, one.code) for one in measures]
    statement = StatementTerms(first, today + timedelta(days=120), today + timedelta(days=150))
    made = draft_contract(
        terms=ContractTerms(
            kind="hub" if pays else "council", side=side, party=party, title=f"Outcomes of {party.name}", term=term,
            value=Money(1_000_00), vat=OUTSIDE if pays else STANDARD, account_code="6000" if pays else "4110",
            stream_code="GR" if pays else "CC", measures=measures, items=items, statements=[statement],
        ), on=first, actor=actor,
    )  # fmt: skip
    offer_contract(contract=made, on=first, actor=actor)
    agree_contract(contract=made, on=first, actor=actor)
    claimant = somebody(party, Role.HUB_LEAD) if pays else somebody(partnership(), Role.ORGANISER)
    submit(item=OutcomeItem.objects.get(contract=made, code="reading"), words="Shown", on=today, actor=claimant)
    propose_variation(
        contract=made, valid_from=today, value=Money(500_00), changes=Changes(left_out=["attendance"]), reason="Less",
        on=today, actor=actor,
    )  # fmt: skip
    return {
        "outcome_contract": made.number, "outcome_item": "attendance", "outcome_claimed": "reading", "outcome_claim": 1,
        "outcome_version": 2, "outcome_statement": 1, "outcome_draft": _drafted(party, today, actor).number,
    }  # fmt: skip


def somebody(organisation: Organisation, role: Role) -> Actor:
    """Somebody there who holds the role, and no role of the world's people."""
    made = Person.objects.create(name=f"Claimant of {organisation.name}")
    return Actor(made.pk, None, made.name, frozenset({Grant(role, organisation.pk)}))


def _drafted(party: Organisation, today: date, actor: Actor) -> OutcomeContract:
    """A draft by which the partnership pays: nobody of the party sees it."""
    plan = Plan(
        first_day=today.replace(day=1), months=12, value_pence=1_200_00, every="year", on_time=Decimal(100),
        on_outputs=Decimal(0), on_outcomes=Decimal(0),
    )  # fmt: skip
    planned = Planned(
        kind="hub", party=party, title=f"Draft for {party.name}", plan=plan, vat=OUTSIDE, account_code="6000",
        stream_code="GR",
    )  # fmt: skip
    return draft_by_plan(planned=planned, on=today, actor=actor)


def outcome_contract_bodies(today: date) -> dict[str, dict[str, Any]]:
    """What each write of the API about them is asked to do."""
    terms = {"valid_from": today.isoformat(), "value_pence": 500_00, "left_out": ["attendance"]}
    stem = "POST /outcome-contracts/{number}"
    plan = {
        "kind": "hub",
        "party": "C-000001",
        "title": "Again",
        "first_day": "2027-01-01",
        "months": 12,
        "value_pence": 500_00,
        "every": "year",
        "on_time": 100,
        "vat": "O",
        "account": "6000",
        "stream": "GR",
    }
    return {
        "POST /outcome-contracts": plan,
        f"{stem}/redraft": plan,
        f"{stem}/answer": {"do": "agree"},
        f"{stem}/discard": {},
        f"{stem}/items/{{code}}/claims": {"words": "Shown"},
        f"{stem}/items/{{code}}/evidence": {"label": "Register", "link": "https://www.example.org/register"},
        f"{stem}/items/{{code}}/claims/{{ordinal}}/decision": {"do": "accept"},
        f"{stem}/variations": {**terms, "reason": "Less"},
        f"{stem}/variations/preview": terms,
        f"{stem}/variations/{{version}}/answer": {"do": "approve"},
    }
