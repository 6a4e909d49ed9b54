"""The addresses of a version of a contract's terms, and of proposing one, for both of its sides."""

from django.urls import path

from frontend.outcomes import variations, varying

urlpatterns = [
    path("outcomes/contracts/<slug:number>/vary", varying.vary, name="outcome-vary"),
    path("outcomes/contracts/<slug:number>/terms/<int:version>", variations.variation, name="outcome-variation"),
]
