"""Reads over memberships."""

from datetime import date

from catalogue.rules.classes import PriceClass
from marketplace.core.bulk import as_array, rows_prepared
from marketplace.organisations.models import Organisation
from marketplace.organisations.services.people import on_day
from subscriptions.tiers.models import Membership


def price_class_on(organisation: Organisation, on: date) -> PriceClass:
    """The class an organisation buys at on a day; non-member where nothing was agreed."""
    found = Membership.objects.filter(on_day(on), organisation=organisation).first()
    return PriceClass(found.price_class) if found else PriceClass.NON_MEMBER


def price_classes_on(organisation_ids: list[int], on: date) -> dict[int, PriceClass]:
    """The same for several organisations in one query."""
    rows = rows_prepared(_CLASSES, [on, as_array(set(organisation_ids))])
    found = {pk: PriceClass(price_class) for pk, price_class in rows}
    return {pk: found.get(pk, PriceClass.NON_MEMBER) for pk in organisation_ids}


_CLASSES = """
SELECT m.organisation_id, m.price_class FROM subscriptions_membership m CROSS JOIN (SELECT %s::date AS day) asked
WHERE m.organisation_id = ANY(%s::bigint[])
  AND m.valid_from <= asked.day AND (m.valid_to IS NULL OR m.valid_to > asked.day)
"""
