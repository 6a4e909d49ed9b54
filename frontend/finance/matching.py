"""Journey 5: matching bank lines on one page. The sure ones at once, the others one by one, the last one undone."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect

from frontend.finance.access import READ_AND_WRITE, FinanceRequest, finance_page, said, show
from frontend.finance.bank import settled_by, undone_words
from frontend.finance.customers import customer_for, customers_for
from frontend.finance.match_forms import LIKELY, SURE, LineForm, in_words, key_of
from frontend.finance.settling import AllocateForm, items_paid_by, oldest_first
from frontend.formats import money, plural
from frontend.jinja import url
from frontend.numbers import whole
from invoicing.banking.models import BankAccount, BankLine, BankMatch
from invoicing.banking.queries import (
    TO_MATCH,
    bank_account_for,
    candidates,
    line_for,
    lines_to_match,
    live_match,
    proposals_for,
    statements_for,
    sure_matches,
)
from invoicing.banking.rules.candidates import Candidates, Proposal
from invoicing.banking.services import (
    confirm_match,
    confirm_sure,
    ignore_line,
    mark_unidentified,
    record_other,
    undo_match,
)
from invoicing.banking.services.paid_out import confirm_payments
from marketplace.core.actors import Actor
from marketplace.core.errors import DomainError, NotFound
from marketplace.organisations.models import Organisation

_FOUND = 10


@finance_page(READ_AND_WRITE, section="finance-bank")
def match(request: FinanceRequest, account: str) -> HttpResponse:
    """One page, one job: confirm the sure ones, then decide line by line."""
    found = bank_account_for(request.actor, account)
    if request.method == "POST":
        actions: dict[str, Callable[[FinanceRequest, BankAccount], HttpResponse]] = {
            "sure": _confirm_sure, "line": _decide, "payer": _to_payer, "undo": _undo_last,
        }  # fmt: skip
        return actions.get(request.POST.get("action", ""), _page)(request, found)
    return _page(request, found)


def _page(
    request: FinanceRequest,
    account: BankAccount,
    *,
    form: Any = None,
    errors: list[str] | None = None,
    status: int = 200,
) -> HttpResponse:
    """The sure ones when there are some and nobody asked for a line; otherwise one line; or the end."""
    waiting = list(lines_to_match(request.actor, account).values_list("pk", flat=True))
    context: dict[str, Any] = {
        "account": account, "errors": errors, "statement": statements_for(request.actor).filter(account=account).first(),
        "left": len(waiting), "last": _last_match(request.actor, account), "back_url": url("finance-bank"),
        "here": url("finance-bank-match", account=account.pk),
    }  # fmt: skip
    asked = request.POST.get("line") or request.GET.get("line") or ""
    if not asked and "one" not in request.GET and request.method != "POST":
        sure = sure_matches(request.actor, account, at=SURE)
        if sure:
            names = Organisation.objects.in_bulk([proposal.payer_id for _, proposal in sure])
            rows = [(line, proposal, names[proposal.payer_id]) for line, proposal in sure]
            return show(
                request, "match_sure.html", {**context, "rows": rows, "sum": sum(line.pence for line, _ in sure)}
            )
    line = _line(request, account, asked, waiting)
    if line is None:
        return show(request, "match_done.html", context, status=status)
    return _line_page(request, line, waiting, context, form, status)


def _line(request: FinanceRequest, account: BankAccount, asked: str, waiting: list[int]) -> BankLine | None:
    """The line asked for while it still waits, or the first that does."""
    if number := whole(asked):
        line = line_for(request.actor, number)
        if line.account_id != account.pk:
            raise NotFound("There is no such bank line.")
        if line.state in TO_MATCH:
            return line
    return line_for(request.actor, waiting[0]) if waiting else None


def _line_page(
    request: FinanceRequest, line: BankLine, waiting: list[int], context: dict[str, Any], form: Any, status: int
) -> HttpResponse:
    facts = candidates(on=line.on)
    proposals = proposals_for(line, facts=facts)
    numbers = {item.id: item.number for item in facts.items}
    payers = Organisation.objects.in_bulk([proposal.payer_id for proposal in proposals])
    line_form = (
        form if isinstance(form, LineForm) else LineForm(line=line, proposals=proposals, initial=_first(proposals))
    )
    context |= {
        "line": line,
        "place": waiting.index(line.pk) + 1 if line.pk in waiting else None,
        "skip_to": _after(line.pk, waiting),
        "form": line_form,
        "options": [
            {
                "key": key_of(proposal),
                "payer": payers[proposal.payer_id],
                "reason": proposal.reason,
                "word": in_words(proposal.confidence),
                "pays": [(numbers.get(item, ""), pence) for item, pence in proposal.allocations],
                "sets_off": [(numbers.get(item, ""), pence) for _, item, pence in proposal.credits],
                "over": line.pence - sum(pence for _, pence in proposal.allocations),
            }
            for proposal in proposals
        ],
        **_payer_search(request, line, facts, form),
    }
    return show(request, "match_line.html", context, status=status)


def _first(proposals: list[Proposal]) -> dict[str, str]:
    return {"choice": key_of(proposals[0])} if proposals and proposals[0].confidence >= LIKELY else {}


def _after(pk: int, waiting: list[int]) -> int | None:
    """The next line that waits, round to the first; None when there is no other."""
    others = [other for other in waiting if other != pk]
    later = waiting[waiting.index(pk) + 1 :] if pk in waiting else []
    return next(iter(later or others), None)


def _plain(text: str | None) -> str:
    """What somebody typed, as the database can look for it."""
    return (text or "").replace("\0", "").strip()


def _payer_search(request: FinanceRequest, line: BankLine, facts: Candidates, form: Any) -> dict[str, Any]:
    """Customers found by a search, or the chosen one with its open items."""
    text = _plain(request.GET.get("q"))
    number = _plain(request.POST.get("payer") or request.GET.get("payer"))
    if number and line.pence > 0:
        payer = customer_for(request.actor, number)
        payer_form = form if isinstance(form, AllocateForm) else _payer_form(request.actor, line, payer, facts)
        return {"payer": payer, "payer_form": payer_form, "forms": [payer_form], "q": text}
    if not text:
        return {"q": ""}
    matching = Q(name__icontains=text) | Q(number__iexact=text) | Q(documents__number__iexact=text)
    found = customers_for(request.actor).filter(matching).distinct().order_by("name")[: _FOUND + 1]
    return {"q": text, "customers": list(found[:_FOUND]), "more": len(found) > _FOUND}


def _payer_form(actor: Actor, line: BankLine, payer: Organisation, facts: Candidates, data: Any = None) -> AllocateForm:
    """The open items of a payer and of those it pays for, earliest due first."""
    items = items_paid_by(actor, payer, facts)
    whole, initial = f"{money(line.pence)} that came in", oldest_first(line.pence, items)
    return AllocateForm(data, pence=line.pence, items=items, whole=whole, needed=False, initial=initial)


def _confirm_sure(request: FinanceRequest, account: BankAccount) -> HttpResponse:
    ids = [number for pk in request.POST.getlist("sure") if (number := whole(pk))]
    try:
        made = confirm_sure(account=account, at=SURE, line_ids=ids, actor=request.actor)
    except DomainError as error:
        return _page(request, account, errors=said(error), status=error.status)
    messages.success(request, f"{plural(len(made), 'line')} matched.")
    if len(made) < len(ids):
        gone = plural(len(ids) - len(made), "line")
        messages.warning(request, f"{gone} changed meanwhile and is left for a look.")
    return redirect(f"{url('finance-bank-match', account=account.pk)}?one=1")


def _waiting_line(request: FinanceRequest, account: BankAccount) -> BankLine:
    line = line_for(request.actor, whole(request.POST.get("line")))
    if line.account_id != account.pk:
        raise NotFound("There is no such bank line.")
    return line


def _next(request: FinanceRequest, account: BankAccount, line: BankLine) -> HttpResponse:
    later = lines_to_match(request.actor, account).filter(
        Q(on__gt=line.on) | Q(on=line.on, statement_id=line.statement_id, position__gt=line.position)
    )
    following = later.values_list("pk", flat=True).first()
    here = url("finance-bank-match", account=account.pk)
    return redirect(f"{here}?line={following}" if following else f"{here}?one=1")


def _amount(line: BankLine) -> str:
    """ "£12.50 out on 28 September"."""
    return f"{money(abs(line.pence))} {'in' if line.pence > 0 else 'out'} on {line.on:%-d %B}"


def _decide(request: FinanceRequest, account: BankAccount) -> HttpResponse:
    line = _waiting_line(request, account)
    form = LineForm(request.POST, line=line, proposals=proposals_for(line))
    if not form.is_valid():
        return _page(request, account, form=form, status=400)
    try:
        made = _explain(line, form, request.actor)
    except DomainError as error:
        return _page(request, account, form=form, errors=said(error), status=error.status)
    paid_out = form.cleaned_data["choice"] in form.payments
    messages.success(request, f"{_amount(line)}: {made.reason if paid_out else made.get_kind_display().lower() + '.'}")
    return _next(request, account, line)


def _explain(line: BankLine, form: LineForm, actor: Actor) -> BankMatch:
    choice = form.cleaned_data["choice"]
    if choice == "unidentified":
        return mark_unidentified(line=line, actor=actor)
    if choice == "ignore":
        return ignore_line(line=line, reason=form.cleaned_data["reason"], actor=actor)
    if choice in form.payments:
        return confirm_payments(line=line, payment_ids=form.payments[choice][1], actor=actor)
    if choice == "other":
        account_code, narrative = form.cleaned_data["account_code"], form.cleaned_data["narrative"]
        return record_other(line=line, account_code=account_code, narrative=narrative, actor=actor)
    return confirm_match(line=line, proposal=form.proposals[choice], actor=actor)


def _to_payer(request: FinanceRequest, account: BankAccount) -> HttpResponse:
    """Matches a line to the customer that a person chose, with the amounts that they typed."""
    line = _waiting_line(request, account)
    payer = customer_for(request.actor, _plain(request.POST.get("payer")))
    form = _payer_form(request.actor, line, payer, candidates(on=line.on), request.POST)
    if not form.is_valid():
        return _page(request, account, form=form, status=400)
    pairs = tuple((item.pk, pence) for item, pence in form.pairs())
    reason = f"{request.actor.name} found {payer.name} to be the payer of {money(line.pence)}."
    try:
        confirm_match(line=line, proposal=Proposal(Decimal(1), reason, payer.pk, pairs), actor=request.actor)
    except DomainError as error:
        return _page(request, account, form=form, errors=said(error), status=error.status)
    messages.success(request, f"{_amount(line)}: received from {payer.name}.")
    return _next(request, account, line)


def _last_match(actor: Actor, account: BankAccount) -> BankMatch | None:
    """The actor's own latest match of this account that still stands."""
    if actor.person_id is None:
        return None
    live = BankMatch.objects.filter(line__account=account, state=BankMatch.State.CONFIRMED)
    own = live.filter(confirmed_by_person_id=actor.person_id).select_related("line", "receipt__organisation")
    return own.order_by("-pk").first()


def _undo_last(request: FinanceRequest, account: BankAccount) -> HttpResponse:
    line = _waiting_line(request, account)
    reopened = settled_by(live_match(line))
    try:
        undo_match(line=line, reason="Undone while matching", actor=request.actor)
    except DomainError as error:
        return _page(request, account, errors=said(error), status=error.status)
    messages.success(request, undone_words(reopened))
    return redirect(f"{url('finance-bank-match', account=account.pk)}?line={line.pk}")
