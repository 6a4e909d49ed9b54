"""The evaluation of a course by a signed link, without an account. Opening the link uses nothing up."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from marketplace.core.errors import DomainError
from marketplace.trading.services import EvaluatedAlready, EvaluationGone, evaluate, place_to_evaluate
from marketplace.trading.services.evaluating import WORDS_LIMIT

SCORES = [(5, "5, excellent"), (4, "4"), (3, "3"), (2, "2"), (1, "1, poor")]


class EvaluationForm(forms.Form):
    """Four short questions."""

    score = forms.TypedChoiceField(
        label="How was the course?",
        choices=SCORES,
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose a score from 1 to 5"},
    )
    recommends = forms.TypedChoiceField(
        label="Would you recommend it to a colleague?",
        choices=[("yes", "Yes"), ("no", "No")],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose yes or no"},
    )
    change = forms.CharField(
        label="What will you do differently now?", required=False, max_length=WORDS_LIMIT,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip
    comment = forms.CharField(
        label="Anything else?", required=False, max_length=WORDS_LIMIT, widget=forms.Textarea(attrs={"rows": 3})
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def evaluation(request: HttpRequest, token: str) -> HttpResponse:
    """Asks, and records the answer once."""
    on = timezone.localdate()
    form = EvaluationForm(request.POST if request.method == "POST" else None)
    try:
        place = place_to_evaluate(token=token, on=on)
        if form.is_valid():
            try:
                evaluate(token=token, on=on, **form.cleaned_data)
            except (EvaluationGone, EvaluatedAlready):
                raise
            except DomainError as error:
                form.add_error(None, error.message)
            else:
                return _private(redirect("evaluated"))
    except (EvaluationGone, EvaluatedAlready) as gone:
        context: dict[str, Any] = {"again": isinstance(gone, EvaluatedAlready)}
        return _private(render(request, "public/evaluation_gone.html", context, status=gone.status))
    context = {"run": place.run, "form": form}
    return _private(render(request, "public/evaluation.html", context, status=400 if form.is_bound else 200))


@never_cache
@require_safe
def evaluated(request: HttpRequest) -> HttpResponse:
    """The end of the journey."""
    return _private(render(request, "public/evaluated.html"))


def _private(response: HttpResponse) -> HttpResponse:
    """The address is not told to other sites. Not "no-referrer": a form would then be sent with the origin "null"."""
    response["Referrer-Policy"] = "same-origin"
    return response
