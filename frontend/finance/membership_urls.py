"""Addresses of the register of members and of contributions."""

from django.urls import URLPattern, path

from frontend.finance import contributions, members

urlpatterns: list[URLPattern] = [
    path("members", members.members, name="finance-members"),
    path("members/new", members.new_member, name="finance-member-new"),
    path("members/classes", members.classes, name="finance-member-classes"),
    path("members/<int:pk>", members.member, name="finance-member"),
    path("contributions", contributions.contributions, name="finance-contributions"),
    path("contributions/new", contributions.new_contribution, name="finance-contribution-new"),
    path("contributions/<slug:code>", contributions.contribution, name="finance-contribution"),
    path("contributions/<slug:code>/join", contributions.join_contribution, name="finance-contribution-join"),
]
