"""A council with three schools that are settled by its journal, an academy that pays itself, and their people."""

from dataclasses import dataclass
from datetime import date

from invoicing.council_journals.models import CouncilJournal
from invoicing.ledger.models import LedgerAccount
from invoicing.services import (
    confirm_council_journal,
    prepare_council_journal,
    propose_council_journal,
    record_council_receipt,
    send_council_journal,
)
from marketplace.core.actors import Actor, Role
from marketplace.organisations.models import Authority, CustomerTerms, Organisation
from marketplace.organisations.services.registry import add_organisation, set_terms
from marketplace.organisations.services.schools import RegisterFacts, add_authority, add_school
from tests.conftest import EXEMPT, START, Charges
from tests.invoicing.books import bill
from tests.shop import person

ISSUED, TODAY = date(2026, 9, 1), date(2026, 9, 30)
COMMUNITY, ACADEMY = "01", "34"
JOURNAL = CustomerTerms.Settlement.COUNCIL_JOURNAL


def school(
    authority: Authority, name: str, urn: str, actor: Actor, *, cost_centre: str = "", type_code: str = COMMUNITY
) -> Organisation:
    """A school of the authority; one with a type of a maintained school is settled by journal."""
    made = add_organisation(kind=Organisation.Kind.SCHOOL, name=name, valid_from=START, actor=actor)
    facts = RegisterFacts(urn=urn, type_code=type_code, phase_code="2", establishment_number=urn[-4:])
    add_school(organisation=made, authority=authority, facts=facts, actor=actor)
    if type_code == COMMUNITY:
        set_terms(organisation=made, actor=actor, settlement=JOURNAL, cost_centre=cost_centre)
    return made


@dataclass(frozen=True)
class Maintained:
    """Schools by how they are settled, and who acts."""

    council: Organisation
    fernhill: Organisation
    marlbrook: Organisation
    without_centre: Organisation
    academy: Organisation
    officer: Actor
    payments: Actor
    charges: Charges
    actor: Actor

    def prepared(self, on: date = TODAY) -> CouncilJournal:
        """A draft of what is ready."""
        found = propose_council_journal(authority=self.council, on=on, actor=self.officer)
        return prepare_council_journal(
            authority=self.council, on=on, expected_pence=found.gross_pence, actor=self.officer
        )

    def sent(self, on: date = TODAY) -> CouncilJournal:
        return send_council_journal(journal=self.prepared(on), on=on, actor=self.officer)

    def confirmed(self, on: date = TODAY) -> CouncilJournal:
        return confirm_council_journal(journal=self.sent(on), reference="GL 88214", on=on, actor=self.payments)

    def invoiced(self) -> None:
        """Fernhill £150.00 (£120.00 of it with VAT, two codes), Marlbrook £60.00, and £24.00 each of the two others."""
        self.charges(self.fernhill, 10_000, cfr_code="E22", on=ISSUED)
        self.charges(self.fernhill, 3_000, cfr_code="E19", vat=EXEMPT, on=ISSUED)
        self.charges(self.marlbrook, 5_000, cfr_code="E22", on=ISSUED)
        self.charges(self.without_centre, 2_000, cfr_code="E22", on=ISSUED)
        self.charges(self.academy, 2_000, cfr_code="E22", on=ISSUED)
        bill(ISSUED, self.actor)


def build_maintained(*, ours: Organisation, council: Organisation, charges: Charges, actor: Actor) -> Maintained:
    """The schools and people, with nothing invoiced yet."""
    authority = add_authority(organisation=council, code="901", actor=actor)
    return Maintained(
        council=council,
        fernhill=school(authority, "Fernhill Primary School", "990001", actor, cost_centre="FH1044"),
        marlbrook=school(authority, "Marlbrook Infant School", "990002", actor, cost_centre="MB2001"),
        without_centre=school(authority, "Wexcombe Junior School", "990003", actor),
        academy=school(authority, "Ashdale Academy", "990004", actor, type_code=ACADEMY),
        officer=person(ours, actor, name="Priya Shah", role=Role.FINANCE_OFFICER, on=TODAY),
        payments=person(council, actor, name="Colin Reeve", role=Role.COUNCIL_PAYMENTS, on=TODAY),
        charges=charges,
        actor=actor,
    )


def build_council_journals(*, ours: Organisation, council: Organisation, actor: Actor) -> Maintained:
    """A confirmed journal that is part received, and a sent one after it."""
    world = build_maintained(ours=ours, council=council, charges=Charges(actor), actor=actor)
    for number in (1, 2):
        world.charges(world.fernhill, 10_000 * number, cfr_code="E22", on=ISSUED, key=f"council-journal:{number}")
        bill(ISSUED, actor)
        if number == 1:
            done = world.confirmed()
            record_council_receipt(
                journal=done, pence=5_000, received_on=TODAY, reference="BACS", actor=world.officer,
                bank_account=LedgerAccount.objects.get(pk="1000"),
            )  # fmt: skip
        else:
            world.sent()
    return world
