"""Drawing a contract up from a few words: the parts that ``rules.drawing_up`` makes, as ``draft_contract`` takes them."""

from datetime import date

from django.db import transaction

from invoicing.vat.treatment import VatTreatment
from marketplace.core.actors import Actor
from marketplace.core.errors import WrongInput
from marketplace.core.money import Money
from marketplace.organisations.models import Organisation
from subscriptions.outcomes.models import OutcomeContract
from subscriptions.outcomes.rules.drawing_up import NotPossible, Parts, Plan, draw_up
from subscriptions.outcomes.services.contracting import ItemTerms, MeasureTerms, StatementTerms, draft_contract

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


def preview_contract(plan: Plan) -> Parts:
    """What would be drawn up; nothing is written. Raises WrongInput with what to change."""
    try:
        return draw_up(plan)
    except NotPossible as error:
        raise WrongInput(f"{error}") from None


@transaction.atomic
def draft_by_plan(
    *,
    kind: str,
    party: Organisation,
    title: str,
    plan: Plan,
    vat: VatTreatment,
    account_code: str,
    stream_code: str,
    on: date,
    actor: Actor,
    decide_days: int = 10,
    evidence_types: tuple[str, ...] = (),
    purchase_order: str = "",
) -> OutcomeContract:
    """Draws up a contract of the plan's parts: the same calculation as its preview. Who pays follows from its kind."""
    parts = preview_contract(plan)
    return draft_contract(
        kind=kind, side=SIDES[OutcomeContract.Kind(kind)], party=party, title=title, term=parts.term,
        value=Money(plan.value_pence), vat=vat, account_code=account_code, stream_code=stream_code,
        measures=[
            MeasureTerms(
                one.code, one.kind, one.name, one.due_on, weight=one.weight, decide_days=decide_days,
                evidence_types=evidence_types,
            )
            for one in parts.shown
        ],
        items=[
            ItemTerms(one.code, one.name, one.pence, one.service, one.claimed_from, one.due_on, one.shown)
            for one in parts.paid
        ],
        statements=[StatementTerms(one.service_from, one.cut_off, one.pay_on) for one in parts.statements],
        purchase_order=purchase_order, on=on, actor=actor,
    )  # fmt: skip
