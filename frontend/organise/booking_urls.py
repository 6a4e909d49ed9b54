"""Addresses where the partnership watches over consultant bookings."""

from django.urls import URLPattern, path

from frontend.organise import capacity, consultant_bookings, retainers, shared_bookings

urlpatterns: list[URLPattern] = [
    path("consultant-bookings", consultant_bookings.bookings, name="organise-consultant-bookings"),
    path("consultant-bookings/share", shared_bookings.share, name="organise-shared-booking"),
    path("capacity", capacity.capacity, name="organise-capacity"),
    path("visit-reviews", capacity.reviews, name="organise-visit-reviews"),
    path("retainers", retainers.retainers, name="organise-retainers"),
    path("retainers/new", retainers.new, name="organise-retainer-new"),
    path("retainers/<slug:number>", retainers.retainer, name="organise-retainer"),
]
