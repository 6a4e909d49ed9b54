"""The address of a statement, for both of its sides."""

from django.urls import path

from frontend.outcomes import statements

urlpatterns = [
    path("outcomes/contracts/<slug:number>/statements/<int:ordinal>", statements.statement, name="outcome-statement"),
]
