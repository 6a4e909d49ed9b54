"""What a person keeps for themselves: favourites, searches, the address of their own calendar.

None of it concerns anybody else, so none of it stands in the event log, which could never be cleared of it.
"""

import uuid
from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from catalogue.models import CalendarFeed, Favourite, Offer, SavedSearch
from catalogue.queries import Filters
from catalogue.searching.words import TEXT_LIMIT
from marketplace.core.actors import Actor
from marketplace.core.errors import DomainError, NotAllowed, NotFound, WrongInput

MOST_SEARCHES, MOST_FAVOURITES = 50, 500
KEPT_FIELDS = ("text", "kind", "theme", "phase", "provider", "mode")


class KeptTooMany(DomainError):
    """More favourites or searches than one person may keep; nothing was added."""

    code = "kept_too_many"


def _person(actor: Actor) -> int:
    if actor.person_id is None:
        raise NotAllowed("Only a person can keep something for later. Sign in as yourself.")
    return actor.person_id


@transaction.atomic
def add_favourite(*, offer: Offer, at: datetime, actor: Actor) -> Favourite:
    """Marks an offer for the actor; marking it twice changes nothing. Refuses more than 500."""
    person_id = _person(actor)
    kept = Favourite.objects.filter(person_id=person_id)
    if kept.exclude(offer=offer).count() >= MOST_FAVOURITES:
        raise KeptTooMany(f"You have {MOST_FAVOURITES} favourites. Remove one before you add another.")
    favourite, _ = kept.get_or_create(person_id=person_id, offer=offer, defaults={"added_at": at})
    return favourite


def remove_favourite(*, offer: Offer, actor: Actor) -> None:
    """Takes the mark away; where there is none, nothing changes."""
    Favourite.objects.filter(person_id=_person(actor), offer=offer).delete()


@transaction.atomic
def save_search(*, text: str, filters: Filters, by_email: bool, at: datetime, actor: Actor) -> SavedSearch:
    """Keeps a search for the actor; what is new from ``at`` on is told by e-mail once a week where they want that.

    The same search again keeps the one that is there, with the newest wish about e-mail. Refuses a search for nothing in
    particular, and more than 50.
    """
    person_id = _person(actor)
    wanted = {"text": " ".join(text.replace("\0", "").split())[:TEXT_LIMIT], **_narrowed(filters)}
    if not any(wanted.values()):
        raise WrongInput("Enter a word or choose a filter first: a search for everything cannot be kept")
    own = SavedSearch.objects.filter(person_id=person_id)
    if (kept := own.filter(**wanted).first()) is not None:
        set_search_email(search=kept, by_email=by_email, at=at, actor=actor)
        return kept
    if own.count() >= MOST_SEARCHES:
        raise KeptTooMany(f"You keep {MOST_SEARCHES} searches. Remove one before you keep another.")
    found, _ = own.get_or_create(
        person_id=person_id, **wanted, defaults={"by_email": by_email, "saved_at": at, "told_at": at}
    )
    return found


def _narrowed(filters: Filters) -> dict[str, str]:
    return {name: getattr(filters, name)[:60] for name in KEPT_FIELDS if name != "text"}


def set_search_email(*, search: SavedSearch, by_email: bool, at: datetime, actor: Actor) -> None:
    """Whether news of a search comes by e-mail. Switched on again, only what is new from ``at`` on is told."""
    own = SavedSearch.objects.filter(pk=search.pk, person_id=_person(actor))
    changed = own.exclude(by_email=by_email).update(by_email=by_email, told_at=at)
    if not changed and not own.exists():
        raise NotFound("Page not found")
    search.by_email = by_email


def remove_search(*, search: SavedSearch, actor: Actor) -> None:
    """Forgets a search of the actor's."""
    if SavedSearch.objects.filter(pk=search.pk, person_id=_person(actor)).delete()[0] == 0:
        raise NotFound("Page not found")


def mark_told(*, searches: Iterable[SavedSearch], until: datetime) -> None:
    """What was new up to a moment has been told, or there was nothing: the next e-mail begins there."""
    SavedSearch.objects.filter(pk__in=[one.pk for one in searches]).update(told_at=until)


@transaction.atomic
def renew_calendar(*, at: datetime, actor: Actor) -> CalendarFeed:
    """A new address for the actor's own calendar; the one before leads nowhere from now on."""
    feed, _ = CalendarFeed.objects.update_or_create(
        person_id=_person(actor), defaults={"key": uuid.uuid4(), "made_at": at}
    )
    return feed


def end_calendar(*, actor: Actor) -> None:
    """Ends the address of the actor's own calendar; without one nothing changes."""
    CalendarFeed.objects.filter(person_id=_person(actor)).delete()
