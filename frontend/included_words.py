"""What a subscription includes, in words and rows: the same on the pages of schools and finance, in files and e-mails."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from frontend.formats import long_date, short_date
from marketplace.trading.models import OrderLine
from marketplace.trading.services.writing import included_key
from subscriptions.allowances.queries import Standing
from subscriptions.allowances.rules.units import Unit, amount, counted, is_one
from subscriptions.models import Allowance, AllowanceMovement

_PREFIX, _SUFFIX = included_key(0).split("0")
_TAKEN_BACK = {"expired": "Lapsed, taken back", "consumed": "Used, taken back"}
MOVEMENTS_CSV = ["date", "what", "what_for", "order", "subscription", "unit", "units", "left_afterwards"]


def days_of(one: Allowance) -> str:
    """ "1 Sep 2026 to 31 Aug 2027"."""
    return f"{short_date(one.valid_from)} to {short_date(last_day(one))}"


def last_day(one: Allowance) -> date:
    return one.valid_to - timedelta(days=1)


def left_sentence(one: Allowance) -> str:
    """ "2 of 6 Gold places are left until 31 August 2027."; of days "2½ of 3 Gold days"."""
    of = counted(one.granted, one.unit, one.name)
    verb = "is" if is_one(one.left, one.unit) else "are"
    return f"{amount(one.left, one.unit)} of {of} {verb} left until {long_date(last_day(one))}."


def lapse_words(one: Allowance) -> str:
    """ "3 Gold places lapse on 31 August 2027"."""
    verb = "lapses" if is_one(one.left, one.unit) else "lapse"
    return f"{counted(one.left, one.unit, one.name)} {verb} on {long_date(last_day(one))}"


def standing_row(one: Standing, *, href: str = "") -> list[Any]:
    """What was granted, used, kept for bookings to come, went into another year, lapsed, and is left."""
    row = one.allowance
    name = {"text": row.name, "href": href} if href else row.name
    figures = (row.granted, one.used, one.kept, row.expired, row.carried, row.left)
    return [name, Unit(row.unit).words, days_of(row), *(amount(units, row.unit) for units in figures)]


def what_happened(one: AllowanceMovement) -> str:
    """ "Kept", "Came back", "Carried over": what the movement was."""
    return _TAKEN_BACK[one.kind] if one.units < 0 else one.get_kind_display()


def what_for(one: AllowanceMovement) -> str:
    """The course or visit it was for, otherwise why it moved. No person's name."""
    return one.use.label if one.use else one.note


def lines_of(movements: Iterable[AllowanceMovement]) -> dict[str, OrderLine]:
    """The lines of orders that kept something, by the key of what they kept. One query."""
    keys = {one.use.source_key for one in movements if one.use}
    ours = [key for key in keys if key.startswith(_PREFIX) and key.endswith(_SUFFIX)]
    pks = [key.removeprefix(_PREFIX).removesuffix(_SUFFIX) for key in ours]
    found = OrderLine.objects.filter(pk__in=[pk for pk in pks if pk.isdigit()]).select_related("order")
    return {included_key(line.pk): line for line in found}


def movement_cells(movements: Iterable[AllowanceMovement]) -> list[list[object]]:
    """Rows of a file; consultant days as half days."""
    rows = list(movements)
    lines = lines_of(rows)
    return [
        [
            one.on, what_happened(one), what_for(one),
            lines[one.use.source_key].order.number if one.use and one.use.source_key in lines else "",
            one.allowance.name, one.allowance.unit, abs(one.units), getattr(one, "left_after", ""),
        ]
        for one in rows
    ]  # fmt: skip
