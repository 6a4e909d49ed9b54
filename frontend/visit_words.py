"""How a visit stands, in words: for its consultant, its school and the partnership; and the lists that show them."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django import forms
from django.db.models import QuerySet

from frontend.formats import long_date, short_date
from marketplace.core.money import Money, TaxedAmount
from marketplace.core.wording import london_day
from marketplace.trading.engagements.models import Engagement, EngagementDate
from marketplace.trading.engagements.rules.terms import units_words
from marketplace.trading.engagements.services.charging import invoiced_to, school_vat
from marketplace.trading.engagements.visit_models import Visit
from marketplace.trading.engagements.visit_queries import net_of_each

PUPILS = "Do not name pupils. Use the reference your school gave."
State = EngagementDate.State
SHOW = [
    ("", "All"), ("planned", "Not written up"), ("written_up", "With the school"), ("queried", "In query"),
    ("agreed", "Agreed"),
]  # fmt: skip


class VisitFilter(forms.Form):
    """Which visits to show: a state, or those whose time to answer is nearly over."""

    state = forms.ChoiceField(label="State", required=False, choices=SHOW)


class StaffVisitFilter(VisitFilter):
    """For the partnership, also whose."""

    provider = forms.CharField(label="Provider", required=False, max_length=100)


def visit_of_date(date_: EngagementDate) -> Visit | None:
    """The visit of a date that was read with it."""
    return getattr(date_, "visit", None)


def taken_on(visit: Visit) -> date:
    """The day on which an unanswered visit counts as agreed: the one after the last to answer."""
    if visit.agree_by is None:
        raise ValueError("A visit that was not handed in is not waited for")
    return visit.agree_by + timedelta(days=1)


def state_of(date_: EngagementDate, on: date, *, side: str) -> str:
    """The key of the state's tag, seen by the ``school``, the ``provider`` or ``us``: whose turn it is differs."""
    if date_.state == State.PLANNED:
        if london_day(date_.starts_at) > on:
            return "visit planned"
        return "visit to write up" if side == "provider" else "visit awaited"
    if date_.state == State.WRITTEN_UP:
        return "visit to agree" if side == "school" else "visit with school"
    if date_.state == State.QUERIED:
        answered = _answered(date_)
        if side == "provider" and not answered:
            return "visit to answer"
        return "visit to decide" if side == "us" and answered else "visit in query"
    return "visit agreed"


def _answered(date_: EngagementDate) -> bool:
    visit = visit_of_date(date_)
    return bool(visit and visit.answered_on and visit.queried_on and visit.answered_on >= visit.queried_on)


def next_words(date_: EngagementDate, on: date) -> str:
    """Who acts next and by when, in one sentence."""
    visit = visit_of_date(date_)
    if date_.state == State.PLANNED or visit is None:
        return "The consultant writes it up after the day." if london_day(date_.starts_at) <= on else "Still to come."
    if date_.state == State.WRITTEN_UP:
        return f"No answer counts as agreed on {long_date(taken_on(visit))}."
    if date_.state == State.QUERIED:
        return (
            "Answered. The school agrees, or the partnership decides." if _answered(date_)
            else "The provider answers the query."
        )  # fmt: skip
    if visit.state == Visit.State.TAKEN:
        return f"Nobody answered by {long_date(visit.agree_by or on)}, so it counts as agreed."
    by = f" by {visit.decided_by.name}" if visit.decided_by else ""
    return f"Agreed on {long_date(visit.decided_on or on)}{by}."


def units_of(date_: EngagementDate) -> str:
    """What is charged for: "2½ days", and of how many where it was reduced."""
    visit, unit = visit_of_date(date_), date_.engagement.unit
    if visit is None or visit.reduced_quantity is None or visit.reduced_quantity == date_.quantity:
        return units_words(date_.quantity, unit)
    return f"{units_words(visit.reduced_quantity, unit)} instead of {units_words(date_.quantity, unit)}"


def with_vat(visit: Visit, net_pence: int) -> TaxedAmount:
    """A sum for the visit with the VAT of its day, as whoever is invoiced for the booking's school is charged it."""
    booking = visit.date.engagement
    vat = school_vat(invoiced_to(booking, booking.school), london_day(visit.date.starts_at))
    return TaxedAmount.at(Money(net_pence), vat.rate)


def narrowed(rows: QuerySet[EngagementDate], form: VisitFilter) -> QuerySet[EngagementDate]:
    """The rows that the filters leave."""
    picked = form.cleaned_data if form.is_valid() else {}
    if picked.get("state"):
        rows = rows.filter(state=picked["state"])
    if name := (picked.get("provider") or "").strip():
        rows = rows.filter(engagement__consultant__provider__organisation__name__icontains=name)
    return rows


def rows_of(dates: Sequence[EngagementDate], on: date, *, side: str) -> list[dict[str, Any]]:
    """What a list shows of each date. Two queries, however many."""
    nets = net_of_each(dates)
    return [
        {
            "date": one,
            "booking": one.engagement,
            "day": short_date(one.starts_at),
            "state": state_of(one, on, side=side),
            "next": next_words(one, on),
            "units": units_of(one),
            "net": nets[one.pk] if one.engagement.paid_by != Engagement.PaidBy.INCLUDED else None,
        }
        for one in dates
    ]
