"""Addresses of a person's own courses and record."""

from django.urls import path

from frontend import certificates
from frontend.me import courses, record

urlpatterns = [
    path("courses", courses.courses, name="me-courses"),
    path("courses/<int:pk>", courses.place, name="me-course"),
    path("record", record.record, name="me-record"),
    path("record/add", record.add, name="me-record-add"),
    path("record/<int:pk>/remove", record.remove, name="me-record-remove"),
    path("record/pdf", record.paper, name="me-record-pdf"),
    path("certificates/<slug:number>", certificates.paper, name="me-certificate"),
]
