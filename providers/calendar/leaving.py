"""The day on which a consultant leaves a provider: not while anything is booked afterwards."""

from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.utils import timezone

from marketplace.core.actors import Actor
from marketplace.core.errors import DomainError, WrongInput
from marketplace.core.wording import long_date
from providers.calendar.models import Slot
from providers.profiles.changing import record_of, require_keeper
from providers.profiles.models import Consultant


class StillBooked(DomainError):
    """The consultant has visits or courses after the day."""

    code = "still_booked"


@transaction.atomic
def end_consultant(*, consultant: Consultant, last_day: date, on: date, actor: Actor) -> Consultant:
    """The last day on which somebody works for the provider, today (``on``) or later, or yesterday to end it now.

    Raises StillBooked where they have visits or courses afterwards, NotAllowed, and WrongInput.
    """
    require_keeper(actor, consultant.provider, to="end this consultant's work")
    locked = Consultant.objects.select_for_update(of=("self",)).get(pk=consultant.pk)
    if locked.left_on is not None:
        raise WrongInput(f"{locked.name} works here until {long_date(locked.left_on - timedelta(days=1))} already.")
    if not max(on - timedelta(days=1), locked.joined_on) <= last_day <= on + timedelta(days=366):
        raise WrongInput("The last day must be today or later, and at most a year ahead", field="last_day")
    end = last_day + timedelta(days=1)
    after = timezone.make_aware(datetime.combine(end, time()))
    taken = Slot.objects.filter(consultant=locked, during__endswith__gt=after).exclude(kind=Slot.Kind.ABSENCE)
    if (first := taken.order_by("during").first()) is not None:
        raise StillBooked(
            f"{locked.name} is booked on {long_date(first.during.lower)}: {first.label}. Move or cancel what comes after "
            "the last day first."
        )
    locked.left_on = end
    locked.save(update_fields=["left_on"])
    record_of("consultant.left", locked, {"left_on": end.isoformat()}, actor)
    return locked
