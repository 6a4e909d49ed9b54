"""Addresses of outcome statements: the list, one to freeze, moving and taking back amounts, the month's end."""

from django.urls import URLPattern, path

from frontend.finance import outcome_amounts, outcome_statements

_ITEM = "outcome-statements/<slug:number>/amounts/<slug:code>"
urlpatterns: list[URLPattern] = [
    path("outcome-statements", outcome_statements.statements, name="finance-outcome-statements"),
    path("outcome-statements/expected", outcome_statements.expected, name="finance-outcome-expected"),
    path(
        "outcome-statements/<slug:number>/<int:ordinal>", outcome_statements.statement, name="finance-outcome-statement"
    ),
    path(f"{_ITEM}/move", outcome_amounts.move, name="finance-outcome-move"),
    path(f"{_ITEM}/take-back", outcome_amounts.take_back, name="finance-outcome-take-back"),
]
