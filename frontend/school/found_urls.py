"""Addresses of comparing and of the calendar."""

from django.urls import URLPattern, path

from frontend.school import calendar, calendar_files, comparing

BUYER = "<buyer:kind>/<slug:code>"

urlpatterns: list[URLPattern] = [
    path("find/compare", comparing.compare, name="find-compare"),
    path(f"{BUYER}/find/compare", comparing.school_compare, name="school-compare"),
    path("calendar", calendar.calendar, name="calendar"),
    path("calendar.ics", calendar_files.calendar_feed, name="calendar-feed"),
    path(f"{BUYER}/calendar", calendar.school_calendar, name="school-calendar"),
]
