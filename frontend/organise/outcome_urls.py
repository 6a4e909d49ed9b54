"""Addresses of the partnership's pages of contracts that pay on outcomes."""

from django.urls import path

from frontend.organise import outcome_changes, outcome_contracts, outcome_drawing

urlpatterns = [
    path("outcome-contracts", outcome_contracts.contracts, name="organise-outcome-contracts"),
    path("outcome-contracts/new", outcome_drawing.new, name="organise-outcome-contract-new"),
    path("outcome-contracts/<slug:number>", outcome_contracts.contract, name="organise-outcome-contract"),
    path("outcome-contracts/<slug:number>/offer", outcome_contracts.offer, name="organise-outcome-contract-offer"),
    path("outcome-contracts/<slug:number>/draft", outcome_drawing.redraft, name="organise-outcome-contract-redraft"),
    path("outcome-contracts/<slug:number>/discard", outcome_drawing.discard, name="organise-outcome-contract-discard"),
    path("outcome-contracts/<slug:number>/end", outcome_changes.end, name="organise-outcome-contract-end"),
]
