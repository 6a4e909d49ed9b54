"""A council payments officer's pages: the journals sent to their council, and one of them to confirm."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Sum
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from frontend.buying import Buyer, SignedInRequest, buyer_for, buyers_of
from frontend.finance.council_journal_forms import ConfirmForm
from frontend.finance.council_journals import confirmed_words, file_response, state_of_journal
from frontend.finance.listing import csv_url, page_of, wants_csv
from invoicing.council_journals.models import CouncilJournal
from invoicing.council_journals.queries import council_journal_for, council_journals_for, file_lines
from invoicing.services import confirm_council_journal
from marketplace.core.actors import Actor, Role
from marketplace.core.errors import DomainError, NotFound

PER_PAGE = 25
_ROLES = frozenset({Role.COUNCIL_PAYMENTS})
State = CouncilJournal.State


@login_required
@require_safe
def journals(request: SignedInRequest, kind: str, code: str) -> HttpResponse:
    """The journals sent to the council, latest first."""
    council = buyer_for(request, kind, code, _ROLES)
    found = council_journals_for(request.actor).filter(authority=council.organisation, sent_on__isnull=False)
    page = page_of(request, found, per_page=PER_PAGE)
    waiting = found.filter(state=State.SENT).aggregate(pence=Sum("gross_pence", default=0))["pence"]
    context = {
        "buyer": council,
        "page_obj": page,
        "rows": [(row, state_of_journal(row)) for row in page],
        "waiting_pence": waiting,
    }
    return render(request, "school/council_journals.html", context)


def _own(council: Buyer, actor: Actor, number: str) -> CouncilJournal:
    found = council_journal_for(actor, number)
    if found.authority_id != council.organisation.pk or found.sent_on is None:
        raise NotFound(f"There is no council journal {number}.")
    return found


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def journal(request: SignedInRequest, kind: str, code: str, number: str) -> HttpResponse:
    """One journal with its file, to confirm once the council has posted it."""
    council = buyer_for(request, kind, code, _ROLES)
    found = _own(council, request.actor, number)
    if wants_csv(request):
        return file_response(found)
    form = ConfirmForm(
        request.POST if request.method == "POST" else None, initial={"confirmed_on": timezone.localdate()}
    )
    errors: list[str] = []
    status = 400 if form.is_bound else 200
    if form.is_valid():
        given = form.cleaned_data
        try:
            done = confirm_council_journal(
                journal=found, reference=given["reference"], on=given["confirmed_on"], actor=request.actor
            )
        except DomainError as error:
            errors, status = [error.message, *error.detail], error.status
        else:
            messages.success(request, confirmed_words(done))
            return redirect(council.url("school-council-journal", number=number))
    context = {
        "buyer": council, "journal": found, "state": state_of_journal(found), "form": form, "errors": errors,
        "page_obj": page_of(request, list(file_lines(found))), "csv_url": csv_url(request),
        "may_confirm": found.state == State.SENT, "back_url": council.url("school-council-journals"),
    }  # fmt: skip
    return render(request, "school/council_journal.html", context, status=status)


def councils_of(actor: Actor) -> list[Buyer]:
    """The councils whose journals the actor confirms."""
    return buyers_of(actor, _ROLES) if actor.has(Role.COUNCIL_PAYMENTS) and not actor.system else []


def waits_for(actor: Actor) -> list[dict[str, Any]]:
    """Journals that wait for the actor's council to post and confirm them, one item each. Two queries."""
    own = {one.organisation.pk: one for one in councils_of(actor)}
    if not own:
        return []
    sent = council_journals_for(actor).filter(state=State.SENT, authority_id__in=own)
    return [
        {
            "text": f"Confirm council journal {row.number}",
            "href": own[row.authority_id].url("school-council-journal", number=row.number),
            "pence": row.gross_pence,
            "since": row.sent_on,
            "next": "Post it in your ledger, then give its reference",
            "organisation": row.authority_id,
        }
        for row in sent
    ]
