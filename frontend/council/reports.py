"""Quarterly returns as the commissioner reads and decides them, and the report for councillors as a page and as a PDF."""

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_safe

from frontend.council.access import READ_AND_WRITE, CouncilRequest, council_page, show
from frontend.council.words import reading_words, state_of_return, target_words
from frontend.finance.listing import page_of
from frontend.jinja import url
from marketplace.core.actors import Role
from marketplace.core.errors import DomainError, NotFound
from subscriptions.commissions.councillors import CouncillorReport, report_of
from subscriptions.commissions.models import QuarterReturn
from subscriptions.commissions.papers import SMALL_NUMBERS, render_report
from subscriptions.commissions.queries import return_for, returns_for
from subscriptions.commissions.services.returning import accept_return, query_return


class DecideForm(forms.Form):
    """What is asked about a return."""

    query = forms.CharField(
        label="What you ask", max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="The partnership mends the return and sends it again",
    )  # fmt: skip

    def __init__(self, *args: object, asking: bool = False, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["query"].required = asking
        self.fields["query"].error_messages["required"] = "Enter what you ask"


@council_page(section="council-reports")
def reports(request: CouncilRequest) -> HttpResponse:
    """Returns that were sent, those to accept first, then the latest quarter."""
    found = list(returns_for(request.actor))
    found.sort(key=lambda one: (one.state != QuarterReturn.State.SENT, -one.quarter_from.toordinal(), one.pk))
    page = page_of(request, found, per_page=25)
    rows = [
        {"report": one, "contract": one.council.contract, "state": state_of_return(one, ours=False)} for one in page
    ]
    return show(request, "reports.html", {"rows": rows, "page_obj": page})


@council_page(READ_AND_WRITE, section="council-reports")
def quarter(request: CouncilRequest, number: str, ordinal: int) -> HttpResponse:
    """One return: figures, readings and narrative; accept it, or ask about it."""
    found = return_for(request.actor, number, ordinal)
    do = request.POST.get("do", "")
    form = DecideForm(request.POST if do else None, asking=do == "query")
    if do and form.is_valid():
        try:
            messages.success(request, _done(request, found, do, form.cleaned_data["query"]))
            return redirect(url("council-return", number=number, ordinal=ordinal))
        except DomainError as error:
            form.add_error(None, error.message)
    context = {
        **return_context(found),
        "state": state_of_return(found, ours=False),
        "form": form,
        "to_decide": found.state == QuarterReturn.State.SENT,
        "back_url": url("council-reports"),
    }
    return show(request, "return.html", context, status=400 if form.errors else 200)


def return_context(found: QuarterReturn) -> dict[str, object]:
    """What both sides see of a return."""
    readings = {one.indicator_id: one for one in found.readings.all()}
    return {
        "report": found,
        "contract": found.council.contract,
        "figures": found.figures,
        "readings": [
            {
                "name": one.name, "target": target_words(one), "value": reading_words(one, readings.get(one.pk)),
                "source": readings[one.pk].source if one.pk in readings else "",
            }
            for one in found.council.indicators.order_by("code")
        ],
    }  # fmt: skip


def _done(request: CouncilRequest, found: QuarterReturn, do: str, query: str) -> str:
    on = timezone.localdate()
    if do == "query":
        query_return(report=found, query=query, on=on, actor=request.actor)
        return "Asked. The partnership mends the return and sends it again."
    accept_return(report=found, on=on, actor=request.actor)
    return "The return is accepted. It stays as it is."


def _published(request: CouncilRequest, number: str, ordinal: int) -> tuple[QuarterReturn, CouncillorReport]:
    """The report of a return that was sent, for whoever may see the return."""
    found = return_for(request.actor, number, ordinal)
    if found.sent_on is None:
        raise NotFound("Page not found")
    return found, report_of(found)


@login_required
@require_safe
def councillors(request: CouncilRequest, number: str, ordinal: int) -> HttpResponse:
    """The report for councillors: the same figures as on paper, small numbers left out."""
    found, report = _published(request, number, ordinal)
    own = bool(request.actor.organisations(Role.COMMISSIONER))
    if own:
        request.section_path = url("council-reports")
    back = "council-return" if own else "organise-council-return"
    organises = request.actor.has(Role.ORGANISER)
    context = {
        "report": report, "note": SMALL_NUMBERS, "most": max((one.pence for one in report.packages), default=0),
        "pdf_url": url("council-report-pdf", number=number, ordinal=ordinal), "found": found,
        "series": [(one, _bars(one.quarters)) for one in report.indicators if len(one.quarters) > 1],
        "back_url": url(back, number=number, ordinal=ordinal) if own or organises else "",
    }  # fmt: skip
    return show(request, "councillors.html", context)


def _bars(quarters: tuple[tuple[str, object, str], ...]) -> dict[str, object]:
    rows = [(name, int(value * 100) if value is not None else 0, words) for name, value, words in quarters]  # type: ignore[operator]
    return {"rows": rows, "most": max((amount for _, amount, _ in rows), default=0)}


@login_required
@require_safe
def councillors_pdf(request: CouncilRequest, number: str, ordinal: int) -> HttpResponse:
    """The same as a PDF."""
    _, report = _published(request, number, ordinal)
    content = render_report(report, partnership=settings.PARTNERSHIP_NAME, demonstration=settings.DEMONSTRATION)
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{number}-{report.quarter_from:%Y-%m}.pdf"'
    return response
