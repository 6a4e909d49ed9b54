"""Addresses of a school's requests to consultants and its bookings of them."""

from django.urls import URLPattern, path

from frontend.school import consultant_bookings, consultants, releases, retainers, shared_bookings

BUYER = "<buyer:kind>/<slug:code>"
BOOKING = f"{BUYER}/consultants/bookings/<slug:number>"

urlpatterns: list[URLPattern] = [
    path(f"{BUYER}/consultants", consultants.consultants, name="school-consultants"),
    path(f"{BUYER}/consultants/ask", consultants.ask, name="school-consultant-ask"),
    path(f"{BUYER}/consultants/requests", consultants.requests, name="school-consultant-requests"),
    path(f"{BUYER}/consultants/requests/<slug:number>", consultants.request_page, name="school-consultant-request"),
    path(
        f"{BUYER}/consultants/requests/<slug:number>/accept/<int:quote>",
        consultants.accept,
        name="school-consultant-accept",
    ),
    path(f"{BUYER}/consultants/bookings", consultant_bookings.bookings, name="school-consultant-bookings"),
    path(BOOKING, consultant_bookings.booking, name="school-consultant-booking"),
    path(f"{BOOKING}/dates/new", consultant_bookings.new_date, name="school-consultant-date-new"),
    path(f"{BOOKING}/dates/<int:ordinal>", consultant_bookings.change_date, name="school-consultant-date"),
    path(f"{BOOKING}/shares", shared_bookings.shares, name="school-consultant-shares"),
    path(f"{BOOKING}/cancel", consultant_bookings.cancel, name="school-consultant-cancel"),
    path(f"{BOOKING}/off-payroll", consultant_bookings.off_payroll, name="school-consultant-off-payroll"),
    path(f"{BUYER}/consultants/retainers", retainers.retainers, name="school-retainers"),
    path(f"{BUYER}/consultants/retainers/<slug:number>", retainers.retainer, name="school-retainer"),
    path(f"{BUYER}/consultants/releases", releases.releases, name="school-releases"),
]
