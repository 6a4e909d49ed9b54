"""What proves wrong after a contract's end lowers the expense that it was, and comes back by the school's credit note."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.management import call_command

from invoicing.ledger.models import Movement
from invoicing.models import Charge, Document, Payable, PayableReduction, ProviderInvoice
from invoicing.provider_invoices.claiming_back import claim_back
from invoicing.self_billing.billing import self_bill
from marketplace.core.actors import Role
from marketplace.core.money import Money
from marketplace.core.periods import Period
from subscriptions.outcomes.models import Clawback, OutcomeContract, OutcomeItem, Statement
from subscriptions.outcomes.services.contracting import agree_contract, offer_contract
from subscriptions.outcomes.services.drafting import draft_contract
from subscriptions.outcomes.services.ending import end_contracts_over
from subscriptions.outcomes.services.stating import claw_back, freeze_due, release_due
from subscriptions.outcomes.services.terms import ContractTerms, ItemTerms, StatementTerms
from tests.conftest import OUTSIDE
from tests.invoicing.books import balances
from tests.invoicing.paying_out.world import Payers
from tests.invoicing.self_billing.ridgeway import add_firm, agreed
from tests.shop import person

pytestmark = pytest.mark.django_db
BEGIN, OVER, FOUND_OUT = date(2026, 4, 1), date(2026, 10, 1), date(2026, 10, 29)
QUARTERS = [Period(BEGIN, date(2026, 7, 1)), Period(date(2026, 7, 1), OVER)]


@pytest.fixture
def payers(partnership, actor) -> Payers:
    return Payers(partnership, actor)


@pytest.fixture
def lead(payers):
    """A school whose invoices we write."""
    found = add_firm("Elm Park Primary School", vat_number="")
    agreed(found, begins=BEGIN)
    payers.account(found)
    return found


def hub(lead, partnership, actor, *, retained="0") -> OutcomeContract:
    """£3,000.00 a quarter for two quarters, charged to 6000 under GR and the code of the hub; over."""
    organiser = person(partnership, actor, name="Olu Organiser", role=Role.ORGANISER, on=BEGIN)
    head = person(lead, actor, name="Hana Head", role=Role.APPROVER, on=BEGIN)
    terms = ContractTerms(
        kind="hub", side="pays", party=lead, title="Reading hub", term=Period(BEGIN, OVER), value=Money(6_000_00),
        vat=OUTSIDE, account_code="6000", stream_code="GR", analysis_code="HUB-READING", measures=[],
        items=[
            ItemTerms(f"q{at}", f"Quarter {at}", 3_000_00, one, one.last_day, one.last_day)
            for at, one in enumerate(QUARTERS, start=1)
        ],
        statements=[
            StatementTerms(one.start, one.last_day, one.last_day + timedelta(days=25)) for one in QUARTERS
        ],
        retention=Decimal(retained), retention_due_on=FOUND_OUT if Decimal(retained) else None,
    )  # fmt: skip
    made = draft_contract(terms=terms, on=BEGIN, actor=organiser)
    offer_contract(contract=made, on=BEGIN, actor=organiser)
    agree_contract(contract=made, on=BEGIN, actor=head)
    return made


def taken_back(contract, code, pence, payers, *, on=FOUND_OUT) -> Clawback:
    found = OutcomeItem.objects.get(contract=contract, code=code)
    return claw_back(item=found, pence=pence, reason="Counted twice", on=on, actor=payers.marek)


def reductions(clawback) -> list[tuple[str, int]]:
    rows = PayableReduction.objects.filter(source_key__startswith=f"outcome-clawback:{clawback.pk}:")
    return list(rows.order_by("pk").values_list("payable__source_key", "pence"))


def key(contract, ordinal) -> str:
    return f"outcome-statement:{Statement.objects.get(contract=contract, ordinal=ordinal).pk}"


def test_it_lowers_the_expense_under_its_own_code_and_comes_back_by_credit_note_and_request(
    payers, lead, partnership, actor
):
    contract = hub(lead, partnership, actor)
    freeze_due(on=OVER, actor=payers.marek)
    end_contracts_over(on=OVER, actor=actor)
    self_bill(on=OVER, actor=actor)
    payers.sent()
    assert balances() == {"6000": 6_000_00, "2460": -6_000_00}

    clawback = taken_back(contract, "q1", 740_00, payers)
    assert (end_contracts_over(on=FOUND_OUT, actor=actor), end_contracts_over(on=FOUND_OUT, actor=actor)) == (1, 0)
    clawback.refresh_from_db()
    assert (clawback.taken_pence, clawback.charged_pence) == (0, 740_00)
    assert reductions(clawback) == [(key(contract, 1), 740_00)]
    assert balances() == {"6000": 5_260_00, "2400": 740_00, "2460": -6_000_00}
    assert not Charge.objects.exists() and not balances().get("4900")
    back = Movement.objects.latest("pk")
    assert (back.credit_account_id, back.pence, back.stream_id, back.analysis_code) == (
        "6000", 740_00, "GR", "HUB-READING",
    )  # fmt: skip

    self_bill(on=FOUND_OUT, actor=actor)
    credit = ProviderInvoice.objects.get(kind="self_billed_credit")
    assert (credit.gross_pence, credit.outstanding_pence) == (740_00, 740_00)
    claim_back(credit=credit, reason="The contract is over", on=FOUND_OUT, actor=payers.priya)
    assert balances() == {"6000": 5_260_00, "1100": 740_00, "2460": -6_000_00}
    assert Document.objects.get(kind="claim_back").gross_pence == 740_00
    call_command("verify_ledger")


def test_where_it_is_not_paid_yet_less_is_paid(payers, lead, partnership, actor):
    contract = hub(lead, partnership, actor)
    freeze_due(on=OVER, actor=payers.marek)
    end_contracts_over(on=OVER, actor=actor)
    taken_back(contract, "q2", 3_000_00, payers)
    end_contracts_over(on=FOUND_OUT, actor=actor)
    assert balances() == {"6000": 3_000_00, "2400": -3_000_00}
    assert Payable.objects.get(source_key=key(contract, 2)).state == "cancelled"
    call_command("verify_ledger")


def test_what_a_statement_retained_waits_for_the_one_that_releases_it(payers, lead, partnership, actor):
    """Of £3,000.00 a quarter £300.00 is retained: taking a quarter back takes £2,700.00 off its statement, the rest off the other."""
    contract = hub(lead, partnership, actor, retained="0.1")
    freeze_due(on=OVER, actor=payers.marek)
    end_contracts_over(on=OVER, actor=actor)
    assert balances() == {"6000": 5_400_00, "2400": -5_400_00}
    both = [taken_back(contract, code, 3_000_00, payers) for code in ("q1", "q2")]
    end_contracts_over(on=FOUND_OUT, actor=actor)
    assert reductions(both[0]) == [(key(contract, 1), 2_700_00), (key(contract, 2), 300_00)]
    assert reductions(both[1]) == [(key(contract, 2), 2_400_00)]
    assert balances() == {}
    assert end_contracts_over(on=FOUND_OUT, actor=actor) == 0, "no statement holds the rest"

    assert release_due(on=FOUND_OUT, actor=actor) == 1
    freeze_due(on=FOUND_OUT + timedelta(days=1), actor=payers.marek)
    both[1].refresh_from_db()
    assert (both[1].taken_pence, both[1].charged_pence) == (600_00, 2_400_00)
    assert balances() == {}
    call_command("verify_ledger")
