"""Addresses of self-billing agreements and providers' invoices."""

from django.urls import URLPattern, path

from frontend.finance import provider_invoices, self_billing

urlpatterns: list[URLPattern] = [
    path("self-billing", self_billing.agreements, name="finance-self-billing"),
    path("self-billing/new", self_billing.new, name="finance-self-billing-new"),
    path("self-billing/run", self_billing.run, name="finance-self-billing-run"),
    path("self-billing/<slug:number>", self_billing.agreement, name="finance-self-billing-agreement"),
    path("provider-invoices", provider_invoices.invoices, name="finance-provider-invoices"),
    path("provider-invoices/<int:pk>", provider_invoices.invoice, name="finance-provider-invoice"),
    path("provider-invoices/<int:pk>/pdf", provider_invoices.pdf, name="finance-provider-invoice-pdf"),
    path("provider-invoices/<int:pk>/ubl", provider_invoices.ubl, name="finance-provider-invoice-ubl"),
]
