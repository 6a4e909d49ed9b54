"""The addresses of finance's pages."""

from django.urls import path

from frontend.finance import bank, batches, credits, customers, documents, items, ledger, matching, settling

urlpatterns = [
    path("invoicing", items.items, name="finance-invoicing"),
    path("invoicing/<int:pk>", items.item, name="finance-item"),
    path("invoice-batches", batches.batches, name="finance-invoice-batches"),
    path("invoice-batches/<slug:first>/<slug:last>", batches.batch_done, name="finance-invoice-batch-done"),
    path("invoices", documents.documents, name="finance-invoices"),
    path("invoices/<slug:number>", documents.document, name="finance-invoice"),
    path("invoices/<slug:number>/pdf", documents.pdf, name="finance-invoice-pdf"),
    path("invoices/<slug:number>/ubl", documents.ubl, name="finance-invoice-ubl"),
    path("invoices/<slug:number>/credit", credits.credit, name="finance-credit"),
    path("credits-due", credits.due, name="finance-credits-due"),
    path("customers", customers.customers, name="finance-customers"),
    path("customers/<slug:number>", customers.customer, name="finance-customer"),
    path("customers/<slug:number>/statement", customers.statement, name="finance-statement"),
    path("customers/<slug:number>/receipt", settling.receipt, name="finance-receipt"),
    path("customers/<slug:number>/allocate/<int:pk>", settling.allocate, name="finance-allocate"),
    path("allocations/<int:pk>/undo", settling.undo, name="finance-allocation-undo"),
    path("receipts/<int:pk>/undo", settling.take_back, name="finance-receipt-undo"),
    path("aged-debtors", customers.debtors, name="finance-aged-debtors"),
    path("bank", bank.bank, name="finance-bank"),
    path("bank/unidentified", bank.unidentified, name="finance-bank-unidentified"),
    path("bank/lines/<int:pk>/undo", bank.undo, name="finance-bank-undo"),
    path("bank/<slug:account>/upload", bank.upload, name="finance-bank-upload"),
    path("bank/<slug:account>/match", matching.match, name="finance-bank-match"),
    path("bank/<slug:account>/statements/<int:pk>", bank.statement, name="finance-bank-statement"),
    path("ledger", ledger.ledger, name="finance-ledger"),
    path("ledger/accounts/<slug:code>", ledger.account, name="finance-account"),
    path("ledger/entries/<int:pk>", ledger.entry, name="finance-entry"),
]
