"""What makes the list of contracts that pay on outcomes longer."""

from marketplace.core.actors import Role
from marketplace.core.money import Money
from marketplace.core.periods import Period
from marketplace.organisations.models import Organisation
from subscriptions.outcomes.models import OutcomeContract
from subscriptions.outcomes.services.drafting import draft_contract
from subscriptions.outcomes.services.terms import ContractTerms
from tests.conftest import OUTSIDE
from tests.frontend.lists.world import World, copies
from tests.subscriptions.outcomes.quarters import quarter_terms


def contracts(world: World, numbers: range) -> None:
    """Drafts, each with a party of its own."""

    def make() -> OutcomeContract:
        measures, items, statements = quarter_terms(world.today, 4, 1_000_00, at_risk_pence=100_00)
        return draft_contract(
            terms=ContractTerms(
                kind="hub", side="pays", party=world.customer, title="Hub", term=Period.months_from(world.today, 12),
                value=Money(4_000_00), vat=OUTSIDE, account_code="6000", stream_code="GR", measures=measures, items=items,
                statements=statements,
            ), on=world.today, actor=world.person(Role.ORGANISER),
        )  # fmt: skip

    first = world.kept("an outcome contract", make)
    schools = copies(
        Organisation.objects.get(pk=world.customer.pk), numbers, number=lambda n: f"OCP-{n}", name=lambda n: f"Hub {n}"
    )
    at = dict(zip(numbers, schools, strict=True))
    copies(first, numbers, number=lambda n: f"OC-{n}", party_id=lambda n: at[n].pk)
