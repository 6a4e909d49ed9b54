"""Addresses of a school's places: waiting, moving, names."""

from django.urls import URLPattern, path

from frontend.school import moving, people, waiting_list

BUYER = "<buyer:kind>/<slug:code>"

urlpatterns: list[URLPattern] = [
    path(f"{BUYER}/waiting", waiting_list.waiting, name="school-waiting"),
    path(f"{BUYER}/waiting/<int:pk>", waiting_list.entry, name="school-waiting-entry"),
    path(f"{BUYER}/waiting/<int:pk>/accept", waiting_list.accept, name="school-waiting-accept"),
    path(f"{BUYER}/waiting/<int:pk>/decline", waiting_list.decline, name="school-waiting-decline"),
    path(f"{BUYER}/waiting/<int:pk>/leave", waiting_list.leave, name="school-waiting-leave"),
    path(f"{BUYER}/bookings/<int:pk>/move", moving.move, name="school-booking-move"),
    path(f"{BUYER}/orders/<slug:number>/people", people.people, name="school-order-people"),
    path(f"{BUYER}/orders/<slug:number>/cancel", people.cancel_places, name="school-order-cancel"),
]
