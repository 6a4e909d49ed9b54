"""Addresses of cancellation policies and waivers."""

from django.urls import URLPattern, path

from frontend.organise import policies, waivers

urlpatterns: list[URLPattern] = [
    path("policies", policies.policies, name="organise-policies"),
    path("policies/new", policies.new, name="organise-policy-new"),
    path("policies/<slug:code>", policies.policy, name="organise-policy"),
    path("waivers", waivers.waivers, name="organise-waivers"),
    path("waivers/<int:pk>", waivers.waiver, name="organise-waiver"),
    path("places/<int:pk>/waive", waivers.waive_unasked, name="organise-place-waive"),
]
