"""Addresses of payment batches, payee accounts and held payments."""

from django.urls import URLPattern, path

from frontend.finance import payees, payment_batches

urlpatterns: list[URLPattern] = [
    path("payment-batches", payment_batches.batches, name="finance-payment-batches"),
    path("payment-batches/new", payment_batches.new_batch, name="finance-payment-batch-new"),
    path("payment-batches/<slug:number>", payment_batches.batch, name="finance-payment-batch"),
    path("payment-batches/<slug:number>/file/<int:ordinal>", payment_batches.payment_file, name="finance-payment-file"),
    path("payment-releases/<slug:number>", payment_batches.release, name="payment-release"),
    path("payee-accounts", payees.accounts, name="finance-payee-accounts"),
    path("payee-accounts/new", payees.new_account, name="finance-payee-account-new"),
    path("payee-accounts/<int:pk>", payees.account, name="finance-payee-account"),
    path("payment-holds", payees.holds, name="finance-payment-holds"),
]
