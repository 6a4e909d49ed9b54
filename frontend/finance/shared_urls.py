"""Addresses of shared costs."""

from django.urls import URLPattern, path

from frontend.finance import shared_costs

urlpatterns: list[URLPattern] = [
    path("shared-costs", shared_costs.shared_costs, name="finance-shared-costs"),
    path("shared-costs/new", shared_costs.new_shared_cost, name="finance-shared-cost-new"),
    path("shared-costs/<slug:code>", shared_costs.shared_cost, name="finance-shared-cost"),
    path("shared-costs/<slug:code>/join", shared_costs.join_shared_cost, name="finance-shared-cost-join"),
    path("shared-costs/<slug:code>/leave/<int:pk>", shared_costs.leave_shared_cost, name="finance-shared-cost-leave"),
]
