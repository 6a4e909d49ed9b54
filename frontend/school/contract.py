"""A contract with another supplier: what was entered, its documents and history, and what one decides about its end."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from frontend.buying import TRUST, Buyer, SignedInRequest
from frontend.finance.history import names_of, when, who
from frontend.formats import long_date, money, period, plural
from frontend.school.contract_forms import DocumentForm
from frontend.school.contracts import TAGS, holders_of, register_buyer
from frontend.school.resources import as_attachment
from marketplace.core.errors import DomainError, NotFound
from marketplace.core.event_queries import events_for
from subscriptions.models import ContractDocument, OutsideContract
from subscriptions.queries import contract_for, entry_of
from subscriptions.register.documents import open_document
from subscriptions.register.entries import Entry
from subscriptions.register.quoting import band_rules
from subscriptions.register.rules.buying import related_rule, rule_words
from subscriptions.register.rules.categories import category_words
from subscriptions.register.services import VAT_CATEGORIES
from subscriptions.services import add_document, decide_notice, take_document_off

MOST_EVENTS = 50
KINDS = {str(value): str(label) for value, label in ContractDocument.Kind.choices}
_HAPPENED = {
    "outside_contract.added": "Entered",
    "outside_contract.changed": "Changed",
    "outside_contract.ended": "Ended",
    "outside_contract.decided": "Decided",
    "outside_contract.notice_near": "Reminder of the notice date sent",
    "outside_contract.document_added": "Document added",
    "outside_contract.document_taken_off": "Document taken off",
}
_DECIDED = {"keep": "To be kept", "notice": "Notice given", "": "Open again"}


def own_contract(request: SignedInRequest, kind: str, code: str, number: str) -> tuple[Buyer, OutsideContract]:
    """The buyer of the address and its contract, or NotFound."""
    buyer = register_buyer(request, kind, code)
    return buyer, contract_for(request.actor, holders_of(buyer, request), number)


@login_required
@require_safe
def contract(request: SignedInRequest, kind: str, code: str, number: str) -> HttpResponse:
    """What stands in the contract, what its value asks for, documents with their versions, history."""
    buyer, found = own_contract(request, kind, code, number)
    on = timezone.localdate()
    entry = entry_of(request.actor, found, on)
    papers = list(found.documents.select_related("stored").defer("stored__content").order_by("title", "-version"))
    rule = band_rules([found.organisation_id], on)[found.organisation_id]
    context = {
        "buyer": buyer,
        "contract": found,
        "entry": entry,
        "facts": _facts(buyer, found, entry),
        "tag_name": TAGS[entry.state],
        "several_schools": buyer.kind == TRUST,
        "current": [_paper(one) for one in papers if one.ended_on is None],
        "earlier": [_paper(one) for one in papers if one.ended_on is not None],
        "asks": _asks(entry, on),
        "rule": rule_words(rule),
        "events": _events(request, found),
        "may_change": found.ended_on is None,
        "asks_decision": found.ended_on is None and found.notice_by is not None and found.runs_to > on,
        "back_url": buyer.url("school-contracts"),
    }
    return render(request, "school/contract.html", context)


def _facts(buyer: Buyer, one: OutsideContract, entry: Entry) -> list[dict[str, Any]]:
    vat = f"{(one.vat_rate * 100).normalize():f}%" if one.vat_rate else VAT_CATEGORIES[one.vat_category].lower()
    whole = entry.whole
    rows: list[dict[str, Any]] = [
        {"key": "Supplier", "value": one.supplier},
        {"key": "Category", "value": category_words(one.cfr_code)},
        {"key": "Runs", "value": period(one.term_from, one.term_to)},
        {"key": "A year, before VAT", "value": f"{money(one.year_pence)} (VAT {vat})"},
        {
            "key": "Whole term, with VAT",
            "value": f"{money(whole.gross.pence)}: {money(whole.net.pence)} and {money(whole.vat.pence)} VAT",
        },
        {"key": "When it ends", "value": one.get_renewal_display()},
        {"key": "Notice", "value": _notice_words(one)},
        {"key": "Looked after by", "value": one.owner_person.name if one.owner_person else "Everybody who buys"},
        {"key": "Related party", "value": _related_words(one)},
        {"key": "Quotes on record", "value": str(entry.quotes)},
    ]
    if buyer.kind == TRUST:
        rows.insert(0, {"key": "School", "value": one.organisation.name})
    if one.ended_on:
        rows.append({"key": "Not running since", "value": long_date(one.ended_on)})
    if one.notes:
        rows.append({"key": "Notes", "value": one.notes})
    return rows


def _notice_words(one: OutsideContract) -> str:
    if one.notice_by is None:
        return "None needed"
    said = f"By {long_date(one.notice_by)}, {plural(one.notice_weeks, 'week')} before it ends"
    if one.decision and one.decided_on:
        said += f". {_DECIDED[one.decision]}, noted on {long_date(one.decided_on)}"
    return said


def _related_words(one: OutsideContract) -> str:
    words = {"none": "No", "interest": "Yes, not declared", "declared": "Yes, declared"}[one.related]
    return f"{words}: {one.related_role}" if one.related_role else words


def _asks(entry: Entry, on: date) -> list[str]:
    """What the value of the contract asks for, and whether it is there."""
    said = [
        f"{money(entry.whole.gross.pence)} over the whole term with VAT lies in the band {entry.band_words}: "
        f"{entry.band.words[:1].lower()}{entry.band.words[1:]}. "
        + (
            f"{plural(entry.quotes_missing, 'quote')} still to be recorded."
            if entry.quotes_missing
            else f"{plural(entry.quotes, 'quote')} on record."
        )
    ]
    if entry.needs_declaration:
        rule = related_rule(on)
        there = "It is there." if entry.declared else "It is missing: add it as a document."
        said.append(f"A related party above {money(rule.above_pence)} a year needs a declaration. {there}")
    return said


def _paper(one: ContractDocument) -> dict[str, Any]:
    file = one.stored
    size = f"{max(1, file.size // 1024):,} KB" if file else ""
    return {"document": one, "kind": KINDS[one.kind], "file": file.name if file else "", "size": size}


def _events(request: SignedInRequest, one: OutsideContract) -> list[dict[str, str]]:
    """What happened to it, newest first. Two queries."""
    own = events_for(request.actor).filter(subject_kind="outside_contract", subject=one.number)
    found = list(own.filter(kind__in=_HAPPENED).order_by("-pk")[:MOST_EVENTS])
    names = names_of(event.actor_person_id for event in found)
    return [
        {
            "title": _HAPPENED[event.kind],
            "by": who(event.actor_person_id, event.actor_label, names),
            "when": when(event.at),
            "text": _DECIDED[event.payload["decision"]] if event.kind == "outside_contract.decided" else "",
        }
        for event in found
    ]


@login_required
@require_POST
def notice(request: SignedInRequest, kind: str, code: str, number: str) -> HttpResponse:
    """Notes what is decided about the coming end."""
    buyer, found = own_contract(request, kind, code, number)
    decision = request.POST.get("decision", "")[:10]
    try:
        decide_notice(contract=found, decision=decision, on=timezone.localdate(), actor=request.actor)
    except DomainError as error:
        messages.error(request, error.message)
    else:
        said = {"keep": "It is noted that you keep it.", "notice": "It is noted that notice was given to the supplier."}
        messages.success(request, f"{said.get(decision, 'The note is taken back.')} {_silence(decision)}")
    return redirect(buyer.url("school-contract", number=found.number))


def _silence(decision: str) -> str:
    return "Nobody is reminded of this notice date any more." if decision else "You are reminded again."


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def documents(request: SignedInRequest, kind: str, code: str, number: str) -> HttpResponse:
    """Adds a document, or the next version of one."""
    buyer, found = own_contract(request, kind, code, number)
    back = buyer.url("school-contract", number=found.number)
    form = DocumentForm(request.POST, request.FILES) if request.method == "POST" else DocumentForm()
    if form.is_bound and form.is_valid() and _added(request, found, form):
        messages.success(request, f"{form.cleaned_data['title']} is added.")
        return redirect(back)
    context = {"buyer": buyer, "contract": found, "form": form, "back_url": back}
    return render(request, "school/contract_document.html", context, status=400 if form.is_bound else 200)


def _added(request: SignedInRequest, found: OutsideContract, form: DocumentForm) -> bool:
    """Whether it was added; if not, the form says why."""
    given = form.cleaned_data
    try:
        add_document(
            contract=found, kind=given["kind"], title=given["title"], upload=given["file"].file,
            name=given["file"].name, on=timezone.localdate(), actor=request.actor,
        )  # fmt: skip
    except DomainError as error:
        form.add_error("file" if error.code in ("wrong_file", "file_too_large") else None, error.message)
        return False
    return True


def _own_document(found: OutsideContract, pk: int) -> ContractDocument:
    one = found.documents.select_related("contract").filter(pk=pk).first()
    if one is None:
        raise NotFound("Page not found")
    return one


@login_required
@never_cache
@require_GET
def document(request: SignedInRequest, kind: str, code: str, number: str, pk: int) -> HttpResponse:
    """The file of a version: saved, never shown in the page; every sight is recorded."""
    _, found = own_contract(request, kind, code, number)
    return as_attachment(open_document(document=_own_document(found, pk), actor=request.actor))


@login_required
@require_POST
def take_off(request: SignedInRequest, kind: str, code: str, number: str, pk: int) -> HttpResponse:
    """Takes a document off and deletes its file."""
    buyer, found = own_contract(request, kind, code, number)
    one = _own_document(found, pk)
    try:
        take_document_off(document=one, on=timezone.localdate(), actor=request.actor)
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, f"{one.title} is taken off and its file deleted.")
    return redirect(buyer.url("school-contract", number=found.number))
