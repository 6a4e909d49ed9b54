"""manage.py export_invoice: what it writes, what it prints, and how it fails."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pypdf import PdfReader

from invoicing.documents.einvoice import rules_process
from invoicing.documents.models import DocumentFile
from invoicing.services import credit_in_full
from tests.conftest import EXEMPT, OUTSIDE
from tests.invoicing.books import FIRST, bill
from tests.invoicing.einvoice.papers import REVERSE, assert_holds

pytestmark = pytest.mark.django_db
CLEAN = "0 schema errors, 0 fatal assertions, 0 warnings\n"


def export(*arguments: str, output: Path, format: str = "ubl") -> tuple[int, str, str]:
    """Exit code, standard output and standard error."""
    out, err = StringIO(), StringIO()
    try:
        call_command(
            "export_invoice", *arguments, "--format", format, "--output", str(output), stdout=out, stderr=err,
            no_color=True,
        )  # fmt: skip
    except SystemExit as exit:
        return int(exit.code or 0), out.getvalue(), err.getvalue()
    return 0, out.getvalue(), err.getvalue()


@pytest.fixture
def documents(oakfield, council, charges, actor):
    """Two invoices and a credit note."""
    charges(oakfield, 10_000)
    charges(oakfield, 4_000, vat=EXEMPT)
    charges(council, 2_500, vat=OUTSIDE)
    first, second = bill()
    return [first, second, credit_in_full(invoice=first, reason="Ordered twice", on=FIRST, actor=actor)]


def test_all_are_written_by_their_numbers_and_hold(documents, tmp_path):
    assert export("--all", output=tmp_path / "new" / "folder") == (0, "exported 3 of 3\n" + CLEAN, "")
    written = sorted((tmp_path / "new" / "folder").iterdir())
    assert [path.name for path in written] == ["CN-000001.xml", "INV-000001.xml", "INV-000002.xml"]
    for path in written:
        assert_holds(path.read_bytes())
        assert bytes(DocumentFile.objects.get(document__number=path.stem).content) == path.read_bytes()


def test_one_is_written_to_a_folder_or_to_a_file(documents, tmp_path):
    assert export("INV-000002", output=tmp_path)[:2] == (0, "exported 1 of 1\n" + CLEAN)
    assert export("INV-000002", output=tmp_path / "it.xml")[0] == 0
    assert (tmp_path / "it.xml").read_bytes() == (tmp_path / "INV-000002.xml").read_bytes()


def test_pdfs_carry_what_is_exported_as_ubl(documents, tmp_path):
    assert export("--all", output=tmp_path, format="pdf") == (0, "exported 3 of 3\n", "")
    assert export("--all", output=tmp_path)[0] == 0
    for path in tmp_path.glob("*.pdf"):
        name = f"{path.stem}.xml"
        assert PdfReader(path).attachments == {name: [(tmp_path / name).read_bytes()]}


def test_nothing_issued_is_nought_of_nought(partnership, tmp_path):
    assert export("--all", output=tmp_path) == (0, "exported 0 of 0\n" + CLEAN, "")


def test_one_that_cannot_be_made_is_named_and_the_others_are_written(documents, oakfield, charges, tmp_path):
    charges(oakfield, 10_000, vat=REVERSE)
    bill()
    code, out, err = export("--all", output=tmp_path)
    assert (code, out) == (1, "exported 3 of 4\n" + CLEAN)
    assert err.startswith("INV-000003 was not exported: The customer Oakfield Primary School accounts for the VAT")
    assert not (tmp_path / "INV-000003.xml").exists()


def test_a_kept_one_that_is_spoilt_is_not_written_unless_the_check_is_skipped(documents, tmp_path):
    export("INV-000001", output=tmp_path / "before.xml")
    kept = DocumentFile.objects.get(document__number="INV-000001", format="ubl")
    kept.content = bytes(kept.content).replace(
        b'PayableAmount currencyID="GBP">160', b'PayableAmount currencyID="GBP">1'
    )
    kept.save()
    code, out, err = export("--all", output=tmp_path / "checked")
    assert (code, out) == (1, "exported 2 of 3\n0 schema errors, 1 fatal assertions, 0 warnings\n")
    assert err.startswith("INV-000001 was not exported: BR-CO-16: ")
    assert not (tmp_path / "checked" / "INV-000001.xml").exists()
    assert export("--all", "--no-check", output=tmp_path / "unchecked") == (0, "exported 3 of 3\n", "")
    assert (tmp_path / "unchecked" / "INV-000001.xml").exists()


def test_rules_that_cannot_be_run_are_never_a_pass(documents, tmp_path, monkeypatch):
    monkeypatch.setattr(rules_process, "run", lambda xml: b"")
    code, out, err = export("--all", output=tmp_path)
    assert (code, out.splitlines()[0]) == (1, "exported 0 of 3")
    assert err.count("was not exported: The rules of EN 16931 gave no readable report") == 3
    assert list(tmp_path.iterdir()) == []


def test_a_pdf_that_cannot_be_set_is_named_and_the_others_are_written(documents, tmp_path, monkeypatch):
    from invoicing.documents import files

    really = files.render_document

    def failing(snapshot, **more):
        if snapshot.number == "INV-000001":
            raise ValueError("no glyph")
        return really(snapshot, **more)

    monkeypatch.setattr(files, "render_document", failing)
    code, out, err = export("--all", output=tmp_path, format="pdf")
    assert (code, out) == (1, "exported 2 of 3\n")
    assert err == "INV-000001 was not exported: ValueError: no glyph\n"


def test_a_number_that_does_not_exist_is_an_error(documents, tmp_path):
    with pytest.raises(CommandError, match="There is no document INV-999999"):
        export("INV-999999", output=tmp_path)


def test_a_place_that_cannot_be_written_is_an_error(documents, tmp_path):
    with pytest.raises(CommandError, match="cannot be written: No such file or directory"):
        export("INV-000001", output=tmp_path / "missing" / "one.xml")
    (tmp_path / "file").touch()
    with pytest.raises(CommandError, match="cannot be written"):
        export("--all", output=tmp_path / "file")


@pytest.mark.parametrize("arguments", [[], ["INV-000001", "--all"]])
def test_either_a_number_or_all(arguments, tmp_path):
    with pytest.raises(CommandError):
        export(*arguments, output=tmp_path)
