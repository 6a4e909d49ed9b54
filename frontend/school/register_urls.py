"""Addresses of a buyer's contract register, see the pages beside."""

from django.urls import URLPattern, path

from frontend.school import contract, contract_changes, contract_rules, contracts, same_service

BUYER = "<buyer:kind>/<slug:code>/contracts"

urlpatterns: list[URLPattern] = [
    path(BUYER, contracts.contracts, name="school-contracts"),
    path(f"{BUYER}/new", contract_changes.new, name="school-contract-new"),
    path(f"{BUYER}/quotes", contract_rules.quote_rules, name="school-contract-quotes"),
    path(f"{BUYER}/same-service", same_service.same_service, name="school-same-service"),
    path(f"{BUYER}/<slug:number>", contract.contract, name="school-contract"),
    path(f"{BUYER}/<slug:number>/change", contract_changes.change, name="school-contract-change"),
    path(f"{BUYER}/<slug:number>/end", contract_changes.end, name="school-contract-end"),
    path(f"{BUYER}/<slug:number>/notice", contract.notice, name="school-contract-notice"),
    path(f"{BUYER}/<slug:number>/documents", contract.documents, name="school-contract-documents"),
    path(f"{BUYER}/<slug:number>/documents/<int:pk>", contract.document, name="school-contract-document"),
    path(f"{BUYER}/<slug:number>/documents/<int:pk>/off", contract.take_off, name="school-contract-document-off"),
]
