"""Addresses of finance, see the pages beside."""

from django.urls import URLPattern, path

from frontend.finance import agreement, agreement_new, agreements, contracting, renewals

urlpatterns: list[URLPattern] = [
    path("agreements", agreements.agreements, name="finance-agreements"),
    path("agreements/new", agreement_new.new_agreement, name="finance-agreement-new"),
    path("agreements/round", contracting.contract_many, name="finance-agreements-round"),
    path("agreements/<slug:number>", agreement.agreement, name="finance-agreement"),
    path("agreements/<slug:number>/renew", renewals.renew_agreement, name="finance-agreement-renew"),
    path("agreements/<slug:number>/change/<slug:do>", agreement.change_agreement, name="finance-agreement-change"),
    path("renewals", renewals.renewals, name="finance-renewals"),
]
