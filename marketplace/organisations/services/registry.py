"""Adding organisations by hand, and what is dated about them. The register's import does the same in bulk."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from marketplace.core import events, series
from marketplace.core.actors import Actor, Role
from marketplace.core.errors import DomainError
from marketplace.core.text import clean_line
from marketplace.organisations.models import CustomerTerms, Identity, Organisation

NUMBER_SERIES = "customer"


@dataclass(frozen=True)
class Address:
    """A postal address as printed; ``country`` is the ISO 3166 two-letter code."""

    street: str = ""
    locality: str = ""
    address3: str = ""
    town: str = ""
    county: str = ""
    postcode: str = ""
    country: str = "GB"


@transaction.atomic
def add_organisation(
    *,
    kind: Organisation.Kind,
    name: str,
    valid_from: date,
    actor: Actor,
    address: Address = Address(),
    vat_number: str = "",
    company_number: str = "",
    notify_email: str = "",
) -> Organisation:
    """A new organisation with its customer number and its identity from a date on."""
    name = clean_line(name, what="Name")
    series.ensure_series(code=NUMBER_SERIES, prefix="C")
    [number] = series.claim(series=NUMBER_SERIES)
    organisation = Organisation.objects.create(number=number, kind=kind, name=name, notify_email=notify_email)
    Identity.objects.create(
        organisation=organisation,
        valid_from=valid_from,
        name=name,
        vat_number=vat_number,
        company_number=company_number,
        **address.__dict__,
    )
    events.record(
        kind="organisation.added",
        subject_kind="organisation",
        subject=number,
        organisation_ids=[organisation.pk],
        payload={"kind": str(kind)},
        actor=actor,
    )
    return organisation


class CannotBeInvoiced(DomainError):
    """One organisation cannot be invoiced for the other."""

    code = "cannot_be_invoiced"


@transaction.atomic
def set_terms(*, organisation: Organisation, actor: Actor, **changes: object) -> CustomerTerms:
    """Changes how a customer is invoiced and pays; keyword names are those of CustomerTerms.

    A finance officer or manager alone may. Refuses to invoice somebody through themselves, through the seller, or through
    one who is invoiced through a third (CannotBeInvoiced).
    """
    actor.require(Role.FINANCE_OFFICER, Role.FINANCE_MANAGER, to="change how a customer is invoiced")
    if isinstance(invoice_to := changes.get("invoice_to"), Organisation):
        _check_invoice_to(organisation, invoice_to)
    terms, _ = CustomerTerms.objects.get_or_create(organisation=organisation)
    before = _told(terms, changes)
    for name, value in changes.items():
        setattr(terms, name, value)
    terms.full_clean()
    terms.save()
    events.record(
        kind="terms.changed",
        subject_kind="organisation",
        subject=organisation.number,
        organisation_ids=[organisation.pk],
        payload={"before": before, "after": _told(terms, changes)},
        actor=actor,
    )
    return terms


def _check_invoice_to(organisation: Organisation, invoice_to: Organisation) -> None:
    name = invoice_to.name
    if invoice_to.pk == organisation.pk:
        raise CannotBeInvoiced(f"{name} is invoiced itself when nobody else is named. Leave “Invoiced through” empty.")
    if invoice_to.kind == Organisation.Kind.PARTNERSHIP:
        raise CannotBeInvoiced(f"{name} sells here, so it cannot be invoiced by itself. Choose another organisation.")
    if third := Organisation.objects.filter(pays_for__organisation=invoice_to).first():
        raise CannotBeInvoiced(f"{name} is itself invoiced through {third.name}. Choose {third.name}.")
    if CustomerTerms.objects.filter(invoice_to=organisation).exists():
        raise CannotBeInvoiced(
            f"Others are invoiced through {organisation.name}, so it cannot be invoiced through {name}. Change them first."
        )


def _told(terms: CustomerTerms, names: Iterable[str]) -> dict[str, object]:
    """The terms of these names as an event holds them: numbers as they are, organisations by id, the rest as text."""
    values = {name: getattr(terms, name) for name in names}
    found = {name: getattr(value, "pk", value) for name, value in values.items()}
    return {name: value if value is None or isinstance(value, int) else str(value) for name, value in found.items()}


def terms_of(organisation: Organisation) -> CustomerTerms:
    """The customer's terms, or the defaults (an unsaved row) where none were agreed."""
    return CustomerTerms.objects.filter(organisation=organisation).first() or CustomerTerms(organisation=organisation)
