"""Recording what a board decided at a meeting: its minute, the date, and a scan."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from frontend.buying import SignedInRequest, buyer_for
from frontend.fields import DatePartsField
from frontend.school.approvals import facts_of, own_approval, recorded_words
from marketplace.core.errors import DomainError
from marketplace.trading.models import Approval
from marketplace.trading.services import Answer, record_paper
from marketplace.trading.services.deciding import REASON_LIMIT

DECIDED = [(Answer.APPROVE.value, "The board approved it"), (Answer.DECLINE.value, "The board did not approve it")]


class PaperForm(forms.Form):
    """What stands in the minutes."""

    answer = forms.ChoiceField(label="Decision", choices=DECIDED, widget=forms.RadioSelect)
    minute_reference = forms.CharField(label="Reference of the minute", max_length=60)
    minuted_on = DatePartsField(label="Date of the meeting")
    reason = forms.CharField(label="Reason", max_length=REASON_LIMIT, required=False)
    scan = forms.FileField(label="Scan of the minute", allow_empty_file=True)

    def clean(self) -> dict[str, Any] | None:
        if self.cleaned_data.get("answer") == Answer.DECLINE and not self.cleaned_data.get("reason"):
            self.add_error("reason", "Enter the reason, so that whoever asked knows why")
        return self.cleaned_data


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def paper(request: SignedInRequest, kind: str, code: str, number: str) -> HttpResponse:
    """Records a decision made on paper, with the scan of its minute."""
    buyer = buyer_for(request, kind, code)
    found = own_approval(buyer, request, number)
    given = (request.POST, request.FILES) if request.method == "POST" else ()
    form = PaperForm(*given)
    back = buyer.url("school-approval", number=number)
    if found.state != Approval.State.WAITING:
        return redirect(back)
    if form.is_valid() and _recorded(request, found, form):
        answer = Answer(form.cleaned_data["answer"])
        messages.success(request, recorded_words(found, answer))
        return redirect(back)
    context = {**facts_of(found), "buyer": buyer, "form": form, "back_url": back}
    return render(request, "school/approval_paper.html", context, status=400 if form.is_bound else 200)


def _recorded(request: SignedInRequest, found: Approval, form: PaperForm) -> bool:
    """Whether it was recorded; if not, the form says why."""
    cleaned, scan = form.cleaned_data, form.cleaned_data["scan"]
    try:
        record_paper(
            approval=found,
            approved=cleaned["answer"] == Answer.APPROVE,
            minute_reference=cleaned["minute_reference"],
            minuted_on=cleaned["minuted_on"],
            reason=cleaned["reason"],
            scan=scan.file if scan else None,
            scan_name=scan.name if scan else "",
            on=timezone.localdate(),
            actor=request.actor,
        )
    except DomainError as error:
        about_file = error.code in ("wrong_file", "file_too_large")
        form.add_error("scan" if about_file else None, error.message)
        return False
    return True
