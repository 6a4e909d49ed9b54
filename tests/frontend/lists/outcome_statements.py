"""What makes the list of outcome statements longer."""

from datetime import timedelta

from marketplace.core.actors import Role
from marketplace.core.money import Money
from marketplace.core.periods import Period
from subscriptions.outcomes.models import OutcomeContract, OutcomeItem, Statement
from subscriptions.outcomes.services.contracting import agree_contract, offer_contract
from subscriptions.outcomes.services.drafting import draft_contract
from subscriptions.outcomes.services.terms import ContractTerms
from tests.conftest import OUTSIDE
from tests.frontend.lists.world import World, copies
from tests.subscriptions.outcomes.quarters import quarter_terms


def due(world: World, numbers: range) -> None:
    """Contracts whose first quarter is over, each with an amount on its statement."""

    def make() -> OutcomeContract:
        first = (world.today - timedelta(days=120)).replace(day=1)
        measures, items, statements = quarter_terms(first, 1, 1_000_00, at_risk_pence=100_00)
        made = draft_contract(
            terms=ContractTerms(
                kind="hub", side="pays", party=world.customer, title="Hub", term=Period.months_from(first, 3),
                value=Money(1_000_00), vat=OUTSIDE, account_code="6000", stream_code="GR", measures=measures, items=items,
                statements=statements,
            ), on=first, actor=world.person(Role.ORGANISER),
        )  # fmt: skip
        offer_contract(contract=made, on=first, actor=world.person(Role.ORGANISER))
        return agree_contract(contract=made, on=first, actor=world.actor)

    first = world.kept("an outcome contract with a statement to freeze", make)
    contracts = copies(first, numbers, number=lambda n: f"OCS-{n}")
    at = dict(zip(numbers, contracts, strict=True))
    copies(Statement.objects.get(contract=first), numbers, contract_id=lambda n: at[n].pk)
    copies(OutcomeItem.objects.get(contract=first, gate="nothing"), numbers, contract_id=lambda n: at[n].pk)
