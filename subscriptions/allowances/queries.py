"""Reads over allowances."""

from collections.abc import Iterable
from datetime import date

from django.db.models import F, QuerySet

from catalogue.rules.facts import IncludedPlaces
from marketplace.organisations.models import Organisation
from marketplace.organisations.services.people import on_day
from subscriptions.allowances.models import Allowance, AllowanceUse


def included_on(organisation_ids: Iterable[int], on: date) -> dict[int, IncludedPlaces]:
    """What each organisation has left on a day, by its id: of several allowances the one that ends first. One query."""
    rows = Allowance.objects.filter(on_day(on), organisation_id__in=set(organisation_ids))
    open_ones = rows.filter(granted__gt=F("taken") + F("expired")).order_by("-valid_to", "-pk")
    return {row.organisation_id: IncludedPlaces(row.name, row.left, row.granted, allowance=row.pk) for row in open_ones}


def allowances_of(organisation: Organisation) -> QuerySet[Allowance]:
    """All that the organisation was granted, the latest first."""
    return Allowance.objects.filter(organisation=organisation).order_by("-valid_to", "-pk")


def uses_of(organisation: Organisation) -> QuerySet[AllowanceUse]:
    """The statement of use, the latest first."""
    found = AllowanceUse.objects.filter(allowance__organisation=organisation).select_related("allowance")
    return found.order_by("-on", "-pk")


def kept_keys(*, prefix: str, suffix: str) -> list[str]:
    """The sources of one kind that keep places which are not used yet."""
    rows = AllowanceUse.objects.filter(consumed=False, source_key__startswith=prefix, source_key__endswith=suffix)
    return list(rows.filter(places__gt=F("released")).values_list("source_key", flat=True))
