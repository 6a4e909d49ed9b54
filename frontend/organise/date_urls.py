"""Addresses of the organisers' desk: course dates, messages, reports."""

from django.urls import URLPattern, path

from frontend.organise import changing, date, dates, ending, letters, reports

urlpatterns: list[URLPattern] = [
    path("dates", dates.dates, name="organise-dates"),
    path("dates/new", changing.new, name="organise-date-new"),
    path("dates/<slug:code>", date.organise_date, name="organise-date"),
    path("dates/<slug:code>/needs", date.needs, name="organise-date-needs"),
    path("dates/<slug:code>/copy", changing.copy, name="organise-date-copy"),
    path("dates/<slug:code>/places", changing.places, name="organise-date-places"),
    path("dates/<slug:code>/joining", changing.joining, name="organise-date-joining"),
    path("dates/<slug:code>/costs", changing.costs, name="organise-date-costs"),
    path("dates/<slug:code>/move", ending.move, name="organise-date-move"),
    path("dates/<slug:code>/cancel", ending.cancel, name="organise-date-cancel"),
    path("dates/<slug:code>/message", letters.write, name="organise-date-message"),
    path("messages", letters.letters, name="organise-messages"),
    path("reports", reports.reports, name="organise-reports"),
]
