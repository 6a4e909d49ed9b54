"""Long jobs: the list of one's own, the page of one with its progress, and what can be done about it."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from frontend.buying import SignedInRequest
from frontend.finance.history import names_of, when, who
from frontend.finance.listing import page_of
from frontend.jobs.words import shown
from marketplace.core.errors import NotFound
from marketplace.core.jobs import ask_to_cancel, file_made, go_on, jobs_for
from marketplace.core.models import Job

POLL_SECONDS, REFRESH_SECONDS = 2, 5  # with script, and without


@login_required
@require_safe
def jobs(request: SignedInRequest) -> HttpResponse:
    """The jobs that this person may see, newest first."""
    page = page_of(request, jobs_for(request.actor).order_by("-pk"), per_page=25)
    names = names_of(job.starter_person_id for job in page)
    rows = [(job, who(job.starter_person_id, job.starter_label, names)) for job in page]
    return render(request, "jobs/jobs.html", {"page_obj": page, "rows": rows, "when": when})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def job(request: SignedInRequest, number: UUID) -> HttpResponse:
    """One job. With script a part of the page is asked for anew; when the job ends, the whole page."""
    found = _job_for(request, number)
    if request.method == "POST":
        return _act(request, found)
    view = shown(found, request.actor, now=timezone.now())
    context = {
        "shown": view,
        "here": reverse("job", kwargs={"number": number}),
        "poll": POLL_SECONDS,
        "refresh": REFRESH_SECONDS,
    }
    if getattr(request, "htmx", False):
        if not view.live:
            return HttpResponse(headers={"HX-Refresh": "true"})
        context["tell"] = request.GET.get("said", "") != view.quarter
        return render(request, "jobs/_progress.html", context)
    names = names_of([found.starter_person_id])
    context |= {
        "starter": who(found.starter_person_id, found.starter_label, names),
        "when": when,
        "back_url": reverse("jobs"),
    }
    return render(request, "jobs/job.html", context)


def _act(request: SignedInRequest, found: Job) -> HttpResponse:
    """Cancel or go on; a refusal is said above the page."""
    if request.POST.get("do") == "cancel":
        changed = ask_to_cancel(job=found, actor=request.actor)
        if changed.state != Job.State.CANCELLED:
            messages.info(request, "It stops as soon as the part in hand is done. What is done stays done.")
    elif request.POST.get("do") == "go-on":
        go_on(job=found, actor=request.actor)
        messages.success(request, "It goes on where it stopped.")
    return redirect("job", number=found.number)


@login_required
@require_safe
def file(request: SignedInRequest, number: UUID) -> HttpResponse:
    """What the job made: refused lines, an export. Only for those who may start such a job today."""
    made = file_made(_job_for(request, number), request.actor)
    response = HttpResponse(bytes(made.content), content_type=made.content_type)
    response["Content-Disposition"] = f'attachment; filename="{made.name}"'
    response["Cache-Control"] = "no-store"
    return response


def _job_for(request: SignedInRequest, number: UUID) -> Job:
    found = jobs_for(request.actor).filter(number=number).first()
    if found is None:
        raise NotFound("Page not found")
    return found
