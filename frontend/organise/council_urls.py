"""Addresses of council contracts on the partnership's side."""

from django.urls import URLPattern, path

from frontend.organise import council_contracts, council_packages, council_returns

STEM = "council-contracts/<slug:number>"
urlpatterns: list[URLPattern] = [
    path("council-contracts", council_contracts.contracts, name="organise-council-contracts"),
    path("council-contracts/new", council_contracts.new, name="organise-council-contract-new"),
    path(STEM, council_contracts.contract, name="organise-council-contract"),
    path(f"{STEM}/indicators/new", council_contracts.new_indicator, name="organise-council-indicator-new"),
    path(f"{STEM}/packages/new", council_packages.new, name="organise-council-package-new"),
    path(f"{STEM}/packages/<slug:code>", council_packages.package, name="organise-council-package"),
    path(f"{STEM}/packages/<slug:code>/offer", council_packages.tell, name="organise-council-package-tell"),
    path(f"{STEM}/lines", council_contracts.lines, name="organise-council-lines"),
    path(f"{STEM}/returns/<int:ordinal>", council_returns.quarter, name="organise-council-return"),
]
