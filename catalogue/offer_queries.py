"""Offers as those who write and look at them see them: drafts and working copies included."""

from datetime import date

from django.db.models import Q, QuerySet

from catalogue.models import BudgetCode, Offer, OfferAsk, OfferDraft, OfferVersion
from marketplace.core.actors import Actor, Role
from marketplace.core.errors import NotFound
from marketplace.organisations.services.people import on_day
from providers.models import Provider

LOOKING = (Role.ORGANISER, Role.ADMINISTRATOR)
"""Who looks at what was submitted, publishes and withdraws."""
_TOGETHER = ("provider__organisation", "sold_by", "of_event", "draft", "current_version")
# Which offers stand at a stage: their own state, or that of the working copy of what is published.
STAGES: dict[str, Q] = {
    "draft": Q(state=Offer.State.DRAFT) | Q(draft__state=OfferDraft.State.DRAFT),
    "submitted": Q(state=Offer.State.SUBMITTED) | Q(draft__state=OfferDraft.State.SUBMITTED),
    "changes_asked": Q(state=Offer.State.CHANGES_ASKED) | Q(draft__state=OfferDraft.State.CHANGES_ASKED),
    "published": Q(state=Offer.State.PUBLISHED),
    "withdrawn": Q(state=Offer.State.WITHDRAWN),
}


def offers_for(actor: Actor) -> QuerySet[Offer]:
    """Offers of every state: all for organisers, administrators and the auditor, one's own for a provider."""
    found = Offer.objects.select_related(*_TOGETHER)
    return found if actor.has(*LOOKING, Role.AUDITOR) else _own(found, actor)


def writable_for(actor: Actor) -> QuerySet[Offer]:
    """Offers that the actor may change: all for organisers and administrators, one's own for a provider."""
    found = Offer.objects.select_related(*_TOGETHER)
    return found if actor.has(*LOOKING) else _own(found, actor)


def _own(found: QuerySet[Offer], actor: Actor) -> QuerySet[Offer]:
    return found.filter(provider__organisation_id__in=actor.organisations(Role.PROVIDER))


def offer_for(actor: Actor, code: str) -> Offer:
    """The offer of that code, if it is the actor's to see. Raises NotFound otherwise."""
    found = offers_for(actor).filter(code=code).first()
    if found is None:
        raise NotFound("Page not found")
    return found


def provider_for(actor: Actor, code: str) -> Provider:
    """The provider of that code for whom the actor writes offers today; NotFound for anybody else's."""
    own = Provider.objects.select_related("organisation").filter(
        code=code, organisation_id__in=actor.organisations(Role.PROVIDER)
    )
    found = own.first()
    if found is None:
        raise NotFound("Page not found")
    return found


def providers_of(actor: Actor) -> list[Provider]:
    """The providers for whom the actor writes offers, by name."""
    own = Provider.objects.select_related("organisation").filter(organisation_id__in=actor.organisations(Role.PROVIDER))
    return list(own.order_by("organisation__name", "pk"))


def stage_of(offer: Offer) -> str:
    """Where the offer's next version stands: the state of the working copy, else the offer's own."""
    draft: OfferDraft | None = getattr(offer, "draft", None)
    return str(draft.state if draft else offer.state)


def versions_of(offer: Offer) -> list[OfferVersion]:
    """What was published, newest first."""
    return list(OfferVersion.objects.filter(offer=offer).order_by("-number"))


def asks_of(offer: Offer) -> list[OfferAsk]:
    """What organisers asked to be changed, newest first."""
    return list(OfferAsk.objects.filter(offer=offer).select_related("asked_by"))


def packages_of(event: Offer) -> list[Offer]:
    """The published packages for exhibitors and sponsors of an event, by title."""
    found = event.packages.filter(state=Offer.State.PUBLISHED, provider__published=True)
    return list(found.select_related("provider__organisation", "sold_by").order_by("title", "pk"))


def budget_codes_on(on: date) -> list[BudgetCode]:
    """What is sold → budget codes, as they hold on a day."""
    return list(BudgetCode.objects.filter(on_day(on)))
