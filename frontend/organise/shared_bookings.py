"""Agreeing a booking of a consultant that several schools share, on their word."""

from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from frontend.finance.access import posted, said
from frontend.jinja import url
from frontend.organise.access import READ_AND_WRITE, OrganiserRequest, organiser_page, show
from frontend.organise.reviews import SchoolField
from marketplace.core.errors import DomainError
from marketplace.trading.engagements.models import Engagement
from marketplace.trading.engagements.rules.terms import units_words
from marketplace.trading.engagements.services.agreeing import NewShare, agree_booking
from providers.models import Consultant
from providers.queries import standings_on

MOST_SCHOOLS = 30


class SharedForm(forms.Form):
    """The consultant, how much, and each school with its part."""

    consultant = forms.ModelChoiceField(
        label="Consultant", queryset=Consultant.objects.none(), to_field_name="code", empty_label=None,
        error_messages={"required": "Choose the consultant"},
    )  # fmt: skip
    title = forms.CharField(label="What it is", max_length=120, error_messages={"required": "Enter what it is"})
    unit = forms.ChoiceField(
        label="Counted in", choices=Engagement.Unit.choices, widget=forms.RadioSelect, initial="day"
    )
    quantity = forms.DecimalField(
        label="How many?", min_value=Decimal("0.5"), max_value=Decimal(200), max_digits=7, decimal_places=2,
        error_messages={"invalid": "How many must be a number, like 2.5", "required": "Enter how many"},
    )  # fmt: skip
    schools = forms.CharField(
        label="Schools and their parts", widget=forms.Textarea(attrs={"rows": 5}), max_length=4000,
        error_messages={"required": "Enter the schools that share it"},
    )  # fmt: skip

    def __init__(self, *args: Any, consultants: list[Consultant], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["consultant"]
        field.queryset = Consultant.objects.filter(pk__in=[one.pk for one in consultants]).select_related(
            "provider__organisation", "home_school"
        ).order_by("name")  # fmt: skip
        field.label_from_instance = lambda one: f"{one.name}, {one.provider.organisation.name}"

    def clean_schools(self) -> list[NewShare]:
        """The shares in the order of the lines; the first school leads."""
        lines = [line.strip() for line in self.cleaned_data["schools"].splitlines() if line.strip()]
        if not 2 <= len(lines) <= MOST_SCHOOLS:
            raise forms.ValidationError(f"Enter 2 to {MOST_SCHOOLS} schools, one on each line")
        return [_share(line) for line in lines]


def _share(line: str) -> NewShare:
    """ "Oakfield Primary School, 2" as a share; without a number its part is 1."""
    name, comma, part = line.rpartition(",")
    try:
        weight = Decimal(part.strip()) if comma else Decimal(1)
        name = name if comma else line
    except InvalidOperation:
        weight, name = Decimal(1), line
    if not (weight.is_finite() and 0 < weight < 10**7):
        raise forms.ValidationError(f"The part in “{line}” must be more than 0")
    return NewShare(SchoolField().clean(name.strip()), weight)


@organiser_page(READ_AND_WRITE, section="organise-accreditation")
def share(request: OrganiserRequest) -> HttpResponse:
    """One booking, its price of the day, and each school's part of every visit from then on."""
    on = timezone.localdate()
    form = SharedForm(posted(request), consultants=bookable(on))
    if form.is_bound and form.is_valid():
        given = dict(form.cleaned_data)
        shares = given.pop("schools")
        try:
            made = agree_booking(
                school=shares[0].school, shares=shares, dates=[], on=on, actor=request.actor, **given
            )  # fmt: skip
        except DomainError as error:
            form.add_error(None, " ".join(said(error)))
        else:
            much = units_words(made.quantity, made.unit)
            messages.success(
                request, f"{made.number} is agreed: {much}, shared by {len(shares)} schools. "
                f"{made.school.name} chooses the dates.",
            )  # fmt: skip
            return redirect(url("organise-consultant-bookings"))
    context = {"form": form, "back_url": url("organise-consultant-bookings")}
    return show(request, "consultant_booking_share.html", context, status=400 if form.errors else 200)


def bookable(on: date) -> list[Consultant]:
    """Whoever may be booked today, by name."""
    found = list(Consultant.objects.filter(left_on=None, published=True).order_by("name", "pk"))
    stands = standings_on(found, on)
    return [one for one in found if stands[one.pk].accredited]
