"""The places that a customer's subscription includes: seen by finance, granted by a finance manager."""

from datetime import timedelta

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from frontend.fields import ShortDateField
from frontend.finance.access import READ_AND_WRITE, FinanceRequest, finance_page, posted, said, show
from frontend.finance.customers import customer_for
from frontend.formats import plural
from frontend.jinja import url
from frontend.school.places_left import granted_rows
from marketplace.core.actors import Role
from marketplace.core.errors import DomainError
from subscriptions.queries import allowances_of
from subscriptions.services import grant_allowance


class GrantForm(forms.Form):
    """Places, under which name, and from when to when, both days included."""

    name = forms.CharField(label="Subscription level", max_length=60, help_text="As the school knows it, such as Gold")
    places = forms.IntegerField(label="Places", min_value=1, max_value=10_000)
    first = ShortDateField(label="First day", help_text="For example 1/9/26")
    last = ShortDateField(label="Last day")


@finance_page(READ_AND_WRITE, section="finance-customers")
def included_places(request: FinanceRequest, number: str) -> HttpResponse:
    """What the customer was granted; posting grants more."""
    customer = customer_for(request.actor, number)
    on = timezone.localdate()
    form = GrantForm(posted(request), initial={"first": on})
    status = 200
    if request.method == "POST":
        request.actor.require(Role.FINANCE_MANAGER, to="grant included places")
        if form.is_valid():
            given = form.cleaned_data
            first, end = given["first"], given["last"] + timedelta(days=1)
            try:
                made = grant_allowance(
                    source_key=f"by-hand:{customer.number}:{given['name']}:{first}:{end}", organisation=customer,
                    name=given["name"], places=given["places"], valid_from=first, valid_to=end, actor=request.actor,
                )  # fmt: skip
            except DomainError as error:
                form.add_error("places", " ".join(said(error)))
            else:
                messages.success(request, f"{customer.name} has {plural(made.granted, 'place')} from {made.name}.")
                return redirect(url("finance-customer-places", number=number))
        status = 400
    context = {
        "customer": customer,
        "form": form,
        "granted": granted_rows(allowances_of(customer)),
        "may_grant": request.actor.has(Role.FINANCE_MANAGER),
        "back_url": url("finance-customer", number=number),
    }
    return show(request, "included_places.html", context, status=status)
