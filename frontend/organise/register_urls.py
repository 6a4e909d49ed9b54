"""Addresses of registers, and of what organisers read of attendance and satisfaction."""

from django.urls import path

from frontend.organise import course_reports, registers

urlpatterns = [
    path("registers", registers.registers, name="organise-registers"),
    path("dates/<slug:code>/register/<int:meeting>", registers.register, name="organise-register"),
    path(
        "dates/<slug:code>/register/<int:meeting>/correct/<int:pk>",
        registers.correct,
        name="organise-register-correct",
    ),
    path("reports/courses", course_reports.courses, name="organise-report-courses"),
    path("reports/courses/<slug:offer>", course_reports.course, name="organise-report-course"),
]
