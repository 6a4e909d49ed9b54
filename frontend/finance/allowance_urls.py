"""Addresses of finance, see the pages beside."""

from django.urls import URLPattern, path

from frontend.finance import included_places, which_level

urlpatterns: list[URLPattern] = [
    path("included", included_places.included, name="finance-included"),
    path("customers/<slug:number>/places/<int:pk>", included_places.allowance, name="finance-customer-allowance"),
    path("customers/<slug:number>/which-level", which_level.which_level, name="finance-customer-level"),
]
