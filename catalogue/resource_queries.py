"""Reads over resources for who keeps them: organisers and administrators; others are told nothing."""

from django.db.models import Count, Q, QuerySet

from catalogue.models import Offer, Resource, ResourceFile
from catalogue.services.resources import KEEPERS
from marketplace.core.actors import Actor
from marketplace.core.errors import NotFound


def resource_offers_for(actor: Actor) -> QuerySet[Offer]:
    """Offers of the kind resource by title, with how many files each has (``file_count``)."""
    if not actor.has(*KEEPERS):
        raise NotFound("Page not found")
    rows = Offer.objects.filter(kind=Offer.Kind.RESOURCE).select_related("resource__author")
    current = Count("resource__files", filter=Q(resource__files__ended_on__isnull=True))
    return rows.annotate(file_count=current).order_by("title", "pk")


def resource_offer_for(actor: Actor, code: str) -> Offer:
    """One of them by its code, or NotFound."""
    found = resource_offers_for(actor).filter(code=code).first()
    if found is None:
        raise NotFound("Page not found")
    return found


def resource_of(offer: Offer) -> Resource | None:
    """How it is sold; None where nobody has said so yet."""
    return getattr(offer, "resource", None)


def current_files(resource: Resource | None) -> list[ResourceFile]:
    """What a buyer can download, by title."""
    if resource is None:
        return []
    files = resource.files.filter(ended_on__isnull=True).select_related("stored").defer("stored__content")
    return list(files.order_by("title"))
