"""Addresses of the partnership's pages of support plans and matched funding."""

from django.urls import URLPattern, path

from frontend.organise import matched, support_plans

urlpatterns: list[URLPattern] = [
    path("support-plans", support_plans.plans, name="organise-support-plans"),
    path("support-plans/new", support_plans.new, name="organise-support-plan-new"),
    path("support-plans/<slug:number>", support_plans.plan, name="organise-support-plan"),
    path("support-plans/<slug:number>/take-over", support_plans.take_over, name="organise-support-plan-take-over"),
    path("support-plans/<slug:number>/reviews/<int:pk>", support_plans.review, name="organise-support-plan-review"),
    path("matched-funding", matched.schemes, name="organise-matched"),
    path("matched-funding/new", matched.new, name="organise-matched-new"),
    path("matched-funding/<slug:code>", matched.scheme, name="organise-matched-scheme"),
    path("matched-funding/<slug:code>/promise", matched.promise, name="organise-matched-promise"),
]
