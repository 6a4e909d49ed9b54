"""Reads that help to choose: ratings without small numbers, what to look at next, and what a person keeps."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from django.db.models import Q, QuerySet

from catalogue.models import BoughtTogether, CalendarFeed, Favourite, Offer, OfferRating, SavedSearch
from catalogue.models.finding import FEWEST_RATINGS
from catalogue.queries import Filters, published_offers
from marketplace.core.actors import Actor
from marketplace.core.errors import NotFound

RECOMMENDED = 3


@dataclass(frozen=True)
class RatingWords:
    """What may be said of an offer's ratings: ``people`` and ``mean`` are told for five people or more."""

    words: str
    people: int = 0
    mean: str = ""


NOT_RATED = RatingWords("Not rated yet")
TOO_FEW = RatingWords(f"Fewer than {FEWEST_RATINGS} ratings")


def ratings_of(offers: Iterable[Offer]) -> dict[int, RatingWords]:
    """What may be said of each offer's ratings, by its id. One query."""
    known = {row.pk: row for row in OfferRating.objects.filter(pk__in=[offer.pk for offer in offers])}
    return {offer.pk: _said(known.get(offer.pk)) for offer in offers}


def rating_of(offer: Offer) -> RatingWords:
    return ratings_of([offer])[offer.pk]


def _said(row: OfferRating | None) -> RatingWords:
    if row is None:
        return NOT_RATED
    if row.people < FEWEST_RATINGS:
        return TOO_FEW
    mean = (Decimal(row.points) / row.people).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)
    return RatingWords(f"{mean} of 5 ({row.people:,} people)", row.people, str(mean))


@dataclass(frozen=True)
class Recommended:
    """Offers to look at next, best first, each with the reason why by its id."""

    offers: list[Offer] = field(default_factory=list)
    reasons: dict[int, str] = field(default_factory=dict)


def recommended(offer: Offer, *, on: date, most: int = RECOMMENDED) -> Recommended:
    """What schools that bought this bought as well; where too few did, what is about the same theme.

    Courses without a date to come are left out, and so is what is not published. At most three queries.
    """
    offers = _to_come(published_offers(), on).exclude(pk=offer.pk).select_related("provider__organisation", "sold_by")
    schools = dict(BoughtTogether.objects.filter(offer=offer).order_by("-schools").values_list("other", "schools")[:30])
    found = sorted(offers.filter(pk__in=schools), key=lambda one: (-schools[one.pk], one.title))[:most]
    if found:
        return Recommended(
            found, {one.pk: f"{schools[one.pk]:,} schools that bought this bought it as well" for one in found}
        )
    if not offer.themes:
        return Recommended()
    shared = list(offers.filter(themes__overlap=offer.themes).order_by("title", "pk")[:most])
    return Recommended(shared, {one.pk: _also(offer, one) for one in shared})


def _also(offer: Offer, other: Offer) -> str:
    theme = next(one for one in offer.themes if one in other.themes)
    return f"Also about {theme if theme[:2].isupper() else theme[:1].lower() + theme[1:]}"


def _to_come(offers: QuerySet[Offer], on: date) -> QuerySet[Offer]:
    """Without courses whose dates have all passed."""
    ahead = Q()
    for mode in ("face_to_face", "online", "hybrid"):
        ahead |= Q(**{f"last_{mode}__date__gte": on})
    never = Q(last_face_to_face__isnull=True, last_online__isnull=True, last_hybrid__isnull=True)
    return offers.filter(~Q(kind=Offer.Kind.COURSE) | ahead | never)


def favourites_for(actor: Actor) -> QuerySet[Favourite]:
    """What the actor marked, newest first; what is not published any more is not shown."""
    found = Favourite.objects.filter(person=actor.person_id or 0, offer__in=published_offers())
    return found.select_related("offer__provider__organisation").order_by("-added_at", "-pk")


def favourite_ids(actor: Actor, offers: Sequence[Offer]) -> set[int]:
    """Which of the offers the actor marked. One query."""
    if actor.person_id is None:
        return set()
    mine = Favourite.objects.filter(person_id=actor.person_id, offer__in=[offer.pk for offer in offers])
    return set(mine.values_list("offer_id", flat=True))


def searches_for(actor: Actor) -> QuerySet[SavedSearch]:
    """The searches that the actor keeps, newest first."""
    return SavedSearch.objects.filter(person=actor.person_id or 0).order_by("-saved_at", "-pk")


def search_for(actor: Actor, pk: int) -> SavedSearch:
    """One of the actor's own searches, or NotFound whether it is missing or another's."""
    found = searches_for(actor).filter(pk=pk).first()
    if found is None:
        raise NotFound("Page not found")
    return found


def filters_of(search: SavedSearch) -> Filters:
    """What a kept search narrows to."""
    return Filters(search.kind, search.theme, search.phase, search.provider, search.mode)


def calendar_for(actor: Actor) -> CalendarFeed | None:
    """The address of the actor's own calendar, where there is one."""
    return CalendarFeed.objects.filter(person_id=actor.person_id).first() if actor.person_id else None
