"""A school's own codes for the lines of an order, in place of ours."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from frontend.buying import SignedInRequest, buyer_for
from frontend.school.orders import own_order
from marketplace.core.errors import DomainError, WrongInput
from marketplace.trading.budget_queries import code_scheme_of
from marketplace.trading.models import OrderLine
from marketplace.trading.models.budgets import CODE_LIMIT
from marketplace.trading.queries import lines_to_code
from marketplace.trading.rules.budgets import AAR
from marketplace.trading.services import clean_code, set_line_codes


class CodesForm(forms.Form):
    """A box for each line; empty means our code."""

    def __init__(self, lines: list[OrderLine], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for line in lines:
            self.fields[f"line{line.pk}"] = forms.CharField(
                label=line.description, required=False, max_length=CODE_LIMIT
            )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        for name, code in list(given.items()):
            try:
                given[name] = clean_code(code) if code else ""
            except WrongInput as error:
                self.add_error(name, error.message)
        return given

    def codes(self) -> dict[int, str]:
        """By the line's id."""
        return {int(name.removeprefix("line")): code for name, code in self.cleaned_data.items()}


def ours_of(line: OrderLine, *, academies: bool) -> str:
    """Our code for a line: of the academies' return or of CFR."""
    return line.offer.aar_code if academies else line.offer.cfr_code


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def line_codes(request: SignedInRequest, kind: str, code: str, number: str) -> HttpResponse:
    """One form for the lines that the actor's schools receive."""
    buyer = buyer_for(request, kind, code)
    found = own_order(buyer, request, number)
    lines = list(lines_to_code(request.actor, found))
    initial = {f"line{line.pk}": line.own_code.code for line in lines if hasattr(line, "own_code")}
    form = CodesForm(lines, request.POST if request.method == "POST" else None, initial=initial)
    back = buyer.url("school-order", number=number)
    if form.is_bound and form.is_valid():
        try:
            changed = set_line_codes(order=found, codes=form.codes(), actor=request.actor)
        except DomainError as error:
            form.add_error(None, error.message)
        else:
            if changed:
                messages.success(request, "Your codes are saved. Invoices keep the codes that they were issued with.")
            return redirect(back)
    academies = code_scheme_of(buyer.organisation) == AAR
    context = {
        "buyer": buyer,
        "order": found,
        "form": form,
        "fields": [(form[f"line{line.pk}"], ours_of(line, academies=academies), line.school.name) for line in lines],
        "several_schools": len({line.school_id for line in lines}) > 1,
        "back_url": back,
    }
    return render(request, "school/line_codes.html", context, status=400 if form.errors else 200)
