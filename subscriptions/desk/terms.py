"""When the desk is staffed, what it promises, and what of it is set as data; the rules' own where nothing is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal

from django.db import transaction

from marketplace.core import events
from marketplace.core.actors import Actor, Role
from marketplace.core.errors import DomainError, WrongInput
from marketplace.core.working_days import is_bank_holiday
from subscriptions.agreements.models import AgreementLine
from subscriptions.desk.models import DeskHours, DeskPromise
from subscriptions.desk.rules.clock import Hours
from subscriptions.desk.rules.promises import DEFAULT_CAP_PERCENT, DEFAULT_HOURS, DEFAULT_PROMISES, Priority, Promise
from subscriptions.slas.queries import facts_of, promise_table_on

closed = is_bank_holiday


class HoursInThePast(DomainError):
    """Hours are set from a day on that is still to come, as clocks that ran by the old ones stay as they were."""

    code = "hours_in_the_past"


@dataclass(frozen=True)
class DeskTerms:
    """All hours that were ever set, and from which day on; before the first and without any, the default."""

    hours: tuple[Hours, ...]

    def words(self, on: date) -> str:
        """ "8:30am to 4:30pm, Monday to Friday"."""
        one = next((each for each in self.hours if each.start <= on < each.end), DEFAULT_HOURS)
        names = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
        days = sorted(one.weekdays)
        run = days == list(range(days[0], days[-1] + 1)) and len(days) > 1
        said = f"{names[days[0]]} to {names[days[-1]]}" if run else ", ".join(names[day] for day in days)
        return f"{_clock(one.opens)} to {_clock(one.closes)}, {said}"


def _clock(at: time) -> str:
    minutes = f":{at.minute:02d}" if at.minute else ""
    return f"{at.hour % 12 or 12}{minutes}{'am' if at.hour < 12 else 'pm'}"


def desk_terms() -> DeskTerms:
    """The hours as data, with the default before them. One query."""
    rows = list(DeskHours.objects.order_by("valid_from"))
    found = [
        Hours(frozenset(row.weekdays), row.opens, row.closes, row.valid_from, row.valid_to or date.max) for row in rows
    ]
    first = found[0].start if found else date.max
    return DeskTerms(
        (Hours(DEFAULT_HOURS.weekdays, DEFAULT_HOURS.opens, DEFAULT_HOURS.closes, date.min, first), *found)
    )


def cap_percent_on(day: date) -> Decimal:
    """How much of a month's price may come back at most."""
    row = _row_on(day)
    return row.credit_cap_percent if row else DEFAULT_CAP_PERCENT


def promise_for(line: AgreementLine | None, priority: Priority, on: date) -> Promise | None:
    """What is promised for a ticket of that urgency: by the service's own terms, else by the desk's. Uncovered: nothing."""
    return promises_for(line, on).get(priority) if line is not None else None


def promises_for(line: AgreementLine, on: date) -> dict[Priority, Promise]:
    """The promises of a service, the most urgent first: those that were agreed with it, where its offer says any."""
    table = promise_table_on(line.offer_id, line.level, line.valid_from) if line.offer_id else None
    if table is None:
        return _desk_promises(on)
    return {
        Priority(fact.priority): Promise(
            Priority(fact.priority), fact.response_minutes, fact.fix_minutes, fact.credit_percent
        )
        for fact in facts_of(table)
    }


def own_promises_on(day: date) -> list[Promise]:
    """What was set for the desk on a day, the most urgent first; nothing where the rules' own promises hold."""
    row = _row_on(day)
    rows = list(row.promises.order_by("priority")) if row else []
    return [Promise(Priority(one.priority), one.response_minutes, one.fix_minutes, one.credit_percent) for one in rows]


def _desk_promises(on: date) -> dict[Priority, Promise]:
    found = {one.priority: one for one in own_promises_on(on)}
    return found or dict(DEFAULT_PROMISES)


def _row_on(day: date) -> DeskHours | None:
    return DeskHours.objects.filter(valid_from__lte=day).exclude(valid_to__lte=day).first()


@transaction.atomic
def set_desk_hours(
    *,
    weekdays: Sequence[int],
    opens: time,
    closes: time,
    valid_from: date,
    on: date,
    actor: Actor,
    promises: Sequence[Promise] = (),
    credit_cap_percent: Decimal = DEFAULT_CAP_PERCENT,
) -> DeskHours:
    """From that day on the desk is staffed so; what was set before ends there. A finance manager or an organiser says so.

    Refused: a day that is not to come (HoursInThePast), no weekday, closing before opening, a cap that is no percentage.
    """
    actor.require(Role.FINANCE_MANAGER, Role.ORGANISER, to="set the hours of the service desk")
    if not actor.system and valid_from <= on:
        raise HoursInThePast("Hours are set from a day that is still to come. Choose tomorrow or later.")
    if not weekdays or not set(weekdays) <= set(range(7)):
        raise WrongInput("Choose at least one day of the week")
    if closes <= opens:
        raise WrongInput("The desk must close after it opens")
    if not 0 <= credit_cap_percent <= 100:
        raise WrongInput("The most that may come back must be between 0% and 100% of a month")
    DeskPromise.objects.filter(hours__valid_from__gte=valid_from).delete()
    DeskHours.objects.filter(valid_from__gte=valid_from).delete()
    DeskHours.objects.filter(valid_to__isnull=True, valid_from__lt=valid_from).update(valid_to=valid_from)
    DeskHours.objects.filter(valid_to__gt=valid_from, valid_from__lt=valid_from).update(valid_to=valid_from)
    made = DeskHours.objects.create(
        weekdays=sorted(set(weekdays)), opens=opens, closes=closes, valid_from=valid_from,
        credit_cap_percent=credit_cap_percent,
    )  # fmt: skip
    DeskPromise.objects.bulk_create(
        DeskPromise(
            hours=made, priority=one.priority, response_minutes=one.response_minutes, fix_minutes=one.fix_minutes,
            credit_percent=one.credit_percent,
        )
        for one in promises
    )  # fmt: skip
    events.record(
        kind="desk_hours.set",
        subject_kind="desk",
        subject=valid_from.isoformat(),
        organisation_ids=[],
        payload={
            "weekdays": made.weekdays, "opens": opens.isoformat(), "closes": closes.isoformat(),
            "cap_percent": str(credit_cap_percent), "promises": len(promises),
        },
        actor=actor,
    )  # fmt: skip
    return made
