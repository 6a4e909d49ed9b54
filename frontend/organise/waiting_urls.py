"""Addresses of the waiting lists."""

from django.urls import URLPattern, path

from frontend.organise import waiting_list

urlpatterns: list[URLPattern] = [
    path("dates/<slug:code>/waiting", waiting_list.waiting, name="organise-waiting"),
    path("dates/<slug:code>/waiting/<int:pk>", waiting_list.offer, name="organise-waiting-offer"),
]
