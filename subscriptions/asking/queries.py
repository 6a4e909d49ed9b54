"""Reads over what customers ask to be done with their agreements."""

from django.db.models import QuerySet

from marketplace.core.actors import BUYING, FINANCE_READERS, Actor
from marketplace.core.errors import NotFound
from subscriptions.agreements.models import Agreement
from subscriptions.asking.models import AskedChange


def asked_for(actor: Actor) -> QuerySet[AskedChange]:
    """Those of the organisations for which the actor buys; all of them for finance and the auditor. Latest first."""
    found = AskedChange.objects.select_related("agreement__organisation", "asked_by_person", "answered_by_person")
    found = found.order_by("-asked_on", "-pk")
    if actor.has(*FINANCE_READERS):
        return found
    return found.filter(agreement__organisation_id__in=actor.organisations(*BUYING))


def one_asked_for(actor: Actor, pk: int) -> AskedChange:
    """One by its id, or NotFound."""
    found = asked_for(actor).filter(pk=pk).first()
    if found is None:
        raise NotFound("There is no such request.")
    return found


def asked_of(agreement: Agreement) -> list[AskedChange]:
    """What was asked of an agreement, the latest first."""
    rows = AskedChange.objects.filter(agreement=agreement).select_related("asked_by_person", "answered_by_person")
    return list(rows.order_by("-pk")[:20])
