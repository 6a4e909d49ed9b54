"""What is said of a retainer, alike to the school, the provider and the partnership."""

from datetime import timedelta
from typing import Any

from frontend.formats import long_date, money, plural
from marketplace.core.wording import period_words
from marketplace.trading.engagements.retainer_queries import PeriodDays, periods_of_retainer
from marketplace.trading.engagements.rules.terms import a_unit, for_units, units_words
from marketplace.trading.models import Retainer

EVERY = {Retainer.Every.MONTH: ("month", "months"), Retainer.Every.TERM: ("term", "terms")}


def fee_words(retainer: Retainer) -> str:
    """ "3 days each term for £1,200.00 before VAT"."""
    one, _ = EVERY[Retainer.Every(retainer.every)]
    fee = for_units(retainer.sell_pence, retainer.quantity)
    return f"{units_words(retainer.quantity, retainer.unit)} each {one} for {money(fee.pence)} before VAT"


def earned_words(retainer: Retainer) -> str:
    """What the provider earns: "£1,020.00 for each term, when it begins", "£340.00 a day, for each visit"."""
    one, _ = EVERY[Retainer.Every(retainer.every)]
    if retainer.owed == Retainer.Owed.PERIOD:
        return f"{money(for_units(retainer.buy_pence, retainer.quantity).pence)} for each {one}, when it begins"
    return f"{money(retainer.buy_pence)} {a_unit(retainer.unit)}, for each visit"


def facts_of(retainer: Retainer, *, earned: bool, sold: bool = True) -> list[dict[str, str]]:
    """The rows of its card; what the provider earns is for it and the partnership."""
    one, many = EVERY[Retainer.Every(retainer.every)]
    rows = [
        ("School", retainer.school.name),
        ("Consultant", f"{retainer.consultant.name}, {retainer.consultant.provider.organisation.name}"),
        ("For", f"{plural(retainer.periods, one, many)}, {period_words(retainer.valid_from, retainer.valid_to)}"),
        ("Days that nobody takes", retainer.get_unused_display()),
    ]
    if sold:
        rows.insert(2, ("Price", fee_words(retainer)))
    if earned:
        rows.append(("The provider earns", earned_words(retainer)))
    rows.append(("School agreed", _on(retainer.school_agreed_on)))
    rows.append(("Provider agreed", _on(retainer.provider_agreed_on)))
    if retainer.stopped_from:
        rows.append(("No new period from", long_date(retainer.stopped_from)))
    if retainer.reason:
        rows.append(("Reason", retainer.reason))
    return [{"key": key, "value": value} for key, value in rows]


def _on(day: Any) -> str:
    return long_date(day) if day else "Not yet"


def period_rows(retainer: Retainer) -> list[tuple[PeriodDays, str, str, str]]:
    """Each period that began: its days, what may still be planned and until when, and what lapsed."""
    return [
        (
            one, period_words(one.period.starts_on, one.period.ends_on),
            _left(one, retainer), long_date(one.period.usable_to - timedelta(days=1)),
        )
        for one in periods_of_retainer(retainer)
    ]  # fmt: skip


def _left(one: PeriodDays, retainer: Retainer) -> str:
    if one.period.closed_on is None:
        return f"{units_words(one.left, retainer.unit)} left" if one.left else "All planned"
    return f"{units_words(one.period.lapsed, retainer.unit)} lapsed" if one.period.lapsed else "All taken"
