"""A council's remittance for many invoices of many schools, net of a credit note."""

import pytest

from invoicing.banking import queries
from invoicing.banking.models import BankAccount
from invoicing.banking.services import confirm_match, undo_match
from invoicing.receivables.models import UnallocatedItem
from invoicing.services import credit_invoice
from marketplace.core.actors import Actor
from marketplace.organisations.models import Authority, Organisation, School
from marketplace.organisations.models.schools import BillingClass
from marketplace.organisations.services.registry import add_organisation
from tests.conftest import START
from tests.invoicing.banking.files import FIRST_DAY
from tests.invoicing.banking.helpers import SURE, Invoiced, balances, best, lines_of, owed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ledger_holds")]


def nine_schools(council: Organisation, actor: Actor) -> list[Organisation]:
    authority = Authority.objects.create(organisation=council, code="999")
    schools = []
    for number, name in enumerate(["Ash", "Beck", "Cove", "Dale", "Esk", "Fell", "Gorse", "Heath", "Isle"], start=1):
        school = add_organisation(
            kind=Organisation.Kind.SCHOOL, name=f"{name}wood Primary School", valid_from=START, actor=actor
        )
        School.objects.create(
            organisation=school, urn=str(900_000 + number), authority=authority, type_code="1", status="1",
            phase_code="2", billing_class=BillingClass.MAINTAINED,
        )  # fmt: skip
        schools.append(school)
    return schools


def test_a_council_pays_twelve_invoices_of_nine_schools_less_a_credit_note(
    bank: BankAccount, priya: Actor, council: Organisation, actor: Actor, invoiced: Invoiced
) -> None:
    """Nets 100, 110 … 210 pounds: 1,860.00, with VAT 2,232.00. Ashwood's earlier invoice of 60.00 was paid, then
    credited by 25.00 net: 30.00 with VAT stands on its account. The council sends 2,232.00 − 30.00 = 2,202.00."""
    schools = nine_schools(council, actor)
    earlier = invoiced(schools[0], 5_000)
    [paid], _ = lines_of(bank, priya, (f"ASHWOOD {earlier.number}", 6_000), at=SURE)
    assert owed(earlier) == 0
    note = credit_invoice(
        invoice=earlier, amounts={earlier.lines.get().pk: 2_500}, reason="Cancelled", on=FIRST_DAY, actor=actor
    )
    documents = [invoiced(schools[n % 9], 10_000 + 1_000 * n) for n in range(12)]
    [line], matched = lines_of(bank, priya, ("TIDEWELL BC REMIT 88213", 220_200), at=SURE)
    assert matched == 1
    assert [owed(document) for document in documents] == [0] * 12
    assert UnallocatedItem.objects.filter(remaining_pence__gt=0).count() == 0
    match = queries.live_match(line)
    assert match is not None and match.receipt.organisation_id == council.pk
    assert f"less {note.number} £30.00," in match.reason and "12 invoices of 9 customers" in match.reason
    assert {key: pence for key, pence in balances().items() if key[0] in ("1100", "2100")} == {}

    undo_match(line=line, reason="Wrong remittance", actor=priya)
    assert sum(owed(document) for document in documents) == 223_200
    assert note.on_account.remaining_pence == 3_000
    assert balances()["1000", None] == 6_000
    line.refresh_from_db()
    confirm_match(line=line, proposal=best(line), actor=priya)
    assert sum(owed(document) for document in documents) == 0
    assert paid.state == "matched"
