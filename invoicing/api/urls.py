"""The addresses of invoicing in the API."""

from django.urls import URLPattern, path

from invoicing.api.agency import (
    SettlementApproveView,
    SettlementPaidView,
    SettlementsView,
    SettlementView,
    SettlementWithdrawView,
)
from invoicing.api.bank import BankAccountsView, BankLinesView, BankStatementsView
from invoicing.api.bank_lines import BankLineMatchView, BankLineUndoView, BankLineView
from invoicing.api.batches import BatchesView, BatchPreviewView
from invoicing.api.council_journals import (
    CouncilJournalConfirmView,
    CouncilJournalFileView,
    CouncilJournalsView,
    CouncilJournalView,
)
from invoicing.api.credits import InvoiceCreditNotesView
from invoicing.api.credits_due import CreditsDueView
from invoicing.api.customers import AgedDebtorsView, CustomerStatementView
from invoicing.api.deferred import DeferredIncomeView, IncomeReleasesView, IncomeScheduleView
from invoicing.api.documents import (
    CreditNotePdfView,
    CreditNotesView,
    CreditNoteUblView,
    CreditNoteView,
    InvoicePdfView,
    InvoicesView,
    InvoiceUblView,
    InvoiceView,
)
from invoicing.api.financial_statements import BalanceSheetView, IncomeAndExpenditureView
from invoicing.api.funds import FundsView, FundView
from invoicing.api.items import ItemsView
from invoicing.api.journals import (
    JournalApproveView,
    JournalSendBackView,
    JournalsView,
    JournalView,
    OpeningView,
)
from invoicing.api.ledger import AccountLinesView, EntryView, LedgerAccountsView, TrialBalanceView
from invoicing.api.mandates import MandateEndView, MandatesView
from invoicing.api.months import (
    MonthAskToCloseView,
    MonthAskToReopenView,
    MonthAuditFileView,
    MonthCloseView,
    MonthReopenView,
    MonthsView,
    MonthView,
    MonthWithdrawView,
)
from invoicing.api.payables import PayablesView
from invoicing.api.payees import HoldsView, PayeeAccountsView
from invoicing.api.paying_out import (
    PaymentBatchApproveView,
    PaymentBatchesView,
    PaymentBatchView,
    PaymentBatchWithdrawView,
    PaymentsDueView,
)
from invoicing.api.payment_requests import PaymentRequestsView, PaymentRequestView, PaymentRequestWithdrawView
from invoicing.api.payments import (
    AllocationUndoView,
    PaymentAllocationsView,
    PaymentReverseView,
    PaymentsView,
    PaymentView,
)
from invoicing.api.provider_invoices import (
    ProviderInvoiceClaimView,
    ProviderInvoicesView,
    ProviderInvoiceView,
    ProviderInvoiceWithdrawView,
)
from invoicing.api.purchases import (
    PurchaseApproveView,
    PurchasePaymentsView,
    PurchaseSendBackView,
    PurchasesView,
    PurchaseView,
)
from invoicing.api.queries import (
    InvoiceQueriesView,
    QueriesView,
    QueryMessagesView,
    QueryResolveView,
    QueryView,
    RemindersView,
)
from invoicing.api.second_person import (
    InvoiceWriteOffsView,
    PaymentCarriesView,
    PaymentRefundsView,
    PreparedDecisionView,
    PreparedView,
)
from invoicing.api.vat import VatRulesView, VatTreatmentView
from invoicing.api.vat_returns import (
    VatReturnEntriesView,
    VatReturnLockView,
    VatReturnSentView,
    VatReturnsView,
    VatReturnView,
    VatReturnWithdrawView,
)

INVOICE, NOTE, LINE, PAYMENT = (
    "invoices/<slug:number>",
    "credit-notes/<slug:number>",
    "bank-lines/<int:pk>",
    "payments/<int:pk>",
)

urlpatterns: list[URLPattern] = [
    path("invoices", InvoicesView.as_view(), name="api-invoices"),
    path(INVOICE, InvoiceView.as_view(), name="api-invoice"),
    path(f"{INVOICE}/pdf", InvoicePdfView.as_view(), name="api-invoice-pdf"),
    path(f"{INVOICE}/ubl", InvoiceUblView.as_view(), name="api-invoice-ubl"),
    path(f"{INVOICE}/credit-notes", InvoiceCreditNotesView.as_view(), name="api-invoice-credit-notes"),
    path(f"{INVOICE}/write-offs", InvoiceWriteOffsView.as_view(), name="api-invoice-write-offs"),
    path(f"{INVOICE}/income-schedule", IncomeScheduleView.as_view(), name="api-income-schedule"),
    path(f"{INVOICE}/queries", InvoiceQueriesView.as_view(), name="api-invoice-queries"),
    path("queries", QueriesView.as_view(), name="api-queries"),
    path("queries/<slug:number>", QueryView.as_view(), name="api-query"),
    path("queries/<slug:number>/messages", QueryMessagesView.as_view(), name="api-query-messages"),
    path("queries/<slug:number>/resolution", QueryResolveView.as_view(), name="api-query-resolution"),
    path("reminders", RemindersView.as_view(), name="api-reminders"),
    path("credit-notes", CreditNotesView.as_view(), name="api-credit-notes"),
    path(NOTE, CreditNoteView.as_view(), name="api-credit-note"),
    path(f"{NOTE}/pdf", CreditNotePdfView.as_view(), name="api-credit-note-pdf"),
    path(f"{NOTE}/ubl", CreditNoteUblView.as_view(), name="api-credit-note-ubl"),
    path("credits-due", CreditsDueView.as_view(), name="api-credits-due"),
    path("items-to-invoice", ItemsView.as_view(), name="api-items"),
    path("invoice-batches", BatchesView.as_view(), name="api-invoice-batches"),
    path("invoice-batches/preview", BatchPreviewView.as_view(), name="api-invoice-batch-preview"),
    path("payments", PaymentsView.as_view(), name="api-payments"),
    path(PAYMENT, PaymentView.as_view(), name="api-payment"),
    path(f"{PAYMENT}/allocations", PaymentAllocationsView.as_view(), name="api-payment-allocations"),
    path(f"{PAYMENT}/reverse", PaymentReverseView.as_view(), name="api-payment-reverse"),
    path(f"{PAYMENT}/refunds", PaymentRefundsView.as_view(), name="api-payment-refunds"),
    path(f"{PAYMENT}/carries", PaymentCarriesView.as_view(), name="api-payment-carries"),
    path("payment-requests", PaymentRequestsView.as_view(), name="api-payment-requests"),
    path("payment-requests/<slug:number>", PaymentRequestView.as_view(), name="api-payment-request"),
    path(
        "payment-requests/<slug:number>/withdraw",
        PaymentRequestWithdrawView.as_view(),
        name="api-payment-request-withdraw",
    ),
    path("prepared-actions", PreparedView.as_view(), name="api-prepared-actions"),
    path("prepared-actions/<int:pk>/decision", PreparedDecisionView.as_view(), name="api-prepared-decision"),
    path("allocations/<int:pk>/undo", AllocationUndoView.as_view(), name="api-allocation-undo"),
    path("customers/<slug:number>/statement", CustomerStatementView.as_view(), name="api-customer-statement"),
    path("aged-debtors", AgedDebtorsView.as_view(), name="api-aged-debtors"),
    path("bank-accounts", BankAccountsView.as_view(), name="api-bank-accounts"),
    path("bank-accounts/<slug:code>/statements", BankStatementsView.as_view(), name="api-bank-statements"),
    path("bank-accounts/<slug:code>/lines", BankLinesView.as_view(), name="api-bank-lines"),
    path(LINE, BankLineView.as_view(), name="api-bank-line"),
    path(f"{LINE}/match", BankLineMatchView.as_view(), name="api-bank-line-match"),
    path(f"{LINE}/undo", BankLineUndoView.as_view(), name="api-bank-line-undo"),
    path("vat-rules", VatRulesView.as_view(), name="api-vat-rules"),
    path("vat-treatment", VatTreatmentView.as_view(), name="api-vat-treatment"),
    path("deferred-income", DeferredIncomeView.as_view(), name="api-deferred-income"),
    path("income-releases", IncomeReleasesView.as_view(), name="api-income-releases"),
    path("journals", JournalsView.as_view(), name="api-journals"),
    path("journals/<slug:number>", JournalView.as_view(), name="api-journal"),
    path("journals/<slug:number>/approve", JournalApproveView.as_view(), name="api-journal-approve"),
    path("journals/<slug:number>/send-back", JournalSendBackView.as_view(), name="api-journal-send-back"),
    path("payments-due", PaymentsDueView.as_view(), name="api-payments-due"),
    path("payment-batches", PaymentBatchesView.as_view(), name="api-payment-batches"),
    path("payment-batches/<slug:number>", PaymentBatchView.as_view(), name="api-payment-batch"),
    path(
        "payment-batches/<slug:number>/approve",
        PaymentBatchApproveView.as_view(),
        name="api-payment-batch-approve",
    ),
    path(
        "payment-batches/<slug:number>/withdraw",
        PaymentBatchWithdrawView.as_view(),
        name="api-payment-batch-withdraw",
    ),
    path("purchases", PurchasesView.as_view(), name="api-purchases"),
    path("purchases/<slug:number>", PurchaseView.as_view(), name="api-purchase"),
    path("purchases/<slug:number>/approve", PurchaseApproveView.as_view(), name="api-purchase-approve"),
    path("purchases/<slug:number>/send-back", PurchaseSendBackView.as_view(), name="api-purchase-send-back"),
    path("purchases/<slug:number>/payments", PurchasePaymentsView.as_view(), name="api-purchase-payments"),
    path("funds", FundsView.as_view(), name="api-funds"),
    path("funds/<slug:code>", FundView.as_view(), name="api-fund"),
    path("payee-accounts", PayeeAccountsView.as_view(), name="api-payee-accounts"),
    path("payment-holds", HoldsView.as_view(), name="api-payment-holds"),
    path("payables", PayablesView.as_view(), name="api-payables"),
    path("provider-invoices", ProviderInvoicesView.as_view(), name="api-provider-invoices"),
    path("provider-invoices/<int:id>", ProviderInvoiceView.as_view(), name="api-provider-invoice"),
    path(
        "provider-invoices/<int:id>/claim-back",
        ProviderInvoiceClaimView.as_view(),
        name="api-provider-invoice-claim-back",
    ),
    path(
        "provider-invoices/<int:id>/withdraw-claim",
        ProviderInvoiceWithdrawView.as_view(),
        name="api-provider-invoice-withdraw-claim",
    ),
    path("council-journals", CouncilJournalsView.as_view(), name="api-council-journals"),
    path("council-journals/<slug:number>", CouncilJournalView.as_view(), name="api-council-journal"),
    path("council-journals/<slug:number>/file", CouncilJournalFileView.as_view(), name="api-council-journal-file"),
    path(
        "council-journals/<slug:number>/confirm",
        CouncilJournalConfirmView.as_view(),
        name="api-council-journal-confirm",
    ),
    path("sales-mandates", MandatesView.as_view(), name="api-sales-mandates"),
    path("sales-mandates/<int:pk>/end", MandateEndView.as_view(), name="api-sales-mandate-end"),
    path("settlements", SettlementsView.as_view(), name="api-settlements"),
    path("settlements/<slug:number>", SettlementView.as_view(), name="api-settlement"),
    path("settlements/<slug:number>/approve", SettlementApproveView.as_view(), name="api-settlement-approve"),
    path("settlements/<slug:number>/withdraw", SettlementWithdrawView.as_view(), name="api-settlement-withdraw"),
    path("settlements/<slug:number>/paid", SettlementPaidView.as_view(), name="api-settlement-paid"),
    path("months", MonthsView.as_view(), name="api-months"),
    path("months/<slug:month>", MonthView.as_view(), name="api-month"),
    path("months/<slug:month>/ask-to-close", MonthAskToCloseView.as_view(), name="api-month-ask-to-close"),
    path("months/<slug:month>/close", MonthCloseView.as_view(), name="api-month-close"),
    path("months/<slug:month>/withdraw", MonthWithdrawView.as_view(), name="api-month-withdraw"),
    path("months/<slug:month>/ask-to-reopen", MonthAskToReopenView.as_view(), name="api-month-ask-to-reopen"),
    path("months/<slug:month>/audit-file", MonthAuditFileView.as_view(), name="api-month-audit-file"),
    path("months/<slug:month>/reopen", MonthReopenView.as_view(), name="api-month-reopen"),
    path("vat-returns", VatReturnsView.as_view(), name="api-vat-returns"),
    path("vat-returns/<slug:period>", VatReturnView.as_view(), name="api-vat-return"),
    path("vat-returns/<slug:period>/entries", VatReturnEntriesView.as_view(), name="api-vat-return-entries"),
    path("vat-returns/<slug:period>/lock", VatReturnLockView.as_view(), name="api-vat-return-lock"),
    path("vat-returns/<slug:period>/withdraw", VatReturnWithdrawView.as_view(), name="api-vat-return-withdraw"),
    path("vat-returns/<slug:period>/sent", VatReturnSentView.as_view(), name="api-vat-return-sent"),
    path("opening-position", OpeningView.as_view(), name="api-opening-position"),
    path("ledger/trial-balance", TrialBalanceView.as_view(), name="api-trial-balance"),
    path("ledger/income-and-expenditure", IncomeAndExpenditureView.as_view(), name="api-income-and-expenditure"),
    path("ledger/balance-sheet", BalanceSheetView.as_view(), name="api-balance-sheet"),
    path("ledger/accounts", LedgerAccountsView.as_view(), name="api-ledger-accounts"),
    path("ledger/accounts/<slug:code>/lines", AccountLinesView.as_view(), name="api-ledger-account-lines"),
    path("ledger/entries/<int:pk>", EntryView.as_view(), name="api-ledger-entry"),
]
