"""Addresses of a cluster's purse."""

from django.urls import URLPattern, path

from frontend.school import level_networks, purses, service_changes

BUYER = "<buyer:kind>/<slug:code>"

urlpatterns: list[URLPattern] = [
    path(f"{BUYER}/purses/<slug:purse>", purses.purse, name="school-purse"),
    path(f"{BUYER}/purses/<slug:purse>/members/<int:pk>", purses.purse_limit, name="school-purse-limit"),
    path(f"{BUYER}/networks/<slug:network>/join", level_networks.join, name="school-network-join"),
    path(
        f"{BUYER}/services/<slug:number>/asked/<int:pk>/withdraw",
        service_changes.withdraw_asked,
        name="school-service-asked-withdraw",
    ),
]
