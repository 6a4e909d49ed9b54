"""Addresses of a provider's rates and calendar, of what it says it knows and whom it is close to."""

from django.urls import URLPattern, path

from frontend.provider import calendar, directory, rates

urlpatterns: list[URLPattern] = [
    path("<slug:provider>/rates", rates.rates, name="provider-rates"),
    path("<slug:provider>/rates/new", rates.new, name="provider-rate-new"),
    path("<slug:provider>/rates/<slug:number>", rates.rate, name="provider-rate"),
    path("<slug:provider>/calendar", calendar.calendar, name="provider-calendar"),
    path("<slug:provider>/calendar/<int:pk>/free", calendar.free, name="provider-calendar-free"),
    path("<slug:provider>/expertise", directory.expertise, name="provider-expertise"),
    path("<slug:provider>/close-links", directory.links, name="provider-links"),
]
