"""Consultant bookings for organisers: every one, by state, with what is planned and where something waits."""

from django import forms
from django.http import HttpResponse

from frontend.finance.listing import chosen, page_of
from frontend.formats import plural
from frontend.organise.access import OrganiserRequest, organiser_page, show
from marketplace.trading.engagements.models import Engagement
from marketplace.trading.engagements.queries import engagements_for
from marketplace.trading.engagements.rules.terms import units_words


class BookingFilter(forms.Form):
    """What the list is narrowed to."""

    state = forms.ChoiceField(label="State", choices=[("", "Any"), *Engagement.State.choices], required=False)


@organiser_page(section="organise-accreditation")
def bookings(request: OrganiserRequest) -> HttpResponse:
    """Bookings of consultants, newest first."""
    form = BookingFilter(request.GET)
    found = engagements_for(request.actor).prefetch_related("dates")
    if form.is_valid() and form.cleaned_data["state"]:
        found = found.filter(state=form.cleaned_data["state"])
    page = page_of(request, found)
    rows = [(one, units_words(one.quantity, one.unit), _planned(one)) for one in page]
    context = {
        "filter_form": form, "page_obj": page, "rows": rows, "chosen": chosen(request, form),
        "count_text": plural(page.paginator.count, "booking"),
    }  # fmt: skip
    return show(request, "consultant_bookings.html", context)


def _planned(one: Engagement) -> str:
    """How many of its dates stand, from what was read with the list."""
    standing = [planned for planned in one.dates.all() if planned.state != "cancelled"]
    waits = sum(planned.release == "asked" for planned in standing)
    return plural(len(standing), "date") + (f", {waits} to release" if waits else "")
