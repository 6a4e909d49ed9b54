"""Included places of courses that have been: they stay used, whoever came."""

from datetime import date, datetime, time

from marketplace.core.wording import LONDON
from marketplace.trading.models import OrderLine
from marketplace.trading.services.writing import included_key
from subscriptions.queries import kept_keys
from subscriptions.services import consume_places

_PREFIX, _SUFFIX = included_key(0).split("0")


def use_included_places(*, on: date) -> int:
    """Marks as used what was kept for courses that ended before the day; returns for how many order lines. Twice is once."""
    begin = datetime.combine(on, time.min, LONDON)
    ids = [int(key.removeprefix(_PREFIX).removesuffix(_SUFFIX)) for key in kept_keys(prefix=_PREFIX, suffix=_SUFFIX)]
    over = OrderLine.objects.filter(pk__in=ids, run__ends_at__lt=begin).values_list("pk", flat=True)
    return sum(consume_places(source_key=included_key(pk), on=on) for pk in over)
