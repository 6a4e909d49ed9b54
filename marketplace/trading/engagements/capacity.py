"""Capacity and demand by theme: days that consultants have free, days that schools ask for, days that are booked.

| counted | as days |
|---|---|
| free | working days of a consultant who may be booked, less those on which anything stands in the calendar |
| asked | what open requests want, by the first day that would suit |
| booked | dates that stand, by their day |

A half day counts ½, a twilight ¼, an hour 1/6. Whoever knows several themes is free for each of them.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from marketplace.core.actors import Actor, Role
from marketplace.core.errors import NotFound
from marketplace.core.periods import Period
from marketplace.core.wording import london_day
from marketplace.core.working_days import is_working_day
from marketplace.trading.engagements.models import EngagementDate
from marketplace.trading.engagements.requests import ConsultantRequest
from marketplace.trading.engagements.rules.retaining import next_term, periods_of
from providers.models import Consultant
from providers.queries import days_taken, standings_on

DAYS = {"day": Decimal(1), "half_day": Decimal("0.5"), "twilight": Decimal("0.25"), "hour": Decimal(1) / 6}
NO_THEME = "No theme given"


@dataclass(frozen=True)
class ThemeDays:
    """One theme in one term, in days rounded to halves."""

    theme: str
    free: Decimal
    asked: Decimal
    booked: Decimal


def capacity_of(actor: Actor, on: date, *, terms: int = 2) -> list[tuple[Period, list[ThemeDays]]]:
    """The next terms after ``on``, each with every theme that occurs, the most wanted first. Organisers alone.

    A constant number of queries for each term, however many consultants and requests there are.
    """
    if not actor.has(Role.ORGANISER):
        raise NotFound("There is no such page.")
    people = list(Consultant.objects.filter(published=True, provider__published=True, left_on=None))
    return [(term, _days(term, people)) for term in periods_of(next_term(on), termly=True, count=terms)]


def _days(term: Period, people: list[Consultant]) -> list[ThemeDays]:
    found = {"free": _free(term, people), "asked": _asked(term), "booked": _booked(term)}
    themes = set().union(*found.values())
    rows = [ThemeDays(one, *(_halves(found[what].get(one, Decimal(0))) for what in found)) for one in themes]
    return sorted(rows, key=lambda row: (-row.asked - row.booked, -row.free, row.theme))


def _free(term: Period, people: list[Consultant]) -> dict[str, Decimal]:
    standing = standings_on(people, term.start)
    able = [one for one in people if standing[one.pk].accredited]
    taken = days_taken(able, term.start, term.end)
    working = sum(is_working_day(term.start + timedelta(days=number)) for number in range(term.days))
    return _sum(
        (theme, Decimal(max(working - taken[one.pk], 0))) for one in able for theme in set(map(_theme, one.themes))
    )


def _asked(term: Period) -> dict[str, Decimal]:
    State = ConsultantRequest.State
    rows = ConsultantRequest.objects.filter(
        state__in=[State.SENT, State.ANSWERED], wanted_from__gte=term.start, wanted_from__lt=term.end
    )
    return _sum(
        (_theme(theme), quantity * DAYS[unit])
        for theme, quantity, unit in rows.values_list("theme", "quantity", "unit")
    )


def _booked(term: Period) -> dict[str, Decimal]:
    rows = EngagementDate.objects.exclude(state=EngagementDate.State.CANCELLED).filter(
        starts_at__date__gte=term.start - timedelta(days=1), starts_at__date__lte=term.end
    )
    found = rows.values_list("engagement__theme", "quantity", "engagement__unit", "starts_at")
    return _sum((_theme(theme), much * DAYS[unit]) for theme, much, unit, at in found if london_day(at) in term)


def _theme(text: str) -> str:
    words = text.replace("-", " ").replace("_", " ").strip().lower()
    return words.capitalize() if words else NO_THEME


def _sum(parts: Iterable[tuple[str, Decimal]]) -> dict[str, Decimal]:
    found: dict[str, Decimal] = defaultdict(Decimal)
    for theme, days in parts:
        found[theme] += days
    return found


def _halves(days: Decimal) -> Decimal:
    """Rounded to the half day, half up."""
    return ((days * 2 + Decimal("0.5")) // 1) / 2
