"""Drawing a contract up from a few words: the parts that ``rules.drawing_up`` makes, as ``draft_contract`` takes them.

The words are kept with the contract, so that a draft can be shown as it was asked for, and drawn up again.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction

from invoicing.vat.treatment import VatTreatment
from marketplace.core.actors import Actor
from marketplace.core.errors import WrongInput
from marketplace.core.money import Money
from marketplace.organisations.models import Organisation
from subscriptions.outcomes.models import OutcomeContract
from subscriptions.outcomes.rules.drawing_up import NotPossible, Outcome, Parts, Plan, draw_up
from subscriptions.outcomes.rules.heads_variation import HeadsBand, HeadsPoint, HeadsPrices
from subscriptions.outcomes.services.drafting import draft_contract, redraft_contract
from subscriptions.outcomes.services.terms import (
    ContractTerms,
    ItemTerms,
    MeasureTerms,
    StatementTerms,
)

SIDES = {
    OutcomeContract.Kind.HUB: OutcomeContract.Side.PAYS,
    OutcomeContract.Kind.CENTRE: OutcomeContract.Side.PAYS,
    OutcomeContract.Kind.MATCHED: OutcomeContract.Side.PAYS,
    OutcomeContract.Kind.TRUST: OutcomeContract.Side.PAYS,
    OutcomeContract.Kind.COUNCIL: OutcomeContract.Side.EARNS,
    OutcomeContract.Kind.NHS: OutcomeContract.Side.EARNS,
    OutcomeContract.Kind.DEPARTMENT: OutcomeContract.Side.EARNS,
}
"""Who pays, by kind."""
_PLAIN = ("months", "value_pence", "every", "pay_day", "output", "yearly", "claim_within")
_OF_HEADS = ("heads_target", "set_up_pence")
_SHARES = ("on_time", "on_outputs", "on_outcomes")


@dataclass(frozen=True, kw_only=True)
class Planned:
    """A contract in a few words: its plan, and what stands beside it. Who pays follows from its kind."""

    kind: str
    party: Organisation
    title: str
    plan: Plan
    vat: VatTreatment
    account_code: str
    stream_code: str
    decide_days: int = 10
    evidence_types: tuple[str, ...] = ()
    purchase_order: str = ""


def preview_contract(plan: Plan) -> Parts:
    """What would be drawn up; nothing is written. Raises WrongInput with what to change."""
    try:
        return draw_up(plan)
    except NotPossible as error:
        raise WrongInput(f"{error}") from None


@transaction.atomic
def draft_by_plan(*, planned: Planned, on: date, actor: Actor) -> OutcomeContract:
    """Draws up a contract of the plan's parts: the same calculation as its preview."""
    return draft_contract(terms=_terms(planned), on=on, actor=actor)


@transaction.atomic
def redraft_by_plan(*, contract: OutcomeContract, planned: Planned, on: date, actor: Actor) -> OutcomeContract:
    """Draws a draft up again from other words. See ``redraft_contract``."""
    return redraft_contract(contract=contract, terms=_terms(planned), on=on, actor=actor)


def _terms(planned: Planned) -> ContractTerms:
    parts = preview_contract(planned.plan)
    return ContractTerms(
        kind=planned.kind, side=SIDES[OutcomeContract.Kind(planned.kind)], party=planned.party, title=planned.title,
        term=parts.term, value=Money(planned.plan.value_pence), vat=planned.vat, account_code=planned.account_code,
        stream_code=planned.stream_code,
        measures=[
            MeasureTerms(
                one.code, one.kind, one.name, one.due_on, weight=one.weight, decide_days=planned.decide_days,
                evidence_types=planned.evidence_types,
            )
            for one in parts.shown
        ],
        items=[
            ItemTerms(one.code, one.name, one.pence, one.service, one.claimed_from, one.due_on, one.shown)
            for one in parts.paid
        ],
        statements=[StatementTerms(one.service_from, one.cut_off, one.pay_on) for one in parts.statements],
        purchase_order=planned.purchase_order, plan=_facts(planned),
        bands=planned.plan.heads.bands, milestones=planned.plan.heads.points,
        heads_target=planned.plan.heads_target, set_up=Money(planned.plan.set_up_pence),
    )  # fmt: skip


def _facts(planned: Planned) -> dict[str, Any]:
    plan = planned.plan
    return {
        **{name: getattr(plan, name) for name in _PLAIN},
        **{name: str(getattr(plan, name)) for name in _SHARES},
        "first_day": plan.first_day.isoformat(),
        "outcomes": [[one.name, str(one.weight)] for one in plan.outcomes],
        "outcomes_due": plan.outcomes_due.isoformat() if plan.outcomes_due else None,
        "decide_days": planned.decide_days,
        "evidence_types": list(planned.evidence_types),
        "bands": [[one.capacity, one.price_pence, str(one.service)] for one in plan.heads.bands],
        "milestones": [[one.code, one.name, str(one.share)] for one in plan.heads.points],
        **{name: getattr(plan, name) for name in _OF_HEADS},
    }


def planned_of(contract: OutcomeContract) -> Planned | None:
    """The words from which a contract was drawn up; none where another package drew it up."""
    facts: Mapping[str, Any] | None = contract.plan
    if facts is None:
        return None
    figures: dict[str, Any] = {name: facts[name] for name in _PLAIN} | {name: Decimal(facts[name]) for name in _SHARES}
    plan = Plan(
        **figures,
        first_day=date.fromisoformat(facts["first_day"]),
        outcomes=[Outcome(name, Decimal(weight)) for name, weight in facts["outcomes"]],
        outcomes_due=date.fromisoformat(facts["outcomes_due"]) if facts["outcomes_due"] else None,
        heads=HeadsPrices(
            tuple(HeadsBand(heads, price, Decimal(service)) for heads, price, service in facts.get("bands", [])),
            tuple(HeadsPoint(code, name, Decimal(share)) for code, name, share in facts.get("milestones", [])),
        ),
        **{name: facts.get(name, 0) for name in _OF_HEADS},
    )
    return Planned(
        kind=contract.kind, party=contract.party, title=contract.title, plan=plan,
        vat=VatTreatment(contract.vat_category, contract.vat_rate, contract.vat_reason),
        account_code=contract.account_id, stream_code=contract.stream_id, decide_days=facts["decide_days"],
        evidence_types=tuple(facts["evidence_types"]), purchase_order=contract.purchase_order,
    )  # fmt: skip
