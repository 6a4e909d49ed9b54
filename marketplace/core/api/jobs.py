"""Long work, followed by programs."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpResponse
from django_filters import ChoiceFilter, FilterSet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.core.actors import Actor
from marketplace.core.api.binary import FileView, file_answer
from marketplace.core.api.views import ApiView, ListView
from marketplace.core.errors import NotFound
from marketplace.core.jobs import ask_to_cancel, file_made, jobs_for
from marketplace.core.models import Job


class JobFilters(FilterSet):
    """By state."""

    state = ChoiceFilter(choices=Job.State.choices)

    class Meta:
        model = Job
        fields: list[str] = []


class JobSerializer(serializers.Serializer[Any]):
    """A job and how far it is: ``accepted`` and ``refused`` parts make ``done``, of ``total``."""

    number = serializers.UUIDField()
    kind = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # the name of a field, not its label
    state = serializers.ChoiceField(choices=Job.State.choices)
    total = serializers.IntegerField()
    done = serializers.IntegerField()
    accepted = serializers.IntegerField()
    refused = serializers.IntegerField()
    result = serializers.DictField(help_text="What it brought, by its kind; empty until it is done.")
    error = serializers.CharField(allow_blank=True, help_text="Why it stopped.")
    cancel_asked = serializers.BooleanField()
    created_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)


_FIELDS = ("number", "kind", "label", "state", "total", "done", "accepted", "refused", "result", "error",
           "cancel_asked", "created_at", "finished_at")  # fmt: skip


def job_body(job: Job) -> dict[str, Any]:
    """A job as the API tells it, as it stands in the database."""
    return Job.objects.values(*_FIELDS).get(pk=job.pk)


def _job_for(actor: Actor, number: UUID) -> Job:
    found = jobs_for(actor).filter(number=number).first()
    if found is None:
        raise NotFound("There is no such job.")
    return found


class JobsView(ListView):
    """Jobs of the caller's own, or all."""

    area = "jobs"
    serializer_class = JobSerializer
    filterset_class = JobFilters
    columns = {name: name for name in _FIELDS}

    def rows(self) -> QuerySet[Job]:
        return jobs_for(self.actor)

    @extend_schema(operation_id="jobs", tags=["jobs"])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Your own jobs, or all for finance, the auditor and the administrator; newest first."""
        return self.page()


class JobView(ApiView):
    """One job."""

    area = "jobs"

    @extend_schema(operation_id="job", responses=JobSerializer, tags=["jobs"])
    def get(self, request: Request, number: UUID) -> Response:
        """One job and how far it is."""
        return Response(job_body(_job_for(self.actor, number)))


_FILE: Any = {(200, kind): OpenApiTypes.BINARY for kind in ("application/gzip", "application/zip", "text/csv")}


class JobFileView(FileView):
    """The file that a job made."""

    area = "jobs"

    @extend_schema(operation_id="job_file", responses=_FILE, tags=["jobs"])
    def get(self, request: Request, number: UUID) -> HttpResponse:
        """What the job made, such as refused lines or an export, for whoever may start or read such a job today."""
        made = file_made(_job_for(self.actor, number), self.actor)
        return file_answer(bytes(made.content), kind=made.content_type, name=made.name)


class JobCancelView(ApiView):
    """Cancelling a job."""

    area = "jobs"

    @extend_schema(operation_id="job_cancel", request=None, responses=JobSerializer, tags=["jobs"])
    def post(self, request: Request, number: UUID) -> Response:
        """Cancels a job that waits; one that runs stops after the part in hand. What is done stays done."""
        return Response(job_body(ask_to_cancel(job=_job_for(self.actor, number), actor=self.actor)))
