"""The lines of invoices and credit notes as finance systems take them in: one layout for each. Pure.

| system | whose columns | dates, signs |
|---|---|---|
| Sage 50 | the vendor's audit trail transactions; PI and PC carry the sign, VAT by T codes | 31/03/2027, all above nought |
| Arbor Finance | the vendor's import of transactions: ESP for an invoice, ESC for a credit note; no commas | all above nought |
| FMS6, Access | none published: ours, for import, map the columns once | 31/03/2027, credit notes below nought |

Sources: Sage's import templates ("Audit Trail Transactions") and its default UK tax codes; Arbor Finance's help page
"Import Transactions". Reverse charge has no code here: a finance system asks its user, since it depends on its setting.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from marketplace.core.money import plain_pounds
from marketplace.core.text import safe_cell


@dataclass(frozen=True)
class ExportLine:
    """A line of an invoice or a credit note, its pence above nought. ``code`` is the school's own or ours.

    ``ours`` says that the partnership sells it, not a supplier whose agent it is.
    """

    credit: bool
    ours: bool
    number: str
    issued_on: date
    due_on: date | None
    supplier: str
    customer: str
    school: str
    purchase_order: str
    code: str
    our_code: str
    description: str
    vat_category: str
    vat_rate: str
    net: int
    vat: int

    @property
    def gross(self) -> int:
        return self.net + self.vat


@dataclass(frozen=True)
class Layout:
    """A file for one system. ``row`` takes the line and the user's code for the supplier."""

    name: str
    words: str
    header: tuple[str, ...]
    row: Callable[[ExportLine, str], list[str]]
    encoding: str = "utf-8"


SAGE_HEADER = (
    "Type", "Account Reference", "Nominal A/C Ref", "Department Code", "Date", "Reference", "Details", "Net Amount",
    "Tax Code", "Tax Amount", "Exchange Rate", "Extra Reference", "User Name", "Project Refn", "Cost Code Refn",
)  # fmt: skip
ARBOR_HEADER = (
    "Type", "Income source/suppliers", "Alternate payee", "Analysis code", "Budget code", "Payment type", "Gross", "Nett",
    "VAT", "Reference", "Batch reference", "Bank account", "Details", "VAT code", "Invoice no", "S16", "Funding stream",
    "Cost centre",
)  # fmt: skip
PLAIN_HEADER = (
    "Document type", "Supplier code", "Supplier", "Invoice number", "Invoice date", "Due date", "Order number",
    "Ledger code", "Return code", "School", "Description", "Net", "VAT code", "VAT rate", "VAT", "Gross",
)  # fmt: skip
SAGE_TAX = {"S": "T1", "Z": "T0", "E": "T2", "O": "T9"}
SAGE_TEXT, SAGE_REFERENCE = 60, 30


def uk_date(day: date | None) -> str:
    return f"{day:%d/%m/%Y}" if day else ""


def _sage(line: ExportLine, supplier_code: str) -> list[str]:
    return [
        "PC" if line.credit else "PI", supplier_code, line.code, "", uk_date(line.issued_on),
        line.number[:SAGE_REFERENCE], line.description[:SAGE_TEXT], plain_pounds(line.net),
        SAGE_TAX.get(line.vat_category, ""), plain_pounds(line.vat), "", line.purchase_order[:SAGE_REFERENCE], "", "", "",
    ]  # fmt: skip


def _arbor(line: ExportLine, supplier_code: str) -> list[str]:
    details = f"{line.description} {uk_date(line.issued_on)}"
    cells = [
        "ESC" if line.credit else "ESP", supplier_code, "", line.code, "", "None", plain_pounds(line.gross),
        plain_pounds(line.net), plain_pounds(line.vat), line.purchase_order, f"{line.supplier} {line.number}", "", details,
        "", line.number, "", "", "",
    ]  # fmt: skip
    return [cell.replace(",", " ") for cell in cells]


def _plain(line: ExportLine, supplier_code: str) -> list[str]:
    sign = -1 if line.credit else 1
    return [
        "Credit note" if line.credit else "Invoice", supplier_code, line.supplier, line.number, uk_date(line.issued_on),
        uk_date(line.due_on), line.purchase_order, line.code, line.our_code, line.school, line.description,
        plain_pounds(sign * line.net), line.vat_category, line.vat_rate, plain_pounds(sign * line.vat),
        plain_pounds(sign * line.gross),
    ]  # fmt: skip


LAYOUTS: dict[str, Layout] = {
    "fms6": Layout(
        "FMS6",
        "Our own columns, since none are published: for import into FMS6, map them once. A credit note is below nought.",
        PLAIN_HEADER,
        _plain,
        "cp1252",
    ),
    "arbor": Layout(
        "Arbor Finance",
        "The columns of Arbor's import of transactions. Choose the bank account, and the VAT code by your own numbers, "
        "in the file; an invoice is ESP, a credit note ESC, both above nought.",
        ARBOR_HEADER,
        _arbor,
    ),
    "access": Layout(
        "Access Education Finance",
        "Our own columns, since none are published: for import into Access, map them once. A credit note is below nought.",
        PLAIN_HEADER,
        _plain,
    ),
    "sage": Layout(
        "Sage 50",
        "The columns of Sage's audit trail transactions: PI for an invoice, PC for a credit note, both above nought; T1 "
        "standard, T0 zero, T2 exempt, T9 outside the scope. For a reverse charge enter your own tax code.",
        SAGE_HEADER,
        _sage,
        "cp1252",
    ),
}


def cells_of(layout: Layout, line: ExportLine, supplier_code: str) -> list[str]:
    """A line as the cells of a file: no cell is run as a formula, and every sign can be written.

    ``supplier_code`` is how the school knows the partnership: it stands on no other supplier's rows.
    """
    cells = [safe_cell(cell) for cell in layout.row(line, supplier_code if line.ours else "")]
    return [cell.encode(layout.encoding, "replace").decode(layout.encoding) for cell in cells]
