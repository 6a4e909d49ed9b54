"""Addresses of the bank account into which a provider is paid."""

from django.urls import URLPattern, path

from frontend.provider import bank_account

urlpatterns: list[URLPattern] = [
    path("<slug:provider>/bank-account", bank_account.bank_account, name="provider-bank-account"),
]
