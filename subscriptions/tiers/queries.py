"""Reads over memberships."""

from datetime import date

from catalogue.rules.classes import PriceClass
from marketplace.organisations.models import Organisation
from marketplace.organisations.services.people import on_day
from subscriptions.tiers.models import Membership


def price_class_on(organisation: Organisation, on: date) -> PriceClass:
    """The class an organisation buys at on a day; non-member where nothing was agreed."""
    found = Membership.objects.filter(on_day(on), organisation=organisation).first()
    return PriceClass(found.price_class) if found else PriceClass.NON_MEMBER


def price_classes_on(organisation_ids: list[int], on: date) -> dict[int, PriceClass]:
    """The same for several organisations in one query."""
    rows = Membership.objects.filter(on_day(on), organisation_id__in=organisation_ids)
    found = {row.organisation_id: PriceClass(row.price_class) for row in rows}
    return {pk: found.get(pk, PriceClass.NON_MEMBER) for pk in organisation_ids}
