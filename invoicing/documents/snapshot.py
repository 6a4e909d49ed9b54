"""A document as it was issued: everything its PDF and its e-invoice are made from, and nothing else."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any


@dataclass(frozen=True)
class Party:
    """Seller or customer as they were on the day of issue. ``agent`` is who sells in the seller's name, if anybody does."""

    number: str
    name: str
    address: list[str] = field(default_factory=list)
    country: str = "GB"
    vat_number: str = ""
    company_number: str = ""
    email: str = ""
    agent: str = ""

    def as_json(self) -> dict[str, Any]:
        """The fields as they are kept with the document; an agent is added where there is one."""
        return {name: value for name, value in self.__dict__.items() if name != "agent" or value}


@dataclass(frozen=True)
class Line:
    """One line: amounts in pence, ``quantity`` × ``unit_price_pence`` = ``net_pence`` to the penny or quantity 1."""

    position: int
    description: str
    consumer: str
    quantity: Decimal
    unit_price_pence: int
    net_pence: int
    vat_category: str
    vat_rate: Decimal
    vat_reason: str
    vat_pence: int
    cfr_code: str = ""
    aar_code: str = ""
    service_from: date | None = None
    service_to: date | None = None
    purchase_order: str = ""
    working: list[str] = field(default_factory=list)
    consumer_number: str = ""  # tells two schools of one name apart


@dataclass(frozen=True)
class VatLine:
    """One VAT group: its net and its VAT in pence, the VAT being authoritative."""

    category: str
    rate: Decimal
    reason: str
    net_pence: int
    vat_pence: int


@dataclass(frozen=True)
class InstalmentPart:
    """What one payment holds of a VAT category and rate: net and VAT in pence."""

    category: str
    rate: Decimal
    net_pence: int
    vat_pence: int


@dataclass(frozen=True)
class Instalment:
    """One payment of an invoice paid in instalments: its due date and, by rate, its net and VAT.

    These are what an invoice must list (VAT Regulations 1995, SI 1995/2518, reg. 90(2)).
    """

    due_on: date
    parts: list[InstalmentPart]

    @property
    def net_pence(self) -> int:
        return sum(part.net_pence for part in self.parts)

    @property
    def vat_pence(self) -> int:
        return sum(part.vat_pence for part in self.parts)

    @property
    def gross_pence(self) -> int:
        return self.net_pence + self.vat_pence


@dataclass(frozen=True)
class BankDetails:
    """An account in the United Kingdom to pay into: ``sort_code`` is six digits, ``account_number`` eight."""

    account_name: str
    sort_code: str
    account_number: str

    def printed(self) -> list[str]:
        """The lines that stand on paper."""
        code = self.sort_code
        sort_code = f"Sort code {code[:2]}-{code[2:4]}-{code[4:]}"
        return [f"Account name {self.account_name}", sort_code, f"Account number {self.account_number}"]


@dataclass(frozen=True)
class Endpoint:
    """Where a party takes e-invoices: ``scheme`` is of the Electronic Address Scheme list, such as "0088" or "9932"."""

    scheme: str
    identifier: str


@dataclass(frozen=True)
class DocumentSnapshot:
    """``kind`` is ``invoice``, ``credit_note``, ``self_billed`` or ``self_billed_credit``.

    Dates are Europe/London; amounts are pence. ``pay_to`` is what is printed of ``bank``. ``instalments`` are empty where
    all is due at once; else ``due_on`` is the first one's.
    """

    kind: str
    number: str
    issued_on: date
    tax_point: date
    due_on: date | None
    purchase_order: str
    payer_reference_name: str
    seller: Party
    customer: Party
    lines: list[Line]
    vat: list[VatLine]
    net_pence: int
    vat_pence: int
    gross_pence: int
    instalments: list[Instalment] = field(default_factory=list)
    credits_number: str = ""
    credits_issued_on: date | None = None
    reason: str = ""
    pay_to: list[str] = field(default_factory=list)  # lines such as "Sort code 09-01-28"
    demonstration: bool = False
    bank: BankDetails | None = None
    seller_endpoint: Endpoint | None = None
    customer_endpoint: Endpoint | None = None

    @property
    def vat_follows_instalments(self) -> bool:
        """Whether its VAT has no single tax point, but falls due with each payment."""
        return len(self.instalments) > 1 and any(part.vat_pence for part in self.instalments)
