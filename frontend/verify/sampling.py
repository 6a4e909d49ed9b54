"""The sample for audit: drawing it, and what was drawn."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from frontend.finance.access import posted, said
from frontend.finance.listing import page_of
from frontend.formats import plural
from frontend.hub.words import claimed_words
from frontend.jinja import url
from frontend.verify.access import VerifyRequest, sample_page, show
from frontend.verify.deciding import claim_tag
from frontend.verify.forms import SampleForm
from marketplace.core.errors import DomainError
from subscriptions.outcomes.queries import sampled_for
from subscriptions.outcomes.services.watching import draw_sample


@sample_page
def sample(request: VerifyRequest) -> HttpResponse:
    """What was drawn, newest first, each with its return; and a new draw."""
    form = SampleForm(posted(request))
    if form.is_bound and form.is_valid():
        try:
            given = form.cleaned_data
            found = draw_sample(count=given["count"], seed=given["seed"], on=timezone.localdate(), actor=request.actor)
        except DomainError as error:
            form.add_error(None, " ".join(said(error)))
        else:
            drawn = plural(len(found), "claim")
            messages.success(request, f"{drawn} drawn. All accepted ones may be in the sample once.")
            return redirect(url("verify-sample"))
    page = page_of(request, sampled_for(request.actor))
    context = {
        "form": form,
        "page_obj": page,
        "rows": [
            {
                "submission": one,
                "state": claim_tag(one),
                "claimed": claimed_words(one.claimed, one.item.measure),
                "href": url("hub-return", number=one.item.contract.number, code=one.item.code),
            }
            for one in page
        ],
        "back_url": url("home"),
    }
    return show(request, "sample.html", context, status=400 if form.errors else 200)
