"""The register of schools, uploaded: a check that saves nothing, then the import. Both are jobs with pages."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from frontend.buying import SignedInRequest
from frontend.finance.history import names_of, when, who
from frontend.jobs.words import shown
from frontend.office.organisations import require_administrator
from marketplace.core.errors import DomainError, NotFound
from marketplace.core.jobs import JobAlreadyRuns, jobs_for
from marketplace.core.models import Job
from marketplace.organisations.services.gias.job import CHECK, IMPORT, check_upload, import_checked

LIMIT_BYTES = 100 * 1024 * 1024  # the register of all schools is about 65 megabytes
SHOWN = 20


class RegisterForm(forms.Form):
    """The register's file as it was downloaded, and which authorities to take from it."""

    file = forms.FileField(
        label="File of the register",
        help_text="The CSV file edubasealldata… from Get Information about Schools",
        allow_empty_file=True,
        error_messages={"required": "Choose the register's file"},
    )
    authorities = forms.CharField(
        label="LA codes",
        help_text="Three digits each, such as 202, separated by spaces. Leave it empty for all schools of the file",
        required=False,
        max_length=700,
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > LIMIT_BYTES:
            raise forms.ValidationError("File of the register must be smaller than 100 MB")
        return file

    def clean_authorities(self) -> list[str]:
        codes: list[str] = self.cleaned_data["authorities"].replace(",", " ").split()
        for code in codes:
            if not (len(code) == 3 and code.isascii() and code.isdigit()):
                raise forms.ValidationError(f"LA codes must be three digits each, like 202, not {code}")
        return codes


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def imports(request: SignedInRequest) -> HttpResponse:
    """Upload and check; or, from a check's page, import what was checked."""
    require_administrator(request.actor)
    if request.POST.get("check"):
        return _import(request, request.POST["check"])
    form = RegisterForm(request.POST, request.FILES) if request.method == "POST" else RegisterForm()
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            job = check_upload(
                content=file.read(), name=file.name or "register.csv",
                authorities=form.cleaned_data["authorities"], actor=request.actor,
            )  # fmt: skip
        except DomainError as error:
            form.add_error(None if isinstance(error, JobAlreadyRuns) else "file", error.message)
        else:
            return redirect("job", number=job.number)
    found = jobs_for(request.actor).filter(kind__in=[CHECK, IMPORT]).order_by("-pk")[:SHOWN]
    names = names_of(job.starter_person_id for job in found)
    now = timezone.now()
    rows = [(shown(job, request.actor, now=now), who(job.starter_person_id, job.starter_label, names)) for job in found]
    context = {"form": form, "rows": rows, "when": when}
    return render(request, "office/imports.html", context, status=400 if form.errors else 200)


def _import(request: SignedInRequest, number: str) -> HttpResponse:
    try:
        check = Job.objects.get(number=UUID(number), kind=CHECK)
    except (ValueError, Job.DoesNotExist):
        raise NotFound("Page not found") from None
    return redirect("job", number=import_checked(check=check, actor=request.actor).number)
