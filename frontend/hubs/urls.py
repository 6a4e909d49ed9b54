"""Addresses of calls for hubs, of their panels, of schools that apply, and of a hub's life under its contract."""

from django.urls import URLPattern, path

from frontend.hubs import applying, calls, deciding, life, panel

HUB = "hub/<slug:number>"

urlpatterns: list[URLPattern] = [
    path("organise/hub-calls", calls.calls, name="organise-hub-calls"),
    path("organise/hub-calls/new", calls.new, name="organise-hub-call-new"),
    path("organise/hub-calls/<slug:number>", calls.call, name="organise-hub-call"),
    path("organise/hub-calls/<slug:number>/change", calls.change, name="organise-hub-call-change"),
    path("organise/hub-applications/<slug:number>", deciding.application, name="organise-hub-application"),
    path("panel", panel.calls, name="panel-calls"),
    path("panel/interests", panel.interests, name="panel-interests"),
    path("panel/<slug:number>", panel.call, name="panel-call"),
    path("panel/<slug:number>/<slug:application>", panel.application, name="panel-application"),
    path("hub-calls", applying.calls, name="school-hub-calls"),
    path("hub-calls/<slug:number>", applying.call, name="school-hub-call"),
    path("hub-applications/<slug:number>", applying.application, name="school-hub-application"),
    path(f"{HUB}/schools", life.schools, name="hub-schools"),
    path(f"{HUB}/schools/<int:pk>", life.school, name="hub-school"),
    path(f"{HUB}/spend", life.spend, name="hub-spend"),
    path(f"{HUB}/reviews", life.reviews, name="hub-reviews"),
    path(f"{HUB}/reviews/<int:ordinal>", life.review, name="hub-review"),
]
