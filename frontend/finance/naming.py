"""Organisations as people name them in a form: by number, URN or name, one in a line where several are asked for."""

from decimal import Decimal, InvalidOperation

from django import forms

from frontend.finance.funds import organisation_named
from marketplace.organisations.models import Organisation


def organisation_called(text: str) -> Organisation:
    """One organisation by its customer number, URN or name. Raises ValidationError in words."""
    text = text.strip()
    by_urn = Organisation.objects.filter(school__urn=text).first() if text.isdecimal() else None
    return by_urn or organisation_named(text)


class OrganisationField(forms.CharField):
    """One organisation, typed."""

    def __init__(self, **kwargs: object) -> None:
        kwargs.setdefault("max_length", 200)
        kwargs.setdefault("help_text", "Customer number, URN or name")
        super().__init__(**kwargs)  # type: ignore[arg-type]

    def clean(self, value: object) -> object:
        text = super().clean(value)
        return organisation_called(text) if text else None


def weighed(text: str) -> list[tuple[Organisation, Decimal]]:
    """A line for each: ``90100: 2`` is the organisation with a weight, which is 1 unless said."""
    found = []
    for line in (one.strip() for one in text.splitlines()):
        if not line:
            continue
        name, _, weight = line.rpartition(":")
        try:
            number = Decimal(weight.strip()) if name else Decimal(1)
        except InvalidOperation:
            name, number = line, Decimal(1)
        found.append((organisation_called(name or line), number))
    return found
