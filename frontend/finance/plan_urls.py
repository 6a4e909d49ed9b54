"""Addresses of finance about subscription levels."""

from django.urls import URLPattern, path

from frontend.finance import plans

urlpatterns: list[URLPattern] = [
    path("subscription-levels", plans.plans, name="finance-plans"),
    path("subscription-levels/new", plans.new_plan, name="finance-plan-new"),
    path("subscription-levels/<slug:code>", plans.plan, name="finance-plan"),
    path("subscription-levels/<slug:code>/versions/new", plans.new_version, name="finance-plan-version-new"),
    path("subscription-levels/<slug:code>/versions/<int:number>", plans.version, name="finance-plan-version"),
    path("subscribers", plans.subscribers, name="finance-subscribers"),
]
