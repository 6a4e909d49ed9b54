"""Addresses of service credits."""

from django.urls import URLPattern, path

from frontend.finance import service_credits

urlpatterns: list[URLPattern] = [
    path("service-credits", service_credits.credits, name="finance-service-credits"),
    path("service-credits/<int:pk>", service_credits.credit, name="finance-service-credit"),
]
