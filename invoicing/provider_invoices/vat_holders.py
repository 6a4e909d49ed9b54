"""Whose VAT number stands on what a provider sells: its own, its council's or its trust's."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from invoicing.vat.standing import Known, known_of_each
from marketplace.organisations.models import Organisation


@dataclass(frozen=True)
class VatHolder:
    """``registered`` whether VAT is charged at all; ``number`` is that of ``name``, empty where it is not on record."""

    registered: bool
    number: str
    name: str

    @property
    def words(self) -> str:
        """For a page: "GB 123 of Tidewell Council", "not registered for VAT"."""
        if not self.registered:
            return "not registered for VAT"
        return f"VAT number {self.number} of {self.name}" if self.number else "registered, VAT number not on record"


def vat_holders(providers: Sequence[Organisation], on: date) -> dict[int, VatHolder]:
    """By the provider's id, in a constant number of queries.

    A maintained school is part of its council for VAT, so the number is the council's (VAT Act 1994, s42); an academy
    without a number of its own sells under its trust's.
    """
    known = known_of_each(providers, on)
    behind = {pk: one for pk, own in known.items() if (one := _behind(own))}
    others = list(Organisation.objects.filter(pk__in=set(behind.values())))
    holders = known_of_each(others, on)
    return {pk: _holder(own, holders.get(behind.get(pk, 0))) for pk, own in known.items()}


def _behind(own: Known) -> int | None:
    """The organisation under whose number it sells, where that is another one."""
    if own.authority_id and own.authority_id != own.organisation.pk:
        return own.authority_id
    return own.trust_id if own.trust_id and not own.vat_number else None


def _holder(own: Known, other: Known | None) -> VatHolder:
    held = other if other is not None and (other.vat_number or not own.vat_number) else own
    registered = own.registered or (other is not None and other.registered)
    return VatHolder(registered, held.vat_number if registered else "", held.organisation.name)
