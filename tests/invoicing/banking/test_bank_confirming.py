"""Explaining lines: receipts that settle invoices, unidentified receipts, other postings, and undoing each."""

from datetime import date
from decimal import Decimal

import pytest

from invoicing.banking import queries
from invoicing.banking.models import BankAccount, BankLine, BankMatch
from invoicing.banking.rules.candidates import Proposal
from invoicing.banking.services import (
    LineTaken,
    WrongMatch,
    confirm_match,
    confirm_sure,
    identify,
    ignore_line,
    import_statement,
    mark_unidentified,
    proposals_for,
    record_other,
    undo_match,
)
from invoicing.ledger.models import JournalEntry
from invoicing.receivables.allocation import AllocationTooLarge
from invoicing.receivables.models import Allocation, ReceivableItem, UnallocatedItem
from invoicing.services import credit_in_full
from marketplace.core.actors import Actor
from marketplace.core.errors import NotAllowed, NotFound, WrongInput
from marketplace.organisations.models import Organisation
from tests.conftest import OUTSIDE
from tests.invoicing.banking.files import FIRST_DAY, lloyds
from tests.invoicing.banking.helpers import SURE, Invoiced, balances, best, lines_of, owed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ledger_holds")]


def test_a_sure_match_settles_the_invoice_and_reconciles_the_bank(
    bank: BankAccount, priya: Actor, oakfield: Organisation, invoiced: Invoiced
) -> None:
    invoice = invoiced(oakfield, 14_000)
    key = int(invoice.number[4:])
    [line], matched = lines_of(bank, priya, (f"OAKFIELD PRIMARY INV{key}", 16_800), at=SURE)
    assert matched == 1
    assert owed(invoice) == 0
    match = queries.live_match(line)
    assert match is not None and match.confidence == Decimal("0.99") and match.confirmed_by_person_id == priya.person_id
    assert balances()["1000", None] == 16_800
    assert ("2100", oakfield.pk) not in balances() and ("1100", oakfield.pk) not in balances()
    position = queries.position_of(priya, bank)
    assert (position.closing, position.ledger, position.unmatched, position.difference) == (16_800, 16_800, 0, 0)
    assert list(queries.lines_to_match(priya, bank)) == []


def test_without_a_confidence_nothing_is_matched_by_itself(
    bank: BankAccount, priya: Actor, oakfield: Organisation, invoiced: Invoiced
) -> None:
    invoice = invoiced(oakfield, 14_000)
    [line], matched = lines_of(bank, priya, (f"OAKFIELD {invoice.number}", 16_800))
    assert (matched, owed(invoice), JournalEntry.objects.filter(kind="receipt").count()) == (0, 16_800, 0)
    assert [found.pk for found in queries.lines_to_match(priya, bank)] == [line.pk]


def test_paid_twice_the_second_payment_waits(
    bank: BankAccount, priya: Actor, oakfield: Organisation, invoiced: Invoiced
) -> None:
    invoice = invoiced(oakfield, 14_000)
    payment = (f"OAKFIELD {invoice.number}", 16_800)
    lines, matched = lines_of(bank, priya, payment, payment, at=SURE)
    assert matched == 1
    assert [line.state for line in lines] == ["matched", "unmatched"]
    assert proposals_for(lines[1]) == []


def test_two_people_cannot_match_one_line(
    bank: BankAccount, priya: Actor, oakfield: Organisation, invoiced: Invoiced
) -> None:
    invoice = invoiced(oakfield, 14_000)
    [line], _ = lines_of(bank, priya, (f"OAKFIELD {invoice.number}", 16_800))
    hers, his = BankLine.objects.get(pk=line.pk), BankLine.objects.get(pk=line.pk)
    proposal = best(hers)
    confirm_match(line=hers, proposal=proposal, actor=priya)
    with pytest.raises(LineTaken, match="somebody else was first"):
        confirm_match(line=his, proposal=proposal, actor=priya)
    with pytest.raises(LineTaken):
        mark_unidentified(line=BankLine.objects.get(pk=line.pk), actor=priya)
    assert UnallocatedItem.objects.count() == 1 and BankMatch.objects.count() == 1


def test_an_item_paid_meanwhile_refuses_the_proposal_and_the_line_waits_on(
    bank: BankAccount, priya: Actor, oakfield: Organisation, invoiced: Invoiced
) -> None:
    invoice = invoiced(oakfield, 14_000)
    payment = (f"OAKFIELD {invoice.number}", 16_800)
    lines, _ = lines_of(bank, priya, payment, payment)
    stale = best(lines[1])
    confirm_match(line=lines[0], proposal=best(lines[0]), actor=priya)
    with pytest.raises(AllocationTooLarge):
        confirm_match(line=lines[1], proposal=stale, actor=priya)
    assert BankLine.objects.get(pk=lines[1].pk).state == "unmatched"
    assert balances()["1000", None] == 16_800


def test_more_than_came_in_or_another_kind_of_set_off_is_refused(
    bank: BankAccount, priya: Actor, oakfield: Organisation, invoiced: Invoiced
) -> None:
    item = invoiced(oakfield, 14_000).items.get()
    [line, out], _ = lines_of(bank, priya, ("X", 10_000), ("CHARGES", -500))
    wrong = {
        "more than the £100.00": Proposal(SURE, "r", oakfield.pk, ((item.pk, 10_001),)),
        "more than £0.00": Proposal(SURE, "r", oakfield.pk, ((item.pk, 0),)),
        "does not exist": Proposal(SURE, "r", oakfield.pk, ((item.pk + 999, 5),)),
    }
    for words, proposal in wrong.items():
        with pytest.raises(WrongMatch, match=words):
            confirm_match(line=line, proposal=proposal, actor=priya)
    with pytest.raises(WrongMatch, match="not a customer's payment"):
        confirm_match(line=out, proposal=Proposal(SURE, "r", oakfield.pk), actor=priya)
    assert set(BankLine.objects.values_list("state", flat=True)) == {"unmatched"}
    assert ("1000", None) not in balances()


def test_a_part_payment_and_an_overpayment_leave_the_rest_where_it_belongs(
    bank: BankAccount, priya: Actor, oakfield: Organisation, invoiced: Invoiced
) -> None:
    invoice = invoiced(oakfield, 14_000)
    [part, over], _ = lines_of(
        bank, priya, (f"OAKFIELD {invoice.number}", 6_800), (f"OAKFIELD {invoice.number}", 12_000)
    )
    confirm_match(line=part, proposal=best(part), actor=priya)
    assert owed(invoice) == 10_000
    confirm_match(line=over, proposal=best(over), actor=priya)
    assert owed(invoice) == 0
    assert balances()["2100", oakfield.pk] == -2_000  # stays on Oakfield's account


def test_undoing_gives_every_balance_back_and_the_line_can_be_matched_again(
    bank: BankAccount, priya: Actor, oakfield: Organisation, invoiced: Invoiced
) -> None:
    invoice = invoiced(oakfield, 14_000)
    before = balances()
    [line], _ = lines_of(bank, priya, (f"OAKFIELD {invoice.number}", 16_800), at=SURE)
    undone = undo_match(line=line, reason="Paid for Elm Park", actor=priya)
    assert (undone.state, undone.undone_reason, undone.undone_by_person_id) == ("undone", "Paid for Elm Park", 9001)
    assert undone.undone_at is not None
    assert balances() == before and owed(invoice) == 16_800
    assert undone.receipt is not None and undone.receipt.reversed_on == FIRST_DAY
    with pytest.raises(LineTaken, match="nothing to undo"):
        undo_match(line=line, reason="Again", actor=priya)
    with pytest.raises(WrongInput, match="Enter reason"):
        undo_match(line=line, reason=" ", actor=priya)
    confirm_match(line=line, proposal=best(line), actor=priya)
    assert owed(invoice) == 0
    assert BankMatch.objects.filter(line=line).count() == 2


def test_an_unidentified_receipt_waits_outside_the_customers_accounts_until_it_is_known(
    bank: BankAccount, priya: Actor, oakfield: Organisation, invoiced: Invoiced
) -> None:
    invoice = invoiced(oakfield, 14_000)
    [line], _ = lines_of(bank, priya, ("E HALLOWAY THANK YOU", 16_000))
    mark_unidentified(line=line, actor=priya)
    assert (balances()["1000", None], balances()["2190", None]) == (16_000, -16_000)
    assert list(queries.unidentified_lines(priya)) == [line] and list(queries.lines_to_match(priya, bank)) == []
    identify(line=line, payer=oakfield, actor=priya)
    assert balances()["2100", oakfield.pk] == -16_000 and ("2190", None) not in balances()
    assert list(queries.unidentified_lines(priya)) == []

    undo_match(line=line, reason="Not Oakfield", actor=priya)
    line.refresh_from_db()
    assert line.state == "unidentified" and balances()["2190", None] == -16_000
    item = invoice.items.get()
    confirm_match(
        line=line, proposal=Proposal(Decimal(1), "Asked the payer.", oakfield.pk, ((item.pk, 16_000),)), actor=priya
    )
    assert owed(invoice) == 800 and balances()["1000", None] == 16_000

    undo_match(line=line, reason="No", actor=priya)
    line.refresh_from_db()
    undo_match(line=line, reason="Not even unidentified", actor=priya)
    line.refresh_from_db()
    assert line.state == "unmatched" and ("1000", None) not in balances() and ("2190", None) not in balances()


@pytest.mark.parametrize(
    ("code", "way"),
    [
        ("2150", "Record the refund as paid"),
        ("2190", "unidentified receipt"),
        ("2250", "days of the instalments"),
        ("3100", "set money aside for a fund by a journal"),
        ("3900", "such as 3000"),
    ],
)
def test_an_account_that_is_the_sum_of_its_items_takes_no_bank_line(
    bank: BankAccount, priya: Actor, code: str, way: str
) -> None:
    [charge], _ = lines_of(bank, priya, ("ACCOUNT CHARGES", -1_250))
    with pytest.raises(WrongMatch, match=way):
        record_other(line=charge, account_code=code, narrative="Charges", actor=priya)
    charge.refresh_from_db()
    assert charge.state == "unmatched" and balances() == {}


def test_bank_charges_and_interest_are_posted_and_control_accounts_refused(bank: BankAccount, priya: Actor) -> None:
    [charge, interest], _ = lines_of(bank, priya, ("ACCOUNT CHARGES", -1_250), ("INTEREST", 310))
    for code, words in (("1100", "not for this"), ("1000", "not for this"), ("2190", "not for this")):
        with pytest.raises(WrongMatch, match=words):
            record_other(line=charge, account_code=code, narrative="Charges", actor=priya)
    with pytest.raises(WrongInput, match="no ledger account 9999"):
        record_other(line=charge, account_code="9999", narrative="Charges", actor=priya)
    with pytest.raises(WrongMatch, match="Only money that came in"):
        mark_unidentified(line=charge, actor=priya)
    record_other(line=charge, account_code="7100", narrative="August charges", actor=priya)
    record_other(line=interest, account_code="4900", narrative="Interest", actor=priya)
    assert balances() == {("7100", None): 1_250, ("4900", None): -310, ("1000", None): -940}
    assert queries.position_of(priya, bank).difference == 0
    undo_match(line=charge, reason="Capital cost", actor=priya)
    assert balances() == {("4900", None): -310, ("1000", None): 310}


def test_a_line_that_the_ledger_has_already_is_kept_out_with_a_reason(bank: BankAccount, priya: Actor) -> None:
    [line], _ = lines_of(bank, priya, ("FROM DEPOSIT", 5_000))
    ignore_line(line=line, reason="Transfer, posted from the deposit account", actor=priya)
    assert balances() == {} and list(queries.lines_to_match(priya, bank)) == []
    undo_match(line=line, reason="It was a payment", actor=priya)
    assert BankLine.objects.get(pk=line.pk).state == "unmatched"


def test_sure_matches_are_confirmed_together_but_for_those_left_out(
    bank: BankAccount, priya: Actor, oakfield: Organisation, elm_park: Organisation, invoiced: Invoiced
) -> None:
    first, second, third = invoiced(oakfield, 10_000), invoiced(elm_park, 20_000), invoiced(elm_park, 30_000)
    lines, _ = lines_of(
        bank, priya, (f"OAKFIELD {first.number}", 12_000), (f"ELM PARK {second.number}", 24_000),
        (f"ELM PARK {third.number}", 36_000), ("WHO KNOWS", 1),
    )  # fmt: skip
    sure = queries.sure_matches(priya, bank, at=SURE)
    assert [line.pk for line, _ in sure] == [line.pk for line in lines[:3]]
    matches = confirm_sure(account=bank, at=SURE, line_ids=[lines[0].pk, lines[2].pk, lines[3].pk], actor=priya)
    assert [match.line_id for match in matches] == [lines[0].pk, lines[2].pk]
    assert [owed(first), owed(second), owed(third)] == [0, 24_000, 0]
    assert confirm_sure(account=bank, at=SURE, line_ids=[lines[0].pk], actor=priya) == []


def test_a_narrative_confirmed_twice_names_its_payer_the_third_time(
    bank: BankAccount, priya: Actor, oakfield: Organisation, elm_park: Organisation, invoiced: Invoiced
) -> None:
    documents = [invoiced(oakfield, 10_000 + n) for n in range(3)] + [invoiced(elm_park, 10_002)]
    for document in documents[:2]:
        [line], _ = lines_of(bank, priya, (f"DIOCESE SHARED FIN {document.number}", owed(document)))
        confirm_match(line=line, proposal=best(line), actor=priya)
    [line], _ = lines_of(bank, priya, ("DIOCESE SHARED FIN 7", owed(documents[2])))
    found = best(line)
    assert (found.confidence, found.payer_id) == (Decimal("0.96"), oakfield.pk)


def test_a_payment_of_an_invoice_issued_later_is_set_against_it_from_its_issue(
    bank: BankAccount, priya: Actor, oakfield: Organisation, invoiced: Invoiced
) -> None:
    invoice = invoiced(oakfield, 14_000, vat=OUTSIDE)
    data = lloyds([(date(2026, 7, 1), f"OAKFIELD {invoice.number}", 14_000)], opening=0).encode()
    import_statement(account=bank, data=data, file_name="july.csv", confirm_at=SURE, actor=priya)
    assert owed(invoice) == 0
    assert Allocation.objects.get().allocated_on == invoice.issued_on
    assert UnallocatedItem.objects.get().received_on == date(2026, 7, 1)


def test_only_finance_may_match_and_only_finance_and_the_auditor_see(
    bank: BankAccount, priya: Actor, auditor: Actor, oakfield: Organisation
) -> None:
    [line], _ = lines_of(bank, priya, ("X", 100))
    outsider = Actor(person_id=5, user_id=None, name="Tom Outsider")
    proposal = Proposal(Decimal(1), "r", oakfield.pk)
    for actor in (auditor, outsider):
        for attempt in (
            lambda actor=actor: confirm_match(line=line, proposal=proposal, actor=actor),
            lambda actor=actor: confirm_sure(account=bank, at=SURE, line_ids=[line.pk], actor=actor),
            lambda actor=actor: mark_unidentified(line=line, actor=actor),
            lambda actor=actor: record_other(line=line, account_code="4900", narrative="n", actor=actor),
            lambda actor=actor: ignore_line(line=line, reason="r", actor=actor),
            lambda actor=actor: undo_match(line=line, reason="r", actor=actor),
        ):
            with pytest.raises(NotAllowed, match="You may not match bank lines"):
                attempt()
    assert queries.line_for(auditor, line.pk) == line and queries.statements_for(auditor).count() == 1
    for read in (
        lambda: queries.lines_to_match(outsider, bank),
        lambda: queries.statements_for(outsider),
        lambda: queries.line_for(outsider, line.pk),
        lambda: queries.unidentified_lines(outsider),
        lambda: queries.bank_account_for(outsider, "current"),
        lambda: queries.position_of(outsider, bank),
    ):
        with pytest.raises(NotFound):
            read()
    assert BankLine.objects.get(pk=line.pk).state == "unmatched"


def test_credited_invoices_are_not_open_to_payments(
    bank: BankAccount, priya: Actor, actor: Actor, oakfield: Organisation, invoiced: Invoiced
) -> None:
    invoice = invoiced(oakfield, 14_000)
    credit_in_full(invoice=invoice, reason="Wrong school", on=FIRST_DAY, actor=actor)
    [line], _ = lines_of(bank, priya, (f"OAKFIELD {invoice.number}", 16_800))
    assert proposals_for(line) == []
    assert ReceivableItem.objects.get().outstanding_pence == 0
