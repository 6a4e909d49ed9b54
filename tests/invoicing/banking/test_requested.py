"""Money of somebody who was asked to pay a part of another's invoice is proposed for that part, and never for another's invoice."""

from decimal import Decimal

import pytest

from invoicing.banking.rules.candidates import OpenRequest, Proposal
from invoicing.banking.rules.narrative import numbers_named
from invoicing.banking.services import proposals_for
from invoicing.documents.models import Document
from invoicing.funds.asked import payment_request_for, standing_of
from invoicing.funds.payment_requests import request_payment, withdraw_payment_request
from marketplace.core.actors import Actor
from tests.invoicing.banking import test_bank_matching as matching
from tests.invoicing.banking.helpers import SURE, balances, best, lines_of, owed
from tests.invoicing.banking.test_bank_matching import COUNCIL, ELM_PARK, OAKFIELD, TRUST, item

SHARE = OpenRequest("PRQ-000007", TRUST, "INV-001187", (87,), 45_000)


def proposed(pence: int, narrative: str, *requests: OpenRequest) -> Proposal:
    known = matching.facts(
        item(87, OAKFIELD, 90_000, number=1187),
        item(88, ELM_PARK, 30_000, number=7),
        item(89, ELM_PARK, 12_000, number=9),
    )
    known = type(known)(known.items, known.credits, known.payers, requests)
    return matching.best(pence, narrative, known)


def test_a_request_named_with_its_amount_is_sure() -> None:
    for narrative in ("KESTREL LEARNING PRQ-000007", "PRQ000007", "prq 7", "PRQ NO 000007 KESTREL"):
        found = proposed(45_000, narrative, SHARE)
        assert (found.confidence, found.payer_id, found.allocations) == (Decimal("0.99"), TRUST, ((87, 45_000),)), (
            narrative
        )
    assert found.reason == (
        "Names PRQ-000007 for INV-001187, and £450.00 is exactly what Kestrel Learning Trust is still asked to pay."
    )


def test_the_amount_and_the_name_are_enough_where_one_request_fits() -> None:
    found = proposed(45_000, "KESTREL LEARNING TRUS", SHARE)
    assert (found.confidence, found.payer_id, found.allocations) == (Decimal("0.96"), TRUST, ((87, 45_000),))
    twin = OpenRequest("PRQ-000008", TRUST, "INV-000009", (89,), 45_000)
    assert proposed(45_000, "KESTREL LEARNING TRUS", SHARE, twin).confidence == Decimal("0.70")
    told = proposed(45_000, "KESTREL LEARNING INV-001187", SHARE, twin)
    assert (told.confidence, told.allocations, told.payer_id) == (Decimal("0.96"), ((87, 45_000),), TRUST)


def test_another_amount_pays_a_part_and_what_is_too_much_stays_on_account() -> None:
    part = proposed(20_000, "KESTREL PRQ-000007", SHARE)
    assert (part.confidence, part.allocations) == (Decimal("0.60"), ((87, 20_000),))
    assert part.reason.endswith("£450.00: this would pay a part of it.")
    over = proposed(50_000, "KESTREL PRQ-000007", SHARE)
    assert over.allocations == ((87, 45_000),)
    assert over.reason.endswith("£50.00 too much would stay on the account of Kestrel Learning Trust.")


def test_several_requests_on_one_invoice_never_pay_more_than_it_is_owed() -> None:
    more = OpenRequest("PRQ-000008", TRUST, "INV-001187", (87,), 60_000)
    found = proposed(105_000, "KESTREL PRQ-000007 PRQ-000008", SHARE, more)
    assert found.allocations == ((87, 90_000),)


def test_a_name_of_somebody_else_makes_it_unsure() -> None:
    found = proposed(45_000, "TIDEWELL BOROUGH COUNCIL PRQ-000007", SHARE)
    assert (found.confidence, found.payer_id) == (Decimal("0.70"), TRUST)
    assert found.reason.endswith("But the payment's name looks like Tidewell Borough Council.")


def test_the_number_of_a_request_is_never_an_invoices() -> None:
    named = numbers_named("PRQ-000007 INV-000009", invoices=[7, 9], credits=[])
    assert (named.invoices, named.requests) == ((9,), ())
    by_amount = proposed(12_000, "ELM PARK PRQ-000007", SHARE)
    assert by_amount.allocations == ((89, 12_000),) and "INV-000007" not in by_amount.reason


def test_what_a_proposal_pays_is_asked_for_no_longer() -> None:
    known = matching.facts(item(87, OAKFIELD, 90_000, number=1187))
    known = type(known)(known.items, known.credits, known.payers, (SHARE,))
    paid = known.less(Proposal(Decimal(1), "", TRUST, ((87, 20_000),)))
    assert [(one.number, one.pence) for one in paid.requests] == [("PRQ-000007", 25_000)]
    assert known.less(Proposal(Decimal(1), "", TRUST, ((87, 45_000),))).requests == ()
    assert known.less(Proposal(Decimal(1), "", COUNCIL, ((87, 45_000),))).requests == (SHARE,)


@pytest.mark.django_db
@pytest.mark.usefixtures("ledger_holds")
def test_the_banks_line_pays_the_request_and_leaves_the_rest_to_the_school(
    bank, invoiced, oakfield, council, actor: Actor, priya
) -> None:
    invoice: Document = invoiced(oakfield, 90_000)
    made = request_payment(
        invoice=invoice, funder=council, pence=45_000, reason="Half of it", on=invoice.issued_on, actor=actor
    )
    _, matched = lines_of(bank, priya, ("TIDEWELL BOROUGH PRQ-000001", 45_000), at=SURE)
    assert matched == 1
    asked = payment_request_for(actor, made.number)
    assert (asked.paid_pence, asked.left_pence, standing_of(asked)) == (45_000, 0, "paid")
    assert owed(invoice) == 108_000 - 45_000
    assert ("2100", council.pk) not in balances()
    [again], matched = lines_of(bank, priya, ("TIDEWELL BOROUGH PRQ-000001", 63_000), at=SURE)
    assert matched == 0 and again.state == "unmatched"


@pytest.mark.django_db
def test_a_withdrawn_request_is_proposed_no_longer(bank, invoiced, oakfield, council, actor: Actor, priya) -> None:
    invoice = invoiced(oakfield, 90_000)
    made = request_payment(
        invoice=invoice, funder=council, pence=45_000, reason="Half of it", on=invoice.issued_on, actor=actor
    )
    [line], _ = lines_of(bank, priya, ("TIDEWELL BOROUGH PRQ-000001", 45_000))
    assert best(line).payer_id == council.pk
    withdraw_payment_request(request=made, reason="Asked twice", on=invoice.issued_on, actor=actor)
    assert proposals_for(line) == []
