"""manage.py bill: the preview shows what is then issued; a second run issues nothing."""

import json
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from invoicing.documents.models import Document
from invoicing.services import amend_unbilled
from invoicing.vat.treatment import VatTreatment
from tests.conftest import EXEMPT
from tests.invoicing.books import nothing_written

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ledger_holds")]

FIGURES = ("on", "invoices", "net", "vat", "gross", "by_rate", "held", "changed")


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("bill", "--on", "2026-09-01", *arguments, stdout=out)
    return out.getvalue()


@pytest.fixture
def waiting(oakfield, council, charges, actor) -> None:
    charges(oakfield, 123_456)
    charges(oakfield, 4_000, vat=EXEMPT)
    charges(council, 999)
    charges(council, 50_000, key="held", purchase_order="LATER")
    amend_unbilled(source_key="held", held_reason="Waits for the contract", actor=actor)


def test_the_preview_and_the_run_say_the_same_figures(waiting):
    with nothing_written():
        preview = json.loads(run("--preview", "--json"))
    issued = json.loads(run("--json"))
    assert {name: preview[name] for name in FIGURES} == {name: issued[name] for name in FIGURES}
    # 1,234.56 + 9.99 at 20% on two invoices: 246.91 + 2.00; 40.00 exempt
    assert (issued["net"], issued["vat"], issued["gross"]) == ("1284.55", "248.91", "1533.46")
    assert issued["by_rate"] == [
        {"category": "E", "rate": "0.0000", "net": "40.00", "vat": "0.00"},
        {"category": "S", "rate": "0.2000", "net": "1244.55", "vat": "248.91"},
    ]
    assert issued["held"] == [
        {
            "customer": "Tidewell Borough Council", "description": "Service 4", "net": "500.00",
            "reason": "Waits for the contract",
        }
    ]  # fmt: skip
    assert (preview["preview"], preview["numbers"]) == (True, [])
    assert (issued["preview"], issued["numbers"]) == (False, ["INV-000001", "INV-000002"])


def test_a_second_run_issues_nothing(waiting):
    run()
    with nothing_written():
        again = json.loads(run("--json"))
        text = run()
    assert (again["invoices"], again["gross"], again["numbers"]) == (0, "0.00", [])
    assert "Issued 0 invoices" in text


def test_the_text_reads_as_sentences(waiting):
    assert run("--preview").splitlines() == [
        "Would issue 2 invoices on 1 September 2026: net £1,284.55, VAT £248.91, gross £1,533.46",
        "  E 0%: net £40.00, VAT £0.00",
        "  S 20%: net £1,244.55, VAT £248.91",
        "Held: Tidewell Borough Council, Service 4, £500.00: Waits for the contract",
    ]
    assert run().splitlines()[0].startswith("Issued 2 invoices on 1 September 2026: net £1,284.55")


def test_a_reduced_rate_is_shown_to_its_half_per_cent(oakfield, charges):
    charges(oakfield, 10_000, vat=VatTreatment("S", Decimal("0.175")))
    assert "  S 17.5%: net £100.00, VAT £17.50" in run("--preview")


@pytest.mark.parametrize("wrong", [["--on", "1/9/2026"], ["--on", "2026-02-30"], ["--chunk", "0"], ["--chunk", "many"]])
def test_a_wrong_argument_is_a_sentence_and_issues_nothing(waiting, wrong):
    with nothing_written(), pytest.raises(CommandError):
        run(*wrong)
    assert Document.objects.count() == 0
