"""What course dates do by themselves: the minimum is reached, the day for joining instructions comes."""

from django.utils import timezone

from marketplace.core.actors import platform
from marketplace.core.models import Event
from marketplace.core.outbox import handles
from marketplace.core.periodic import every
from marketplace.core.wording import london_day
from marketplace.trading.models import OrderLine
from marketplace.trading.services.forgetting import erase_needs
from marketplace.trading.services.telling import confirm_at_minimum, send_joining

ACTOR = platform("Course dates")
EVERY_SECONDS = 900


def send_due() -> int:
    """Sends the joining instructions of the day, to those who have a place and were not sent them."""
    return send_joining(on=timezone.localdate(), actor=ACTOR)


every(EVERY_SECONDS, "trading.send_joining", send_due)


def erase_old_needs() -> int:
    """Erases what people needed at courses that ended more than 30 days ago."""
    return erase_needs(on=timezone.localdate(), actor=ACTOR)


every(3600, "trading.erase_needs", erase_old_needs)


@handles("order.placed", name="trading.confirm_at_minimum")
def minimum_reached(event: Event) -> None:
    """Confirms the dates that this order brought to their minimum, where they confirm themselves."""
    runs = OrderLine.objects.filter(order__number=event.subject, run__confirms_itself=True)
    if ids := sorted({run for run in runs.values_list("run_id", flat=True) if run}):
        confirm_at_minimum(run_ids=ids, on=london_day(event.at), actor=ACTOR)
