"""How many days consultants have free by theme, how many schools ask for and have booked; visits that schools rated."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.utils import timezone

from frontend.finance.listing import chosen, page_of
from frontend.formats import plural
from frontend.organise.access import OrganiserRequest, organiser_page, show
from marketplace.core.wording import period_words
from marketplace.trading.engagements.capacity import ThemeDays, capacity_of
from marketplace.trading.engagements.visit_queries import visit_reviews_for

SECTION = "organise-accreditation"
MOST_BARS = 8


class ReviewFilter(forms.Form):
    """Which of the visits are shown."""

    rating = forms.ChoiceField(
        label="Rating", required=False,
        choices=[("", "Any"), *((str(number), f"{number} of 5") for number in range(5, 0, -1)), ("query", "Queried")],
    )  # fmt: skip


@organiser_page(section=SECTION)
def capacity(request: OrganiserRequest) -> HttpResponse:
    """The next two terms, each as a chart of what is wanted beside what is free, with its table."""
    terms = [
        {"words": period_words(term.start, term.end), "rows": rows, "bars": _bars(rows)}
        for term, rows in capacity_of(request.actor, timezone.localdate())
    ]
    return show(request, "capacity.html", {"terms": terms})


def _bars(rows: list[ThemeDays]) -> list[dict[str, Any]]:
    """The most wanted themes, each with what is wanted and free, as thousandths of the most."""
    shown = rows[:MOST_BARS]
    most = max((max(row.asked + row.booked, row.free) for row in shown), default=0) or 1
    return [
        {
            "row": row, "wanted": row.asked + row.booked, "wanted_share": int((row.asked + row.booked) * 1000 / most),
            "free_share": int(row.free * 1000 / most),
        }
        for row in shown
    ]  # fmt: skip


@organiser_page(section=SECTION)
def reviews(request: OrganiserRequest) -> HttpResponse:
    """Visits that a school rated or queried, the latest first."""
    form = ReviewFilter(request.GET)
    found = visit_reviews_for(request.actor)
    wanted = form.cleaned_data["rating"] if form.is_valid() else ""
    if wanted == "query":
        found = found.exclude(query_reason="")
    elif wanted:
        found = found.filter(rating=int(wanted))
    page = page_of(request, found)
    context = {
        "filter_form": form, "page_obj": page, "chosen": chosen(request, form),
        "count_text": plural(page.paginator.count, "visit"),
    }  # fmt: skip
    return show(request, "visit_reviews.html", context)
