"""The address of a version of a contract's terms, for both of its sides."""

from django.urls import path

from frontend.outcomes import variations

urlpatterns = [
    path("outcomes/contracts/<slug:number>/terms/<int:version>", variations.variation, name="outcome-variation"),
]
