"""Approvals of a buyer: what waits, for whom; one order with its working and the decision; reminding, withdrawing."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from frontend.buying import Buyer, SignedInRequest, buyer_for
from frontend.finance.listing import page_of
from frontend.formats import money
from frontend.run_words import fetch_meetings, when_words
from frontend.school import approval_words as words
from frontend.school.history import order_history
from marketplace.core.errors import DomainError, NotFound
from marketplace.core.files import files_of
from marketplace.organisations.models import Person
from marketplace.trading.engagements.queries import asked_booking_of
from marketplace.trading.models import Approval, OrderLine
from marketplace.trading.papers import OWNER_KIND
from marketplace.trading.queries import approvals_for
from marketplace.trading.services import Answer, decide, remind, standing, standings, withdraw
from marketplace.trading.services.approvals import may_withdraw
from marketplace.trading.services.deciding import REASON_LIMIT, paper_refusal

PER_PAGE = 25
ANSWERS = [
    (Answer.APPROVE.value, "Approve"),
    (Answer.DECLINE.value, "Do not approve"),
    (Answer.INTEREST.value, "I have an interest"),
    (Answer.NOT_FOR_ME.value, "Not for me"),
]


class DecisionForm(forms.Form):
    """What one says when asked; a reason is needed where it is not approved."""

    answer = forms.ChoiceField(
        label="Your decision",
        choices=ANSWERS,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose your decision"},
    )
    reason = forms.CharField(
        label="Reason", max_length=REASON_LIMIT, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def clean(self) -> dict[str, Any] | None:
        if self.cleaned_data.get("answer") == Answer.DECLINE and not self.cleaned_data.get("reason"):
            self.add_error("reason", "Enter the reason, so that the school knows why")
        return self.cleaned_data


def own_approval(buyer: Buyer, request: SignedInRequest, number: str) -> Approval:
    """The approval of one of the buyer's orders, or "Page not found"."""
    found = approvals_for(request.actor).filter(organisation=buyer.organisation, order__number=number)
    approval = found.select_related("rule", "scan", "order__invoice_to").defer("scan__content").first()
    if approval is None:
        raise NotFound("Page not found")
    return approval


@login_required
@require_safe
def approvals(request: SignedInRequest, kind: str, code: str) -> HttpResponse:
    """What the person can decide first, then what waits for others, then what was decided."""
    buyer, on = buyer_for(request, kind, code, deputies=True), timezone.localdate()
    own = approvals_for(request.actor).filter(organisation=buyer.organisation).prefetch_related("order__lines")
    waiting = list(own.filter(state=Approval.State.WAITING))
    found = standings(approvals=waiting, on=on, actor=request.actor)
    mine = [one for one in waiting if found[one.pk].may]
    page = page_of(request, own.exclude(state=Approval.State.WAITING).order_by("-closed_on", "-pk"), per_page=PER_PAGE)
    context = {
        "buyer": buyer,
        "mine": [(one, words.thing_words(one)) for one in mine],
        "others": [(one, words.thing_words(one)) for one in waiting if not found[one.pk].may],
        "page_obj": page,
        "decided": [(one, words.thing_words(one), words.decided_words(one)) for one in page],
        "stands_in_for": stands_in_for(request, buyer),
        "none_ever": not waiting and not page.paginator.count,
    }
    return render(request, "school/approvals.html", context)


def stands_in_for(request: SignedInRequest, buyer: Buyer) -> list[str]:
    """Whom the person represents here today, by name."""
    here = [one for one in request.actor.grants if one.organisation_id == buyer.organisation.pk]
    people = {one.on_behalf_of_person_id for one in here if one.on_behalf_of_person_id}
    return list(Person.objects.filter(pk__in=people).order_by("name").values_list("name", flat=True)) if people else []


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def approval(request: SignedInRequest, kind: str, code: str, number: str) -> HttpResponse:
    """One order with everything that matters for the decision; posting records it."""
    buyer, on = buyer_for(request, kind, code, deputies=True), timezone.localdate()
    found = own_approval(buyer, request, number)
    if request.method != "POST":
        return _show(request, buyer, found, DecisionForm())
    form = DecisionForm(request.POST)
    if not form.is_valid():
        return _show(request, buyer, found, form, status=400)
    answer = Answer(form.cleaned_data["answer"])
    try:
        decide(approval=found, answer=answer, reason=form.cleaned_data["reason"], on=on, actor=request.actor)
    except DomainError as error:
        found.refresh_from_db()
        return _show(request, buyer, found, DecisionForm(), errors=[error.message], status=error.status)
    messages.success(request, recorded_words(found, answer))
    return redirect(buyer.url("school-approvals"))


def recorded_words(approval: Approval, answer: Answer) -> str:
    """What came of the answer."""
    number, sum_ = approval.order.number, money(approval.order.total_pence)
    asked = asked_booking_of(approval.order)
    placed = f"{asked.engagement.number} is booked" if asked and asked.engagement else f"placed. {sum_} goes on account"
    return {
        Answer.APPROVE: f"{number} is approved{':' if asked else ' and'} {placed}.",
        Answer.DECLINE: f"{number} is not approved. "
        f"{'The consultant’s time is' if asked else 'Its places are'} free again and nothing is charged.",
        Answer.INTEREST: f"Your interest in {number} is recorded. Somebody else must decide.",
        Answer.NOT_FOR_ME: f"It is recorded that {number} is not for you. It waits for somebody else.",
    }[answer]


def _show(
    request: SignedInRequest,
    buyer: Buyer,
    found: Approval,
    form: DecisionForm,
    *,
    errors: list[str] | None = None,
    status: int = 200,
) -> HttpResponse:
    on = timezone.localdate()
    stand = standing(approval=found, on=on, actor=request.actor)
    stand_in = Person.objects.filter(pk=stand.on_behalf_of_person_id).first() if stand.on_behalf_of_person_id else None
    waiting = found.state == Approval.State.WAITING
    context = {
        **facts_of(found),
        "buyer": buyer,
        "form": form if stand.may else None,
        "errors": errors or [],
        "may_decide": stand.may,
        "why_not": "" if stand.may or not waiting else stand.reason,
        "stand_in": stand_in,
        "waiting_words": words.waiting_words(found, words.with_whom(found, on)) if waiting else "",
        "recusals": words.recusal_words(found) if waiting else [],
        "may_record": waiting and not paper_refusal(approval=found, on=on, actor=request.actor),
        "may_withdraw": waiting and may_withdraw(found, request.actor),
        "scan": found.scan,
        "papers": files_of(OWNER_KIND, found.order.number),
        "history": order_history(found.order.number, []),
        "back_url": buyer.url("school-approvals"),
    }
    return render(request, "school/approval.html", context, status=status)


def facts_of(found: Approval) -> dict[str, Any]:
    """What every page about a decision shows: the sums, why it is asked, each line with its working."""
    lines = list(found.order.lines.select_related("school", "run", "offer").order_by("pk"))
    fetch_meetings(line.run for line in lines)
    asked = asked_booking_of(found.order)
    return {
        "approval": found,
        "order": found.order,
        "lines": [_line(line) for line in lines],
        "schools": [asked.request.school.name] if asked else sorted({line.school.name for line in lines}),
        "asked": asked,
        "asked_words": words.asked_words(asked) if asked else [],
        "why": words.why_words(found),
        "places": sum(int(line.quantity) for line in lines if line.run_id),
        "decided": words.decided_words(found),
        "said": words.said_words(found) if found.how else {},
    }


def _line(line: OrderLine) -> dict[str, Any]:
    when = when_words(line.run) if line.run else ""
    return {"line": line, "when": when, "total": sum(step["pence"] or 0 for step in line.steps)}


@login_required
@require_POST
def send_reminder(request: SignedInRequest, kind: str, code: str, number: str) -> HttpResponse:
    """Reminds the approver; a governor gets a new link."""
    buyer = buyer_for(request, kind, code)
    found = own_approval(buyer, request, number)
    try:
        remind(approval=found, at=timezone.now(), actor=request.actor)
    except DomainError as error:
        return _show(request, buyer, found, DecisionForm(), errors=[error.message], status=error.status)
    who = words.with_whom(found, timezone.localdate())
    messages.success(request, f"{'A new link goes' if found.by_link else 'A reminder goes'} to {who}.")
    return redirect(buyer.url("school-approval", number=number))


@login_required
@require_POST
def take_back(request: SignedInRequest, kind: str, code: str, number: str) -> HttpResponse:
    """Withdraws the order."""
    buyer = buyer_for(request, kind, code)
    found = own_approval(buyer, request, number)
    try:
        withdraw(approval=found, on=timezone.localdate(), actor=request.actor)
    except DomainError as error:
        found.refresh_from_db()
        return _show(request, buyer, found, DecisionForm(), errors=[error.message], status=error.status)
    messages.success(request, f"{number} is withdrawn. Its places are free again and nothing is charged.")
    return redirect(buyer.url("school-approvals"))
