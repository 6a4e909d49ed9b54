"""Addresses of what a provider is owed, was paid, and invoices."""

from django.urls import URLPattern, path

from frontend.provider import money, remittances, sending

urlpatterns: list[URLPattern] = [
    path("<slug:provider>/money", money.provider_money, name="provider-money"),
    path("<slug:provider>/money/send", sending.send, name="provider-invoice-send"),
    path("<slug:provider>/money/invoices/<int:pk>", money.invoice, name="provider-invoice"),
    path("<slug:provider>/money/invoices/<int:pk>/pdf", money.pdf, name="provider-invoice-pdf"),
    path("<slug:provider>/money/invoices/<int:pk>/ubl", money.ubl, name="provider-invoice-ubl"),
    path("<slug:provider>/money/invoices/<int:pk>/credit", sending.credit, name="provider-credit-send"),
    path("<slug:provider>/money/invoices/<int:pk>/repayment", money.claim_pdf, name="provider-claim-pdf"),
    path("<slug:provider>/money/payments/<int:pk>", remittances.remittance, name="provider-remittance"),
    path("<slug:provider>/money/self-billing/<slug:number>", money.agreement, name="provider-self-billing"),
]
