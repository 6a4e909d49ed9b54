"""Several places of an order at once: who comes to each, and cancelling some of them with one total."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from frontend.buying import SignedInRequest, buyer_for
from frontend.fields import ShownField
from frontend.formats import long_date, money, plural
from frontend.school.colleagues import known_names
from frontend.school.orders import own_order
from marketplace.core.errors import DomainError, WrongInput
from marketplace.trading.models import Booking
from marketplace.trading.services import Coming, SeveralResult, cancel_several, name_people, several_result
from marketplace.trading.services.delegates import EMAIL_LIMIT, NAME_LIMIT, NEEDS_LIMIT
from marketplace.trading.services.several import places_to_change

NEEDS_HINT = "Such as a diet or step-free access. Only our course organisers read it"


def person_fields(number: int, *, name: str = "", email: str = "", suggested: str = "colleagues") -> dict[str, Any]:
    """Name, e-mail address and needs of one person."""
    return {
        "name": forms.CharField(
            label=f"Name of person {number}",
            max_length=NAME_LIMIT,
            required=False,
            initial=name,
            widget=forms.TextInput(attrs={"list": suggested, "autocomplete": "off"}),
        ),
        "email": forms.EmailField(
            label=f"E-mail address of person {number}",
            max_length=EMAIL_LIMIT,
            required=False,
            initial=email,
            widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        ),
        "needs": forms.CharField(
            label=f"What person {number} needs", max_length=NEEDS_LIMIT, required=False, help_text=NEEDS_HINT
        ),
    }


class PeopleForm(forms.Form):
    """For each place a name, an e-mail address and needs; what is left empty stays as it is."""

    def __init__(self, data: Any, places: list[Booking]) -> None:
        super().__init__(data)
        self.places = places
        for number, place in enumerate(places, start=1):
            fields = person_fields(number, name=place.delegate_name, email=place.delegate_email)
            self.fields.update({f"{what}_{place.pk}": field for what, field in fields.items()})

    def people(self) -> dict[int, Coming]:
        """By the place's id, where something was given that is new."""
        found = {}
        for place in self.places:
            name, email, needs = (self.cleaned_data[f"{what}_{place.pk}"] for what in ("name", "email", "needs"))
            # Somebody else's address is not the one of the person before, who stood in the box.
            other = name and name != place.delegate_name and place.delegate_name
            same = email.lower() == place.delegate_email
            address = None if same or (other and same) else email
            if name != place.delegate_name or address is not None or needs:
                found[place.pk] = Coming(name, address, needs or None)
        return {pk: coming for pk, coming in found.items() if coming != Coming()}


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def people(request: SignedInRequest, kind: str, code: str, number: str) -> HttpResponse:
    """One form for everybody of the order who is still to come."""
    buyer, on = buyer_for(request, kind, code), timezone.localdate()
    found = own_order(buyer, request, number)
    places = places_to_change(order=found, actor=request.actor, on=on)
    form = PeopleForm(request.POST if request.method == "POST" else None, places)
    back, status = buyer.url("school-order", number=number), 200
    if form.is_bound and form.is_valid():
        try:
            given = name_people(order=found, people=form.people(), on=on, actor=request.actor)
        except DomainError as error:
            form.add_error(None, error.message)
            status = error.status
        else:
            messages.success(request, f"Saved: {plural(given, 'person', 'people')} named or changed.")
            return redirect(back)
    context = {
        "buyer": buyer,
        "order": found,
        "form": form,
        "places": [(place, [form[f"{what}_{place.pk}"] for what in ("name", "email", "needs")]) for place in places],
        "colleagues": sorted(
            {name for school in {p.school for p in places} for name in known_names(request.actor, school)}
        ),
        "back_url": back,
    }
    return render(request, "school/people.html", context, status=400 if form.errors and status == 200 else status)


class SeveralForm(forms.Form):
    """Which places. ``expected`` is the total that the page showed, in pence with VAT."""

    expected = ShownField(required=False)

    def __init__(self, data: Any, places: list[Booking]) -> None:
        super().__init__(data)
        self.of = {str(place.pk): place for place in places}
        self.fields["places"] = forms.MultipleChoiceField(
            label="Which places do you want to cancel?",
            choices=[(pk, _place_words(place)) for pk, place in self.of.items()],
            widget=forms.CheckboxSelectMultiple,
            error_messages={"required": "Choose at least one place"},
        )

    def chosen(self) -> list[Booking]:
        return [self.of[pk] for pk in self.cleaned_data["places"]]


def _place_words(place: Booking) -> str:
    who = place.delegate_name or f"Person {place.position}, not named yet"
    return f"{who}: {place.run.offer.title}, {long_date(place.run.starts_at)}"


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def cancel_places(request: SignedInRequest, kind: str, code: str, number: str) -> HttpResponse:
    """Choosing places shows what cancelling them all gives back; posting cancels them if that is still so."""
    buyer, on = buyer_for(request, kind, code), timezone.localdate()
    found = own_order(buyer, request, number)
    places = places_to_change(order=found, actor=request.actor, on=on)
    given = request.POST if request.method == "POST" else request.GET if "places" in request.GET else None
    form = SeveralForm(given, places)
    errors, status, result = [], 200, None
    if form.is_bound and form.is_valid():
        try:
            if request.method == "POST":
                _cancel(request, found, form)
                return redirect(buyer.url("school-order", number=number))
        except DomainError as error:
            errors, status = [error.message], error.status
        try:
            result = several_result(bookings=form.chosen(), on=on)
        except DomainError as error:
            errors, status = [error.message], error.status
    context = {
        "buyer": buyer,
        "order": found,
        "form": form,
        "places": places,
        "result": result,
        "cancel_text": cancel_text(result) if result else "",
        "errors": errors,
        "back_url": buyer.url("school-order", number=number),
    }
    status = 400 if form.errors and request.method == "POST" else status
    return render(request, "school/cancel_places.html", context, status=status)


def _cancel(request: SignedInRequest, order: Any, form: SeveralForm) -> None:
    expected = form.cleaned_data["expected"]
    if expected is None:
        raise WrongInput("Look at what comes back first, then cancel")
    result = cancel_several(
        order=order, bookings=form.chosen(), expected_pence=expected, on=timezone.localdate(), actor=request.actor
    )
    back = f"{money(result.back_pence)} comes back." if result.back_pence else "Nothing comes back."
    many = "1 place is" if len(result.places) == 1 else f"{len(result.places)} places are"
    messages.success(request, f"{many} cancelled. {back}")


def cancel_text(result: SeveralResult) -> str:
    """Verb, thing, amount."""
    many = plural(len(result.places), "place")
    if result.total_pence < 0:
        return f"Cancel {many}, {money(-result.total_pence)} to pay"
    return f"Cancel {many}, {money(result.total_pence)} back"
