"""Seller and buyer in UBL, and under which scheme each may give its VAT number. Pure."""

import re

from lxml import etree

from invoicing.documents.einvoice.errors import EInvoiceNotMade
from invoicing.documents.einvoice.writing import group, readable, say, say_required
from invoicing.documents.snapshot import DocumentSnapshot, Endpoint, Party

VAT, OTHER_TAX = "VAT", "TAX"
NOT_REGISTERED = "Not registered for VAT"

# Royal Mail, "Programmer's Guide" (Postcode Address File): the shapes of a postcode.
_POSTCODE = re.compile(r"^[A-Z]{1,2}[0-9][A-Z0-9]? ?[0-9][A-Z]{2}$", re.IGNORECASE)
# HMRC, VAT Notice 700 and VATREG: government departments and health authorities have GD and HA with three digits.
_BODY_OF_STATE = re.compile(r"^(GD|HA)[0-9]{3}$")

TaxIdentity = tuple[str, str]  # the number, and its scheme


def vat_identifier(party: Party) -> str:
    """The VAT number with its country in front, as EN 16931 BR-CO-09 asks: "123 4567 89" → "GB123456789"; or ""."""
    number = re.sub(r"[^0-9A-Z]", "", party.vat_number.upper())
    if not number:
        return ""
    has_country = re.match(r"[A-Z]{2}", number) and not _BODY_OF_STATE.match(number)
    return number if has_country else country_of(party) + number


def country_of(party: Party) -> str:
    return party.country.strip().upper() or "GB"


def seller_tax(party: Party, categories: set[str]) -> list[TaxIdentity]:
    """How the seller states that it is registered, by the VAT categories of the document.

    Category O forbids a VAT identifier (BR-O-02), so the number is given as a tax identifier there. A seller that is
    not registered says so where the rules ask for an identifier (BR-E-02, BR-Z-02; BT-32 may be a reference that
    enables the seller to state its status). Refuses VAT charged by a seller without a VAT number.
    """
    number = vat_identifier(party)
    if "O" in categories:
        return [(number, OTHER_TAX)] if number else []
    if number:
        return [(number, VAT)]
    if categories & {"S", "AE"}:
        raise EInvoiceNotMade(
            f"{party.name} charges VAT but has no VAT number on this document, so no e-invoice can be made of it. "
            "Record the VAT number, credit the document and invoice again."
        )
    return [(NOT_REGISTERED, OTHER_TAX)]


def buyer_tax(party: Party, categories: set[str]) -> list[TaxIdentity]:
    """The buyer's VAT number, except on a document outside the scope (BR-O-02).

    Refuses a reverse charge to a buyer with neither VAT nor company number (BR-AE-02).
    """
    number = vat_identifier(party)
    if "AE" in categories and not (number or readable(party.company_number)):
        raise EInvoiceNotMade(
            f"The customer {party.name} accounts for the VAT itself (reverse charge) but has neither a VAT number nor "
            "a company number on this document, so no e-invoice can be made of it. Record one, credit the document "
            "and invoice again."
        )
    return [(number, VAT)] if number and "O" not in categories else []


def add_parties(root: etree._Element, snapshot: DocumentSnapshot, categories: set[str]) -> None:
    seller, buyer = snapshot.seller, snapshot.customer
    role = group(root, "AccountingSupplierParty")
    _add_party(role, seller, snapshot.seller_endpoint, seller_tax(seller, categories))
    role = group(root, "AccountingCustomerParty")
    _add_party(role, buyer, snapshot.customer_endpoint, buyer_tax(buyer, categories))
    if payee := payee_name(snapshot):
        say(group(group(root, "PayeeParty"), "PartyName"), "Name", payee)


def payee_name(snapshot: DocumentSnapshot) -> str:
    """Who is paid where it is not the seller (BR-17): the partnership collects what it sells as an agent."""
    bank = snapshot.bank
    if bank is None or snapshot.kind != "invoice" or snapshot.gross_pence <= 0:
        return ""
    name = readable(bank.account_name)
    return "" if name.casefold() == readable(snapshot.seller.name).casefold() else name


def _add_party(role: etree._Element, party: Party, endpoint: Endpoint | None, taxes: list[TaxIdentity]) -> None:
    element = group(role, "Party")
    if endpoint is not None:
        say(element, "EndpointID", endpoint.identifier, schemeID=endpoint.scheme)
    if readable(party.number):
        say(group(element, "PartyIdentification"), "ID", party.number)
    _add_address(element, party)
    for number, scheme in taxes:
        tax = group(element, "PartyTaxScheme")
        say(tax, "CompanyID", number)
        say(group(tax, "TaxScheme"), "ID", scheme)
    legal = group(element, "PartyLegalEntity")
    say_required(legal, "RegistrationName", party.name)
    say(legal, "CompanyID", party.company_number)
    if readable(party.email):
        say(group(element, "Contact"), "ElectronicMail", party.email)


def _add_address(element: etree._Element, party: Party) -> None:
    """The lines as printed. Which of them is the town is not recorded, so none is called one."""
    address = group(element, "PostalAddress")
    lines = [line for line in map(readable, party.address) if line]
    postcode = lines.pop() if lines and _POSTCODE.match(lines[-1]) else ""
    for name, line in zip(("StreetName", "AdditionalStreetName"), lines, strict=False):
        say(address, name, line)
    say(address, "PostalZone", postcode)
    if lines[2:]:
        say(group(address, "AddressLine"), "Line", ", ".join(lines[2:]))
    say(group(address, "Country"), "IdentificationCode", country_of(party))
