"""Journey 5: a file is imported whole, its lines are matched on one page, and each match can be undone."""

from collections.abc import Callable
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from invoicing.banking.models import BankAccount, BankLine, BankMatch, BankStatement
from invoicing.banking.services import ensure_bank_account
from invoicing.documents.models import Document
from invoicing.receivables.models import ReceivableItem, UnallocatedItem
from marketplace.core.actors import Actor
from marketplace.organisations.models import Organisation
from tests.conftest import Charges
from tests.frontend.finance.counting import queries
from tests.invoicing.banking.files import Row, barclays, camt, camt_entry, camt_file, camt_statement
from tests.invoicing.banking.files import lloyds as file_of

MATCH = "/finance/bank/current/match"
UPLOAD = "/finance/bank/current/upload"
OURS = "GB89TEST30962600123456"
DAY = date(2026, 9, 28)


def text_of(client: Client, address: str, **asked: str) -> str:
    answer = client.get(address, asked)
    assert answer.status_code == 200
    return answer.content.decode()


def upload(client: Client, data: bytes, name: str = "september.csv") -> tuple[int, str]:
    answer = client.post(UPLOAD, {"file": SimpleUploadedFile(name, data, content_type="text/csv")})
    return answer.status_code, answer.content.decode()


def line_of(description: str) -> BankLine:
    return BankLine.objects.get(description__contains=description)


@pytest.fixture
def rows(
    charges: Charges, oakfield: Organisation, council: Organisation, bill: Callable[..., list[Document]]
) -> list[Row]:
    """Two payments by number, one by amount alone, one from nobody known, and the bank's charges."""
    charges(oakfield, 10000)
    charges(oakfield, 4150, purchase_order="PO-2")
    charges(council, 80000)
    first, second, third = bill()  # in the order of names: Oakfield twice, then the council
    return [
        (DAY, f"OAKFIELD PRIMARY {first.number}", first.gross_pence),
        (DAY, f"OAKFIELD PRIMARY {second.number}", second.gross_pence),
        (DAY, "REMITTANCE 88213", third.gross_pence),
        (DAY, "E HALLOWAY", 18537),
        (DAY, "ACCOUNT CHARGES", -1250),
    ]


def test_an_upload_says_what_was_read_and_that_it_ties(priya: Client, lloyds: BankAccount, rows: list[Row]) -> None:
    status, page = upload(priya, file_of(rows).encode())
    assert status == 200
    assert "5 new lines, 0 already here" in page and "£1,000.00" in page and "ties" in page
    again = upload(priya, file_of(rows).encode())[1]
    assert "0 new lines, 5 already here" in again and "imported before" in again
    assert BankLine.objects.count() == 5 and BankStatement.objects.count() == 1


@pytest.mark.parametrize(
    ("mend", "words"),
    [
        (lambda text: text[: len(text) // 2], "Line "),
        (lambda text: "\r\n".join(text.split("\r\n")[:2] + text.split("\r\n")[3:]), "Line "),
        (lambda text: "", "empty"),
        (lambda text: "not,a,bank,file\r\n1,2,3,4\r\n", ""),
    ],
)
def test_a_damaged_file_is_refused_whole(
    priya: Client, lloyds: BankAccount, rows: list[Row], mend: Callable[[str], str], words: str
) -> None:
    status, page = upload(priya, mend(file_of(rows)).encode())
    assert status == 400
    assert "There is a problem" in page and words in page and "Nothing was imported" in page
    assert BankLine.objects.count() == 0


def test_without_a_file_the_page_asks_for_one(priya: Client, lloyds: BankAccount) -> None:
    answer = priya.post(UPLOAD, {})
    assert answer.status_code == 400
    assert "Choose the bank file" in answer.content.decode()


@pytest.fixture
def waiting(rows: list[Row], imported: Callable[[bytes], None]) -> list[Row]:
    imported(file_of(rows).encode())
    return rows


def test_the_sure_ones_are_confirmed_at_once_but_those_unticked(priya: Client, waiting: list[Row]) -> None:
    page = text_of(priya, MATCH)
    assert "Confirm 2 sure matches" in page and "E HALLOWAY" not in page and "Sure matches" in page
    assert BankMatch.objects.count() == 0
    ticked = BankLine.objects.get(pence=12000)
    went = priya.post(MATCH, {"action": "sure", "sure": [str(ticked.pk)]}, follow=True)
    assert "1 line matched" in went.content.decode()
    assert list(BankMatch.objects.values_list("line", flat=True)) == [ticked.pk]
    call_command("verify_ledger")


def test_lines_are_decided_one_by_one_to_the_end(priya: Client, waiting: list[Row]) -> None:
    sure = [str(pk) for pk in BankLine.objects.filter(description__contains="OAKFIELD").values_list("pk", flat=True)]
    page = priya.post(MATCH, {"action": "sure", "sure": sure}, follow=True).content.decode()
    assert "REMITTANCE 88213" in page and "£960.00 in" in page and "likely" in page
    assert "3 lines left to match" in page
    key = page.split('name="choice" type="radio" value="')[1].split('"')[0]
    page = priya.post(
        MATCH, {"action": "line", "line": line_of("REMITTANCE").pk, "choice": key}, follow=True
    ).content.decode()
    assert "E HALLOWAY" in page
    page = priya.post(
        MATCH, {"action": "line", "line": line_of("HALLOWAY").pk, "choice": "unidentified"}, follow=True
    ).content.decode()
    assert "ACCOUNT CHARGES" in page and "£12.50 out" in page and "Unidentified receipt, ask" not in page
    form = {
        "action": "line",
        "line": line_of("CHARGES").pk,
        "choice": "other",
        "account_code": "7100",
        "narrative": "September",
    }
    page = priya.post(MATCH, form, follow=True).content.decode()
    assert "All 5 lines are matched" in page and "Statement closed at" in page
    # 1,000.00 + 120.00 + 49.80 + 960.00 + 185.37 − 12.50
    assert "£2,302.67" in page
    assert not ReceivableItem.objects.filter(outstanding_pence__gt=0).exists()
    call_command("verify_ledger")


def test_a_choice_must_be_whole_and_nothing_is_posted_before(priya: Client, waiting: list[Row]) -> None:
    line = line_of("CHARGES").pk
    for form, words in [
        ({}, "Choose what this line is"),
        ({"choice": "other"}, "Choose the ledger account"),
        ({"choice": "other", "account_code": "7100"}, "Enter what it is for"),
        ({"choice": "other", "account_code": "3100", "narrative": "Fees"}, "Choose a ledger account of the list"),
        ({"choice": "ignore"}, "Enter why it is not for the ledger"),
        ({"choice": "unidentified"}, "this choice is gone"),
        ({"choice": "0" * 16}, "this choice is gone"),
    ]:
        answer = priya.post(MATCH, {"action": "line", "line": line, **form})
        assert answer.status_code == 400
        assert words in answer.content.decode()
    assert BankMatch.objects.count() == 0


def test_the_second_person_at_a_line_is_told(priya: Client, waiting: list[Row]) -> None:
    form = {"action": "line", "line": line_of("HALLOWAY").pk, "choice": "unidentified"}
    assert priya.post(MATCH, form).status_code == 302
    late = priya.post(MATCH, form)
    assert late.status_code == 400 and "this choice is gone" in late.content.decode()
    assert BankMatch.objects.count() == 1


def test_a_person_chooses_the_customer_and_the_amounts(
    priya: Client, waiting: list[Row], council: Organisation
) -> None:
    line = line_of("HALLOWAY")
    page = text_of(priya, MATCH, line=str(line.pk), q="tidewell")
    assert "Tidewell Borough Council" in page and council.number in page
    page = text_of(priya, MATCH, line=str(line.pk), payer=council.number)
    assert 'value="185.37"' in page and "What you leave out stays on its account" in page
    item = ReceivableItem.objects.get(organisation=council)
    form = {"action": "payer", "line": line.pk, "payer": council.number, f"item_{item.pk}": "185.38"}
    over = priya.post(MATCH, form)
    assert over.status_code == 400
    assert "£185.38 is £0.01 more than the £185.37 that came in" in over.content.decode()
    priya.post(MATCH, {**form, f"item_{item.pk}": "100.00"})
    receipt = UnallocatedItem.objects.get()
    item.refresh_from_db()
    assert (receipt.organisation, receipt.remaining_pence, item.outstanding_pence) == (council, 8537, 86000)
    call_command("verify_ledger")


def test_the_last_match_is_undone_by_one_button(priya: Client, waiting: list[Row]) -> None:
    line = BankLine.objects.get(pence=12000)
    priya.post(MATCH, {"action": "sure", "sure": [str(line.pk)]})
    assert "Undo my last: £120.00" in text_of(priya, MATCH, one="1")
    page = priya.post(MATCH, {"action": "undo", "line": line.pk}, follow=True).content.decode()
    assert "Match undone. " in page and "is open again for £120.00" in page
    line.refresh_from_db()
    assert line.state == "unmatched"
    assert "Undo my last" not in text_of(priya, MATCH, one="1")
    call_command("verify_ledger")


def test_a_statement_lists_its_lines_and_undoes_one(priya: Client, edith: Client, waiting: list[Row]) -> None:
    line = BankLine.objects.get(pence=12000)
    priya.post(MATCH, {"action": "sure", "sure": [str(line.pk)]})
    address = reverse("finance-bank-statement", kwargs={"account": "current", "pk": line.statement_id})
    page = text_of(priya, address)
    assert "£1,000.00 + 5 lines £1,302.67" in page.replace("\n", " ").replace("  ", " ") and "= £2,302.67, ties" in page
    assert "Match 4 lines" in page
    undo = reverse("finance-bank-undo", kwargs={"pk": line.pk})
    assert undo in page and undo not in text_of(edith, address)
    assert "for £120.00" in text_of(priya, undo)
    assert priya.post(undo, {"reason": ""}).status_code == 400
    done = priya.post(undo, {"reason": "Another school's"}, follow=True).content.decode()
    assert "is open again for £120.00" in done
    assert priya.post(undo, {"reason": "Again"}).status_code == 400
    assert BankMatch.objects.filter(state="confirmed").count() == 0
    rows = priya.get(address, {"format": "csv"}).content.decode("utf-8-sig").splitlines()
    assert len(rows) == 6


def test_an_unidentified_receipt_is_found_later(priya: Client, waiting: list[Row], council: Organisation) -> None:
    line = line_of("HALLOWAY")
    priya.post(MATCH, {"action": "line", "line": line.pk, "choice": "unidentified"})
    page = text_of(priya, "/finance/bank/unidentified")
    assert "1 receipt, £185.37" in page and f"{MATCH}?line={line.pk}" in page
    priya.post(MATCH, {"action": "payer", "line": line.pk, "payer": council.number})
    assert UnallocatedItem.objects.get().remaining_pence == 18537
    assert "No receipt is unidentified" in text_of(priya, "/finance/bank/unidentified")
    call_command("verify_ledger")


def test_the_auditor_sees_the_lines_and_may_not_match_them(edith: Client, waiting: list[Row], actor: Actor) -> None:
    assert "Confirm" not in text_of(edith, MATCH)
    assert "Match and go to next" not in text_of(edith, MATCH, one="1")
    line = line_of("HALLOWAY").pk
    assert edith.post(MATCH, {"action": "line", "line": line, "choice": "unidentified"}).status_code == 403
    assert BankMatch.objects.count() == 0


def test_a_line_of_another_account_is_not_found(priya: Client, waiting: list[Row], actor: Actor) -> None:
    ensure_bank_account(code="deposit", name="Deposit", ledger_account_code="1010", layout="lloyds", actor=actor)
    line = line_of("HALLOWAY").pk
    assert priya.get(f"/finance/bank/deposit/match?line={line}").status_code == 404
    assert priya.post("/finance/bank/deposit/match", {"action": "undo", "line": line}).status_code == 404
    assert "No statement of this account yet" in text_of(priya, "/finance/bank/deposit/match")
    assert "No statement of this account yet" in text_of(priya, "/finance/bank/deposit/match", line="x")


def test_the_page_of_lines_takes_as_many_queries_for_40_as_for_5(
    priya: Client, lloyds: BankAccount, imported: Callable[[bytes], None]
) -> None:
    days = [date(2026, 9, 1 + index // 10) for index in range(45)]
    amounts = [(day, f"PAYER {index}", 100 + index) for index, day in enumerate(days)]
    imported(file_of(amounts[:5]).encode())
    opening = 100_000 + sum(pence for _, _, pence in amounts[:5])
    imported(file_of(amounts[10:], opening=opening).encode())
    few, many = BankStatement.objects.order_by("pk").values_list("pk", flat=True)
    addresses = [reverse("finance-bank-statement", kwargs={"account": "current", "pk": pk}) for pk in (few, many)]
    assert queries(lambda: priya.get(addresses[0])) == queries(lambda: priya.get(addresses[1]))


def test_a_file_of_barclays_asks_for_the_balance_and_about_repeats(
    priya: Client, partnership: Organisation, actor: Actor
) -> None:
    ensure_bank_account(code="second", name="Second", ledger_account_code="1010", layout="barclays", actor=actor)
    address = "/finance/bank/second/upload"
    page = text_of(priya, address)
    assert "Balance at the bank after the file" in page and "Barclays, CSV, or Any bank, CAMT.053" in page
    assert "They are further payments" not in page

    def send(rows: list[Row], **more: str) -> tuple[int, str]:
        file = SimpleUploadedFile("b.csv", barclays(rows).encode())
        answer = priya.post(address, {"file": file, "closing": "", **more})
        return answer.status_code, answer.content.decode()

    status, page = send([(DAY, "COURSE", 14000)])
    assert status == 200 and "1 new line" in page and "not stated by the bank" in page
    later = [(DAY, "COURSE AGAIN", 14000), (date(2026, 9, 29), "LATER", 100)]
    status, page = send(later)
    assert status == 400 and "They are further payments" in page and "Nothing was imported" in page
    assert BankLine.objects.count() == 1
    status, page = send(later, closing="281.00", repeats="further")
    assert status == 200 and "2 new lines" in page and "£281.00, ties" in page
    status, page = send(later, closing="lots")
    assert status == 400 and "must be" in page
    call_command("verify_ledger")


def test_a_reference_that_the_bank_used_again_is_asked_about_on_the_page(
    priya: Client, partnership: Organisation, actor: Actor
) -> None:
    ensure_bank_account(code="second", name="Second", ledger_account_code="1010", layout="camt053", actor=actor)

    def send(words: str, opening: int, **more: str) -> tuple[int, str]:
        told = camt_statement([camt_entry(DAY, words, 100, reference="BGC")], opening=opening, closing=opening + 100)
        file = SimpleUploadedFile("c.xml", camt_file(told).encode())
        answer = priya.post("/finance/bank/second/upload", {"file": file, **more})
        return answer.status_code, answer.content.decode()

    assert send("OAKFIELD", 0)[0] == 200
    status, page = send("ELM PARK", 100)
    assert status == 400 and "They are further payments" in page and "gave a reference again" in page
    status, page = send("ELM PARK", 100, repeats="further")
    assert status == 200 and "1 new line" in page and BankLine.objects.count() == 2


def test_a_file_of_camt053_is_read_for_a_lloyds_account(priya: Client, lloyds: BankAccount) -> None:
    assert "Lloyds Bank, CSV, or Any bank, CAMT.053" in text_of(priya, UPLOAD)
    status, page = upload(priya, camt([(DAY, "A", 500)], iban=OURS).encode(), "download.txt")
    assert status == 200 and "1 new line" in page and "ties" in page
    status, page = upload(priya, barclays([(DAY, "A", 500)]).encode())
    assert status == 400 and "The file is of another bank (Barclays, CSV)" in page
