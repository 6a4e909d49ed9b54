"""A governor without an account decides by a signed link: reading uses nothing up, recording does."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from frontend.school.approvals import DecisionForm, facts_of
from frontend.secret_addresses import private
from marketplace.core.errors import DomainError
from marketplace.trading.models import Approval
from marketplace.trading.services import AlreadyDecided, Answer, ApprovalRanOut, LinkGone, ask_new_link, decide_by_link
from marketplace.trading.services.links import approval_by_link


class GovernorForm(DecisionForm):
    """The decision with who makes it, since nobody is signed in."""

    name = forms.CharField(label="Your name", max_length=120, error_messages={"required": "Enter your name"})
    role = forms.CharField(label="Your role", max_length=80, error_messages={"required": "Enter your role"})
    field_order = ["answer", "reason", "name", "role"]


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def decide(request: HttpRequest, token: str) -> HttpResponse:
    """The order and the decision; a link that does not work says so without any name."""
    now = timezone.now()
    try:
        found = approval_by_link(token=token, at=now)
        form = GovernorForm(request.POST if request.method == "POST" else None)
        if form.is_valid():
            given = form.cleaned_data
            answer = Answer(given["answer"])
            try:
                decide_by_link(
                    token=token, answer=answer, reason=given["reason"], name=given["name"], role=given["role"], at=now
                )
            except (LinkGone, AlreadyDecided, ApprovalRanOut):
                raise LinkGone("") from None
            except DomainError as error:
                form.add_error(None, error.message)
            else:
                return private(redirect(reverse("decide-done", kwargs={"answer": answer.value})))
    except LinkGone:
        return _gone(request, token)
    return private(_show(request, token, found, form))


def _show(request: HttpRequest, token: str, found: Approval, form: GovernorForm) -> HttpResponse:
    context: dict[str, Any] = {**facts_of(found), "form": form, "token": token}
    return render(request, "public/decide.html", context, status=400 if form.is_bound else 200)


def _gone(request: HttpRequest, token: str) -> HttpResponse:
    return private(render(request, "public/decide_gone.html", {"token": token}, status=404))


@never_cache
@require_POST
def new_link(request: HttpRequest, token: str) -> HttpResponse:
    """Asks for a new link; what the page says is the same whether one is sent or not."""
    ask_new_link(token=token, at=timezone.now())
    return private(redirect("decide-sent"))


@never_cache
@require_safe
def sent(request: HttpRequest) -> HttpResponse:
    """What happens after a new link was asked for."""
    return private(render(request, "public/decide_sent.html"))


@never_cache
@require_safe
def done(request: HttpRequest, answer: str) -> HttpResponse:
    """The end of the journey, without the order: the link is used up."""
    known = answer if answer in set(Answer) else Answer.APPROVE.value
    return private(render(request, "public/decide_done.html", {"answer": known}))
