"""Self-billing in the demonstration: a firm whose invoices we write, one that sends its own, and one yet to sign."""

from datetime import date, timedelta
from decimal import Decimal

from frontend.demonstration.directory import Directory
from invoicing.documents.pdf.engine import typeset
from invoicing.ledger.models import LedgerAccount
from invoicing.provider_invoices.agreements import offer_self_billing, sign_self_billing
from invoicing.provider_invoices.deciding import agree_invoice, query_invoice
from invoicing.provider_invoices.receiving import receive_invoice
from invoicing.provider_invoices.vat_holders import vat_holders
from invoicing.self_billing.billing import self_bill
from invoicing.services import owe, reduce_payable
from invoicing.vat.treatment import VatTreatment
from marketplace.core.actors import Actor, Grant, Role
from marketplace.core.money import Money
from marketplace.organisations.models import Organisation, Person
from providers.models import Provider

STANDARD = VatTreatment("S", Decimal("0.20"))
NO_VAT = VatTreatment("O", Decimal(0), "Supplier not registered for VAT")
_RIDGEWAY = [
    ("Reading: materials for a staff day", 18_500), ("Reading: planning with subject leaders", 42_000),
]  # fmt: skip
_LATER = ("Leadership circle: two evenings", 39_000)
_PRIORY = [("Coaching of a new head: first term", 36_000), ("Governors' evening on the budget", 21_000)]


def add_self_billing(directory: Directory, *, today: date, actor: Actor) -> None:
    """Nothing where the consultants' firms are missing."""
    firms = {one.code: one for one in Provider.objects.select_related("organisation")}
    if not {"ridgeway-learning", "priory-lane"} <= set(firms):
        return
    month = today.replace(day=1) - timedelta(days=1)
    _written(firms["ridgeway-learning"], month, today, directory, actor)
    _sent(firms["priory-lane"], month, today, directory, actor)
    school = firms["saltpans-primary"].organisation if "saltpans-primary" in firms else None
    if school and vat_holders([school], today)[school.pk].number:
        offer_self_billing(provider=school, valid_from=today, on=today, actor=directory.signed["finance_manager"])
    else:  # a school's council has no VAT number on record: another firm is yet to sign
        offer_self_billing(
            provider=firms["priory-lane"].organisation, valid_from=today, on=today,
            actor=directory.signed["finance_manager"],
        )  # fmt: skip


def staff_of(firm: Provider) -> Actor:
    """An unnamed person of the firm's office."""
    person, _ = Person.objects.get_or_create(name=f"Office of {firm.organisation.name}")
    grants = frozenset({Grant(Role.PROVIDER, firm.organisation_id)})
    return Actor(person_id=person.pk, user_id=None, name=person.name, grants=grants)


def _written(firm: Provider, month: date, today: date, directory: Directory, actor: Actor) -> None:
    """An invoice of last month with a credit note since, and something earned that no invoice carries yet."""
    marek, ids, yesterday = directory.signed["finance_manager"], [firm.organisation_id], today - timedelta(days=1)
    begins = (month - timedelta(days=150)).replace(day=1)
    offered = offer_self_billing(provider=firm.organisation, valid_from=begins, on=begins, actor=marek)
    sign_self_billing(agreement=offered, name="Robin Ridge", on=begins, actor=staff_of(firm))
    for place, (words, pence) in enumerate(_RIDGEWAY):
        _earn(firm.organisation, f"ridgeway:{place}", words, pence, STANDARD, month, actor)
    self_bill(on=month, actor=marek, provider_ids=ids)
    reduce_payable(
        source_key="demonstration:ridgeway:returned", of="demonstration:ridgeway:0", pence=4_500,
        reason="Books were returned", on=yesterday, actor=actor,
    )  # fmt: skip
    self_bill(on=yesterday, actor=marek, provider_ids=ids)
    _earn(firm.organisation, "ridgeway:later", *_LATER, STANDARD, today, actor)


def _sent(firm: Provider, month: date, today: date, directory: Directory, actor: Actor) -> None:
    """One invoice that is agreed, and one about which we ask."""
    staff, officer = staff_of(firm), directory.signed["finance_officer"]
    made = []
    for place, (words, pence) in enumerate(_PRIORY):
        _earn(firm.organisation, f"priory:{place}", words, pence, NO_VAT, month, actor)
        made.append(
            receive_invoice(
                provider=firm.organisation, number=f"PL-{place + 31}", dated_on=month, net_pence=pence, vat_pence=0,
                upload=_invoice_file(firm.organisation.name, month), file_name=f"PL-{place + 31}.pdf", on=today,
                actor=staff,
            )
        )  # fmt: skip
    agree_invoice(invoice=made[0], on=today, actor=officer)
    query_invoice(invoice=made[1], reason="Which evening was this?", actor=officer)


def _earn(provider: Organisation, key: str, words: str, pence: int, vat: VatTreatment, on: date, actor: Actor) -> None:
    account = "6000" if LedgerAccount.objects.filter(pk="6000").exists() else "6100"
    owe(
        source_key=f"demonstration:{key}", provider=provider, description=words, net=Money(pence), vat=vat,
        account_code=account, stream_code="SI", on=on, actor=actor,
    )  # fmt: skip


def _invoice_file(name: str, on: date) -> bytes:
    """A page that says that it is invented."""
    view = {
        "title": "Invoice", "number": "", "metadata_title": "An invented invoice", "demonstration": "Invented",
        "seller": {"name": name, "address": [], "numbers": []}, "facts": [], "checks": [], "related": [],
        "opening": "This invoice is invented.",
    }  # fmt: skip
    return typeset(template="assurance.typ", data=view, dated=on)
