"""Telling schools that a package pays for them: who would be written to and what they read, then the e-mails."""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from frontend.council.access import READ_AND_WRITE, CouncilRequest, council_page
from frontend.council.words import units
from frontend.finance.access import posted, said
from frontend.formats import plural
from frontend.jinja import url
from marketplace.core.errors import DomainError, NotFound
from marketplace.organisations.models import Organisation
from subscriptions.commissions.desk_queries import standings_of
from subscriptions.commissions.models import Package
from subscriptions.commissions.queries import package_for
from subscriptions.commissions.services.telling import AGAIN_DAYS, tell_schools, told_since


class TellForm(forms.Form):
    """Which of the schools that drew nothing are told."""

    schools = forms.MultipleChoiceField(
        label="Schools that drew nothing yet", widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one school"},
    )  # fmt: skip

    def __init__(self, *args: Any, idle: list[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["schools"].choices = [(one.number, one.name) for one in idle]  # type: ignore[attr-defined]


@council_page(READ_AND_WRITE)
def tell(request: CouncilRequest, number: str, code: str) -> HttpResponse:
    """The commissioner's."""
    back = url("council-contract", number=number)
    return tell_page(request, package_for(request.actor, number, code), layout="council/base.html", back=back)


def tell_page(request: Any, package: Package, *, layout: str, back: str) -> HttpResponse:
    """A confidential package has no such page. Whoever was told in the last thirty days is named, not asked for."""
    if package.confidential:
        raise NotFound("Page not found")
    on = timezone.localdate()
    [standing] = standings_of([package], on)
    told = told_since(package, on - timedelta(days=AGAIN_DAYS))
    idle = [one for one in standing.idle if one.pk not in told]
    asked = request.GET.get("school", "")
    chosen = [one.number for one in idle if asked in ("", one.number)]
    form = TellForm(posted(request), idle=idle, initial={"schools": chosen})
    if form.is_bound and form.is_valid():
        wanted = set(form.cleaned_data["schools"])
        schools = [one for one in idle if one.number in wanted]
        try:
            done = tell_schools(package=package, schools=schools, on=on, actor=request.actor)
        except DomainError as error:
            form.add_error(None, " ".join(said(error)))
        else:
            messages.success(request, f"{plural(len(done), 'school')} {'is' if len(done) == 1 else 'are'} told.")
            return redirect(back)
    context = {
        "package": package, "contract": package.council.contract, "form": form, "idle": idle, "layout": layout,
        "told": [one for one in standing.idle if one.pk in told], "back_url": back, "days": AGAIN_DAYS,
        "left": units(package.left, package.unit), "last": package.valid_to - timedelta(days=1),
        "offers": [one.offer.title for one in package.offers.select_related("offer").order_by("pk")],
    }  # fmt: skip
    return render(request, "council/tell.html", context, status=400 if form.errors else 200)
