"""The partnership's pages of matched funding: schemes with what is left of them, opening one, and promising within it."""

from datetime import timedelta
from decimal import Decimal

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from frontend.finance.access import posted, said
from frontend.finance.history import history_of
from frontend.finance.listing import page_of
from frontend.formats import money, plural
from frontend.jinja import url
from frontend.organise.access import READ_AND_WRITE, OrganiserRequest, show
from frontend.organise.support_access import WRITERS, support_page
from frontend.organise.support_forms import PromiseForm, SchemeForm
from frontend.outcomes.contract_words import contract_tag
from marketplace.core.actors import Role
from marketplace.core.errors import DomainError
from marketplace.core.money import Money
from marketplace.core.periods import Period
from marketplace.core.wording import period_words
from subscriptions.support.models import MatchedPromise, MatchedScheme
from subscriptions.support.queries import promisable, promises_of, scheme_for, schemes_for
from subscriptions.support.services.matching import open_scheme, promise_match

PER_PAGE = 25
OPENERS = (Role.FINANCE_MANAGER,)


@support_page()
def schemes(request: OrganiserRequest) -> HttpResponse:
    """All schemes, the latest first, each with what is left to promise."""
    page = page_of(request, schemes_for(request.actor), per_page=PER_PAGE)
    context = {
        "page_obj": page, "rows": [(one, period_words(one.valid_from, one.valid_to), _percent(one)) for one in page],
        "count_text": plural(page.paginator.count, "scheme"), "may_open": request.actor.has(*OPENERS),
    }  # fmt: skip
    return show(request, "matched_schemes.html", context)


def _percent(scheme: MatchedScheme) -> str:
    """ "50%"."""
    return f"{(scheme.share * 100).normalize():f}%"


@support_page(READ_AND_WRITE, roles=OPENERS)
def new(request: OrganiserRequest) -> HttpResponse:
    """Opens a scheme."""
    form = SchemeForm(posted(request))
    if form.is_bound and form.is_valid():
        try:
            made = _opened(request, form)
        except DomainError as error:
            form.add_error(None, " ".join(said(error)))
        else:
            messages.success(request, f"{made.title} is open: {money(made.budget_pence)} may be promised.")
            return redirect(url("organise-matched-scheme", code=made.code))
    context = {"form": form, "back_url": url("organise-matched")}
    return show(request, "matched_new.html", context, status=400 if form.errors else 200)


def _opened(request: OrganiserRequest, form: SchemeForm) -> MatchedScheme:
    given = form.cleaned_data
    return open_scheme(
        code=given["code"], title=given["title"], share=given["share"] / Decimal(100), most=Money(given["most"]),
        budget=Money(given["budget"]), term=Period(given["first"], given["last"] + timedelta(days=1)),
        evidence=given["evidence"], account_code=given["account"], stream_code=given["stream"], actor=request.actor,
    )  # fmt: skip


@support_page()
def scheme(request: OrganiserRequest, code: str) -> HttpResponse:
    """One scheme: what is promised and left, and each promise with where its contract stands."""
    found = scheme_for(request.actor, code)
    page = page_of(request, promises_of(found), per_page=PER_PAGE)
    context = {
        "scheme": found, "term": period_words(found.valid_from, found.valid_to), "percent": _percent(found),
        "page_obj": page, "rows": [(one, contract_tag(one.contract)) for one in page],
        "may_promise": request.actor.has(*WRITERS) and found.valid_from <= timezone.localdate() < found.valid_to,
        "history": history_of(subject_kind="matched_scheme", subject=code), "back_url": url("organise-matched"),
    }  # fmt: skip
    return show(request, "matched_scheme.html", context)


@support_page(READ_AND_WRITE, roles=WRITERS)
def promise(request: OrganiserRequest, code: str) -> HttpResponse:
    """What would be promised first, by the same calculation; then the promise, never less than was shown."""
    found = scheme_for(request.actor, code)
    form = PromiseForm(posted(request))
    would: int | None = None
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        would = promisable(found, given["school"], given["spend"])
        if request.POST.get("do") == "promise" and given["expected"] is not None:
            try:
                made = _promised(request, found, form)
            except DomainError as error:
                form.add_error(None, " ".join(said(error)))
            else:
                messages.success(
                    request,
                    f"{money(made.pence)} is promised to {made.contract.party.name} under {made.contract.number}.",
                )
                return redirect(url("organise-matched-scheme", code=code))
    context = {
        "scheme": found, "form": form, "would": would, "percent": _percent(found),
        "back_url": url("organise-matched-scheme", code=code),
    }  # fmt: skip
    return show(request, "matched_promise.html", context, status=400 if form.errors else 200)


def _promised(request: OrganiserRequest, scheme: MatchedScheme, form: PromiseForm) -> MatchedPromise:
    given = form.cleaned_data
    return promise_match(
        scheme=scheme, school=given["school"], what=given["what"], spend=Money(given["spend"]), by=given["by"],
        on=timezone.localdate(), actor=request.actor, expected=Money(given["expected"]),
    )  # fmt: skip
