"""Addresses of clusters' purses."""

from django.urls import URLPattern, path

from frontend.finance import asked, purses

urlpatterns: list[URLPattern] = [
    path("purses", purses.purses, name="finance-purses"),
    path("purses/new", purses.new_purse, name="finance-purse-new"),
    path("purses/<slug:code>", purses.purse, name="finance-purse"),
    path("asked", asked.asked_changes, name="finance-asked-changes"),
    path("asked/<int:pk>", asked.asked_change, name="finance-asked-change"),
]
