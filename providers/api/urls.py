"""The addresses of providers and consultants in the API; each sub-package adds its own list."""

from django.urls import URLPattern, path

from providers.api.calendar import CalendarView
from providers.api.consultants import ApplicationDecisionView, ApplicationsView, ConsultantsView, ConsultantView
from providers.api.naming import ConsultantEndView, ConsultantProfileView, ProvidersView
from providers.api.rates import (
    AgreementView,
    CounterView,
    ProposalsView,
    ProposalView,
    RatesView,
    WithdrawalView,
)

urlpatterns: list[URLPattern] = [
    path("consultants", ConsultantsView.as_view(), name="api-consultants"),
    path("providers", ProvidersView.as_view(), name="api-providers"),
    path("consultants/<slug:code>/profile", ConsultantProfileView.as_view(), name="api-consultant-profile"),
    path("consultants/<slug:code>/end", ConsultantEndView.as_view(), name="api-consultant-end"),
    path("consultants/<slug:code>", ConsultantView.as_view(), name="api-consultant"),
    path("consultant-calendar", CalendarView.as_view(), name="api-consultant-calendar"),
    path("applications", ApplicationsView.as_view(), name="api-applications"),
    path("applications/<slug:number>/decision", ApplicationDecisionView.as_view(), name="api-application-decision"),
    path("rates", RatesView.as_view(), name="api-rates"),
    path("rate-proposals", ProposalsView.as_view(), name="api-rate-proposals"),
    path("rate-proposals/<slug:number>", ProposalView.as_view(), name="api-rate-proposal"),
    path("rate-proposals/<slug:number>/counter", CounterView.as_view(), name="api-rate-proposal-counter"),
    path("rate-proposals/<slug:number>/agreement", AgreementView.as_view(), name="api-rate-proposal-agreement"),
    path("rate-proposals/<slug:number>/withdrawal", WithdrawalView.as_view(), name="api-rate-proposal-withdrawal"),
]
