"""The addresses of the auditor's pages."""

from django.urls import path

from frontend.audit import event, events, seals

urlpatterns = [
    path("events", events.events, name="audit-events"),
    path("events/<int:pk>", event.event, name="audit-event"),
    path("seals", seals.seals, name="audit-seals"),
]
