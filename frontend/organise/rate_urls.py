"""Addresses where the partnership agrees rates and names who presents a course date; what schools do for one another."""

from django.urls import URLPattern, path

from frontend.organise import presenters, rates, reviews, support

urlpatterns: list[URLPattern] = [
    path("rates", rates.rates, name="organise-rates"),
    path("rates/<slug:number>", rates.rate, name="organise-rate"),
    path("reviews", reviews.reviews, name="organise-reviews"),
    path("reviews/<slug:number>", reviews.review, name="organise-review"),
    path("support", support.support, name="organise-support"),
    path("presenters", presenters.replacing, name="organise-presenters"),
    path("dates/<slug:code>/presenters", presenters.presenters, name="organise-date-presenters"),
]
