"""Addresses of a school's support plans."""

from django.urls import URLPattern, path

from frontend.school import support_plans

BUYER = "<buyer:kind>/<slug:code>"

urlpatterns: list[URLPattern] = [
    path(f"{BUYER}/support-plans", support_plans.plans, name="school-support-plans"),
    path(f"{BUYER}/support-plans/<slug:number>", support_plans.plan, name="school-support-plan"),
]
