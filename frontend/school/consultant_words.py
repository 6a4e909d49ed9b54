"""What is said of quotes, dates and cancelling of consultants, alike on every page."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from frontend.formats import clock, long_date, money, plural, short_date
from marketplace.core.money import Money
from marketplace.core.wording import LONDON
from marketplace.trading.engagements.models import Engagement, EngagementDate
from marketplace.trading.engagements.requests import ConsultantQuote
from marketplace.trading.engagements.rules.terms import Consequence, a_unit, units_words
from marketplace.trading.engagements.visit_queries import ratings_of
from providers.accreditation.queries import standings_on
from providers.queries import related_of

DATE_TAGS = {
    "planned": "visit planned", "written_up": "visit with school", "queried": "visit in query", "agreed": "visit agreed",
    "cancelled": "cancelled",
}  # fmt: skip
RELEASES = {
    "not_needed": "", "asked": "Waits for the release by their head", "released": "Released by their head",
    "refused": "Not released by their head",
}  # fmt: skip


def when_words(planned: EngagementDate) -> str:
    """ "4 November 2026, 9am to 3:30pm"."""
    starts, ends = planned.starts_at.astimezone(LONDON), planned.ends_at.astimezone(LONDON)
    return f"{long_date(starts)}, {clock(starts)} to {clock(ends)}"


def quote_rows(given: Sequence[ConsultantQuote], budget: int | None, on: date) -> list[tuple[str, list[str]]]:
    """The rows of quotes side by side: what each says of the same question."""
    if not given:
        return []
    firsts = {one.pk: date.fromisoformat(one.first_days[0]) if one.first_days else None for one in given}
    days = {day for day in firsts.values() if day}
    standing = {day: standings_on([one.consultant for one in given if firsts[one.pk] == day], day) for day in days}

    def accredited(one: ConsultantQuote) -> str:
        day = firsts[one.pk]
        if day is None:
            return "Checked for each date that you choose"
        good = standing[day][one.consultant_id].accredited
        return f"Yes, on {short_date(day)}" if good else f"Not on {short_date(day)}"

    people = [one.consultant for one in given]
    close, rated = related_of(people, given[0].request.school, on), ratings_of(people)

    def _links(one: ConsultantQuote) -> str:
        return "; ".join(link.nature for link in close.get(one.consultant_id, [])) or "None declared"

    def _rated(one: ConsultantQuote) -> str:
        found = rated.get(one.consultant_id)
        return f"{found.tenths / 10:.1f} of 5, {plural(found.count, 'visit')}" if found else "Fewer than five ratings"

    rows = [
        ("Whole cost, with travel and VAT", [money(one.gross_pence) for one in given]),
        ("Work, before VAT", [money(one.net_pence) for one in given]),
        ("Travel, before VAT", [money(one.travel_pence) if one.travel_pence else "Included" for one in given]),
        ("VAT", [money(one.vat_pence) for one in given]),
        ("How much", [_much(one) for one in given]),
        ("First free day", [long_date(day) if (day := firsts[one.pk]) else "Not said" for one in given]),
        ("Accredited then", [accredited(one) for one in given]),
        ("Close link to your school", [_links(one) for one in given]),
        ("Rated by schools", [_rated(one) for one in given]),
        ("Grade", [one.consultant.grade for one in given]),
        ("In their words", [one.words or "Nothing more" for one in given]),
        ("Holds until", [long_date(one.valid_until) if one.valid_until else "" for one in given]),
    ]
    if budget:
        rows.insert(1, ("Your budget", [_against(one.gross_pence, budget) for one in given]))
    return rows


def _much(one: ConsultantQuote) -> str:
    units = units_words(one.quantity, one.request.unit) if one.quantity else ""
    return f"{units} in {one.visits} visit{'' if one.visits == 1 else 's'}"


def _against(gross: int, budget: int) -> str:
    if gross <= budget:
        return f"{money(budget - gross)} below {money(budget)}"
    return f"{money(gross - budget)} above {money(budget)}"


def ladder_rows(shown: Consequence) -> list[list[Any]]:
    """When cancelling costs what: the table under a date."""
    return [
        [
            _span(step.first, step.last) + (" (today)" if step.today else ""), _sum(step.school), _sum(step.provider),
        ]
        for step in shown.steps
    ]  # fmt: skip


def _sum(amount: Money) -> str:
    return money(amount.pence) if amount else "Nothing"


def _span(first: date | None, last: date | None) -> str:
    if last is None:
        return f"From {long_date(first)}" if first else "Any day"
    return f"Until {long_date(last)}" if first is None else f"{long_date(first)} to {long_date(last)}"


def price_sentence(engagement: Engagement) -> str:
    """ "2½ days at £450.00 a day before VAT"."""
    price = f"{money(engagement.sell_pence)} {a_unit(engagement.unit)}"
    return f"{units_words(engagement.quantity, engagement.unit)} at {price} before VAT"
