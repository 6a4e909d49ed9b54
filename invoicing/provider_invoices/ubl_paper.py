"""What a provider's own e-invoice says: its number, day, lines, VAT and total, read from UBL without trusting it. Pure.

Form and schema are held against UBL 2.1 first; a document type, and so every entity, is refused before it is read
(``einvoice.checking``). Figures that do not add up to each other are told with the place at which they stand.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from lxml import etree

from invoicing.documents.einvoice.checking import read_checked
from invoicing.documents.einvoice.writing import AGGREGATE, BASIC, CURRENCY
from marketplace.core.errors import DomainError
from marketplace.core.money import Money

_NS = {"cac": AGGREGATE, "cbc": BASIC}
_AT_MOST = 20  # reasons told at once
_PENNY, _HUNDRED = Decimal("0.01"), Decimal(100)
_MOST_POUNDS = Decimal(10**11)


class PaperUnreadable(DomainError):
    """The file is no e-invoice that can be taken; ``detail`` lists what is wrong and where."""

    code = "einvoice_unreadable"
    status = 400


@dataclass(frozen=True)
class PaperLine:
    """One line: ``number`` is its own, ``place`` the line of the file; pence before VAT; the rate of VAT as a share."""

    number: str
    description: str
    net_pence: int
    vat_rate: Decimal
    place: int


@dataclass(frozen=True)
class Paper:
    """An invoice, or a credit note of the invoice ``credits``. Amounts in pence; ``vat_number`` is the seller's."""

    credit: bool
    number: str
    dated_on: date
    lines: tuple[PaperLine, ...]
    net_pence: int
    vat_pence: int
    gross_pence: int
    credits: str
    vat_number: str


def read_paper(xml: bytes) -> Paper:
    """The paper, or PaperUnreadable: not UBL, another currency, allowances of the whole, figures that do not add up."""
    parsed = read_checked(xml)
    if isinstance(parsed, list):
        raise _unreadable([str(finding) for finding in parsed])
    reader = _Reader(parsed)
    paper = reader.paper()
    if reader.wrong:
        raise _unreadable(reader.wrong)
    return paper


def _unreadable(wrong: list[str]) -> PaperUnreadable:
    return PaperUnreadable(
        "The file is no e-invoice that we can take. Nothing was sent. Correct it in your own program, or send a PDF.",
        detail=wrong[:_AT_MOST],
    )


class _Reader:
    def __init__(self, root: etree._Element) -> None:
        self.root = root
        self.credit = etree.QName(root).localname == "CreditNote"
        self.wrong: list[str] = []

    def paper(self) -> Paper:
        lines = tuple(self._line(one) for one in self._all(f"cac:{'CreditNote' if self.credit else 'Invoice'}Line"))
        net = self._pence("cac:LegalMonetaryTotal/cbc:TaxExclusiveAmount")
        gross = self._pence("cac:LegalMonetaryTotal/cbc:TaxInclusiveAmount")
        vat = self._pence("cac:TaxTotal/cbc:TaxAmount")
        self._check(lines, net, vat, gross)
        return Paper(
            self.credit, self._text("cbc:ID"), self._day(), lines, net, vat, gross,
            self._text("cac:BillingReference/cac:InvoiceDocumentReference/cbc:ID"),
            self._text("cac:AccountingSupplierParty/cac:Party/cac:PartyTaxScheme/cbc:CompanyID"),
        )  # fmt: skip

    def _check(self, lines: tuple[PaperLine, ...], net: int, vat: int, gross: int) -> None:
        if (currency := self._text("cbc:DocumentCurrencyCode")) not in ("", CURRENCY):
            self.wrong.append(f"The currency is {currency[:3]}. We pay in pounds alone.")
        for one in self._all("cac:AllowanceCharge"):
            self.wrong.append(
                f"Line {one.sourceline} of the file takes off or adds to the whole. Put it into the lines."
            )
        if (total := sum(line.net_pence for line in lines)) != net:
            self.wrong.append(f"The lines come to {Money(total)} before VAT, the total says {Money(net)}.")
        if net + vat != gross:
            self.wrong.append(f"{Money(net)} and VAT of {Money(vat)} are not the total of {Money(gross)}.")
        if net <= 0 or vat < 0:
            self.wrong.append(
                f"The total before VAT is {Money(net)}, the VAT {Money(vat)}. Send what takes back as a credit note."
            )

    def _line(self, one: etree._Element) -> PaperLine:
        number = self._text("cbc:ID", one)
        percent = self._figure("cac:Item/cac:ClassifiedTaxCategory/cbc:Percent", one, missing=Decimal(0))
        return PaperLine(
            number[:20], self._text("cac:Item/cbc:Name", one)[:240], self._pence("cbc:LineExtensionAmount", one),
            percent / _HUNDRED, one.sourceline or 0,
        )  # fmt: skip

    def _all(self, path: str, within: etree._Element | None = None) -> list[etree._Element]:
        return list((self.root if within is None else within).findall(path, _NS))

    def _text(self, path: str, within: etree._Element | None = None) -> str:
        found = self._all(path, within)
        return " ".join((found[0].text or "").split()) if found else ""

    def _figure(self, path: str, within: etree._Element | None, missing: Decimal | None = None) -> Decimal:
        text = self._text(path, within)
        if not text and missing is not None:
            return missing
        try:
            figure = Decimal(text)
        except InvalidOperation:
            figure = Decimal("NaN")
        if not figure.is_finite() or abs(figure) > _MOST_POUNDS:
            self.wrong.append(f"{path.rpartition(':')[2]} is {text[:20] or 'missing'}, which is no amount.")
            return Decimal(0)
        return figure

    def _pence(self, path: str, within: etree._Element | None = None) -> int:
        pounds = self._figure(path, within)
        if pounds != pounds.quantize(_PENNY):
            self.wrong.append(f"{path.rpartition(':')[2]} is {pounds}, which is no whole number of pence.")
        return int(pounds.quantize(_PENNY) * _HUNDRED)

    def _day(self) -> date:
        return date.fromisoformat(self._text("cbc:IssueDate")[:10])  # the schema has seen that it is a day
