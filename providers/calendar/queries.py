"""The calendar of consultants: what stands in it, for themselves, their provider and the partnership's organisers."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from django.db.models import QuerySet
from django.db.models.functions import Lower
from django.utils import timezone

from marketplace.core.actors import Actor
from marketplace.core.errors import NotFound
from providers.calendar.models import Slot
from providers.profiles.models import Consultant
from providers.profiles.queries import own_consultants


def slots_of(consultants: Sequence[Consultant], first: date, last: date) -> QuerySet[Slot]:
    """What these consultants do on ``[first, last)`` in London, soonest first. The caller has chosen whose it may see."""
    during = (_midnight(first), _midnight(last))
    found = Slot.objects.filter(consultant__in=[one.pk for one in consultants], during__overlap=during)
    return found.select_related("consultant").order_by(Lower("during"), "consultant__name", "pk")


def own_slots(actor: Actor) -> QuerySet[Slot]:
    """What stands in the calendars of those that the actor is, or for whose provider they act."""
    return Slot.objects.filter(consultant__in=own_consultants(actor)).select_related("consultant__provider")


def own_slot(actor: Actor, pk: int) -> Slot:
    """One of them, or NotFound."""
    found = own_slots(actor).filter(pk=pk).first()
    if found is None:
        raise NotFound("There is no such time in your calendar.")
    return found


def slots_of_person(actor: Actor, *, on: date, ahead: timedelta = timedelta(days=400)) -> QuerySet[Slot]:
    """Visits and course dates of the person themselves from two months back, for their own calendar program."""
    if actor.person_id is None:
        return Slot.objects.none()
    during = (_midnight(on - timedelta(days=60)), _midnight(on + ahead))
    own = Slot.objects.filter(consultant__person_id=actor.person_id, during__overlap=during)
    return own.exclude(kind=Slot.Kind.ABSENCE).select_related("consultant").order_by(Lower("during"), "pk")


def days_taken(consultants: Sequence[Consultant], first: date, last: date) -> dict[int, int]:
    """On how many days of ``[first, last)`` each consultant has something. Two queries at most, whatever their number."""
    days: dict[int, set[date]] = {one.pk: set() for one in consultants}
    for slot in slots_of(consultants, first, last):
        day = max(timezone.localdate(slot.during.lower), first)
        end = timezone.localdate(slot.during.upper - timedelta(microseconds=1))
        while day <= end and day < last:
            days[slot.consultant_id].add(day)
            day += timedelta(days=1)
    return {pk: len(found) for pk, found in days.items()}


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
