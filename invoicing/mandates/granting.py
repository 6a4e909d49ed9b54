"""Selling in the name of another supplier: its mandate, and what is refused without one.

What a supplier sells through the partnership has the supplier as seller and a number of the supplier's own series. It is
the supplier's supply and bears the supplier's VAT (VAT Act 1994, s47; VAT Notice 700, section 22: disclosed agents).
"""

import re
from datetime import date
from decimal import Decimal

from django.db import IntegrityError, transaction

from invoicing.mandates.models import MOST, SalesMandate
from invoicing.vat.standing import known_of
from marketplace.core import events
from marketplace.core.actors import Actor, Role
from marketplace.core.errors import DomainError, WrongInput
from marketplace.core.models import NumberSeries
from marketplace.core.series import ensure_series
from marketplace.core.text import clean_line
from marketplace.organisations.models import Organisation
from marketplace.organisations.queries import identity_on
from marketplace.organisations.services.people import on_day

_PREFIX = re.compile(r"^[A-Z]{2,6}$")


class NoMandate(DomainError):
    """Nobody's invoice is issued without a mandate."""

    code = "no_sales_mandate"


class MandateOverlaps(DomainError):
    """A supplier has one mandate at a time."""

    code = "sales_mandate_overlaps"


class SameLegalPerson(DomainError):
    """Nobody sells to themselves: there is no supply within one legal person."""

    code = "same_legal_person"


def series_of(supplier_id: int, kind: str) -> str:
    """The number series of what is issued in a supplier's name: ``kind`` is ``invoice`` or ``credit_note``."""
    return f"agency:{supplier_id}:credit" if kind == "credit_note" else f"agency:{supplier_id}"


@transaction.atomic
def grant_mandate(
    *, supplier: Organisation, valid_from: date, fee_rate: Decimal, prefix: str, evidence: str, actor: Actor
) -> SalesMandate:
    """Records that the partnership sells in this supplier's name from a day on, for a fee of ``fee_rate`` of the net.

    ``prefix`` begins the numbers of the supplier's invoices (two to six letters) and stays the supplier's for ever.
    Refuses the partnership itself, a mandate that overlaps, a prefix in use, a supplier that charges VAT without a
    VAT number on record, and one without an address.
    """
    actor.require(Role.FINANCE_MANAGER, to="record selling mandates")
    if supplier.kind == Organisation.Kind.PARTNERSHIP:
        raise WrongInput("The partnership sells in its own name without a mandate. Choose another organisation.")
    if not Decimal(0) <= fee_rate <= MOST:
        raise WrongInput(f"The fee must be between 0% and {MOST:.0%}")
    identity = identity_on(supplier, valid_from)
    if known_of(supplier, valid_from).registered and not identity.vat_number:
        raise WrongInput(
            f"{supplier.name} is registered for VAT, but its VAT number is not on record, so no invoice can be issued in "
            "its name. Record the VAT number first."
        )
    _ensure_series(supplier, prefix.strip().upper())
    evidence = clean_line(evidence, what="Agreement", limit=240)
    try:
        with transaction.atomic():
            mandate = SalesMandate.objects.create(
                supplier=supplier, valid_from=valid_from, fee_rate=fee_rate, evidence=evidence
            )
    except IntegrityError as error:
        if "sales_mandate_no_overlap" not in str(error):
            raise
        raise MandateOverlaps(f"{supplier.name} has a mandate on some of these days. End that one first.") from None
    _record("sales_mandate.granted", mandate, actor)
    return mandate


def prefix_of(supplier: Organisation) -> str:
    """The letters before the numbers of the supplier's invoices; empty where none were given yet."""
    found = NumberSeries.objects.filter(code=series_of(supplier.pk, "invoice")).values_list("prefix", flat=True)
    return found.first() or ""


def _ensure_series(supplier: Organisation, prefix: str) -> None:
    held = prefix_of(supplier)
    if held and prefix != held:
        raise WrongInput(f"The invoices of {supplier.name} begin with {held}. Their series goes on: enter {held}.")
    if held:
        return
    if not _PREFIX.match(prefix):
        raise WrongInput("The letters before the numbers must be two to six letters, such as FEN")
    if NumberSeries.objects.filter(prefix__in=[prefix, f"{prefix}-CN"]).exists():
        raise WrongInput(f"Numbers that begin with {prefix} are in use already. Choose other letters.")
    ensure_series(code=series_of(supplier.pk, "invoice"), prefix=prefix)
    ensure_series(code=series_of(supplier.pk, "credit_note"), prefix=f"{prefix}-CN")


@transaction.atomic
def end_mandate(*, mandate: SalesMandate, valid_to: date, actor: Actor) -> SalesMandate:
    """Sets the open end: the first day on which nothing is sold in the supplier's name any more. Once only.

    What was invoiced before is credited, collected and paid over as before.
    """
    actor.require(Role.FINANCE_MANAGER, to="end selling mandates")
    locked = SalesMandate.objects.select_for_update(of=("self",)).select_related("supplier").get(pk=mandate.pk)
    if locked.valid_to is not None:
        raise WrongInput(f"This mandate ends on {locked.valid_to:%-d %B %Y} already")
    if valid_to <= locked.valid_from:
        raise WrongInput(f"A mandate must end after its first day, {locked.valid_from:%-d %B %Y}")
    SalesMandate.objects.filter(pk=locked.pk).update(valid_to=valid_to)
    locked.valid_to = valid_to
    _record("sales_mandate.ended", locked, actor)
    return locked


def mandate_on(supplier: Organisation, on: date) -> SalesMandate | None:
    """The mandate of a supplier on a day."""
    return SalesMandate.objects.filter(on_day(on), supplier=supplier).first()


def require_mandate(*, supplier: Organisation, invoice_to: Organisation, on: date) -> None:
    """Raises NoMandate where nothing may be sold in the supplier's name on a day, SameLegalPerson where supplier and
    customer are one."""
    if mandate_on(supplier, on) is None:
        raise NoMandate(
            f"{supplier.name} has not agreed that we invoice in its name on {on:%-d %B %Y}. Record its mandate first."
        )
    require_two_persons(supplier=supplier, invoice_to=invoice_to, on=on)


def require_two_persons(*, supplier: Organisation, invoice_to: Organisation, on: date) -> None:
    """Raises SameLegalPerson: an academy and its trust are one person, and make no supply to each other."""
    if known_of(supplier, on).person_id == known_of(invoice_to, on).person_id:
        raise SameLegalPerson(
            f"{supplier.name} and {invoice_to.name} are one legal person, so there is nothing to invoice. Choose another "
            "organisation to invoice."
        )


def _record(kind: str, mandate: SalesMandate, actor: Actor) -> None:
    events.record(
        kind=kind,
        subject_kind="sales_mandate",
        subject=str(mandate.pk),
        organisation_ids=[mandate.supplier_id],
        payload={
            "from": mandate.valid_from.isoformat(),
            "to": mandate.valid_to.isoformat() if mandate.valid_to else None,
            "fee_rate": str(mandate.fee_rate),
        },
        text={"evidence": mandate.evidence},
        actor=actor,
    )
