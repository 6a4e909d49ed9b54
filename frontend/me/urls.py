"""Addresses of a person's own pages: courses, record, searches."""

from django.urls import URLPattern, path

from frontend.me import calendar_address, kept

urlpatterns: list[URLPattern] = [
    path("kept", kept.kept, name="me-kept"),
    path("favourites/<slug:offer>", kept.favourite, name="me-favourite"),
    path("searches", kept.keep_search, name="me-search-keep"),
    path("searches/<int:pk>", kept.search, name="me-search"),
    path("calendar-address", kept.calendar_address, name="me-calendar-address"),
    path("calendar/<str:token>.ics", calendar_address.own_calendar, name="me-calendar-feed"),
]
