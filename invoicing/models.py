"""All models of the package, gathered for Django from the sub-packages that own them."""

from invoicing.agency.models import AgencySettlement, AgencySettlementLine
from invoicing.banking.models import BankAccount, BankLine, BankMatch, BankStatement
from invoicing.council_journals.models import (
    CouncilJournal,
    CouncilJournalItem,
    CouncilJournalLine,
    CouncilJournalReceipt,
)
from invoicing.credit_control.models import (
    InvoiceQuery,
    LateClaim,
    LatePaymentPolicy,
    QueryLine,
    QueryMessage,
    ReferenceRate,
    Reminder,
    ReminderItem,
    ReminderLevel,
    ReminderPause,
)
from invoicing.documents.agency_sales import AgencySale
from invoicing.documents.models import (
    Document,
    DocumentFile,
    DocumentLine,
    Instalment,
    LineCredit,
    VatGroup,
    VatGroupCredit,
)
from invoicing.funds.models import FundSupport
from invoicing.funds.payment_request_models import PaymentRequest
from invoicing.journals.models import (
    ManualJournal,
    ManualJournalLine,
    OpeningPlaces,
    OpeningPosition,
    Purchase,
    PurchaseLine,
    PurchasePayment,
    RecoveryRate,
)
from invoicing.ledger.models import Fund, IncomeStream, JournalEntry, LedgerAccount, LedgerParty, Movement
from invoicing.ledger.months import MonthBalance, MonthClose
from invoicing.mandates.models import SalesMandate
from invoicing.payables.models import Payable, PayableMove, PayableReduction
from invoicing.payees.models import PayeeAccount, PaymentHold
from invoicing.paying_out.models import (
    PaymentBatch,
    PaymentBatchLine,
    PaymentBatchPart,
    PaymentSending,
    ReleaseLink,
    ReleaserAppointment,
    ReleaseRequest,
)
from invoicing.provider_invoices.agreement_models import SelfBillingAgreement
from invoicing.provider_invoices.claim_models import ClaimBack, ClaimWithdrawal
from invoicing.provider_invoices.models import InvoicedMove, ProviderInvoice, ProviderInvoiceLine
from invoicing.receivables.models import (
    Allocation,
    Carry,
    Charge,
    ReceivableItem,
    Reduction,
    Refund,
    UnallocatedItem,
)
from invoicing.recognition.models import Deferral, DeferralPart
from invoicing.second_person.models import FinanceLimit, PreparedAction
from invoicing.vat.models import VatBox, VatFacts, VatReason, VatRule
from invoicing.vat_returns.models import VatReturn, VatReturnEntry, VatReturnPart

__all__ = [
    "AgencySale",
    "AgencySettlement",
    "AgencySettlementLine",
    "Allocation",
    "BankAccount",
    "BankLine",
    "BankMatch",
    "BankStatement",
    "Carry",
    "Charge",
    "ClaimBack",
    "ClaimWithdrawal",
    "CouncilJournal",
    "CouncilJournalItem",
    "CouncilJournalLine",
    "CouncilJournalReceipt",
    "Deferral",
    "DeferralPart",
    "Document",
    "DocumentFile",
    "DocumentLine",
    "FinanceLimit",
    "Fund",
    "FundSupport",
    "IncomeStream",
    "Instalment",
    "InvoiceQuery",
    "InvoicedMove",
    "JournalEntry",
    "LateClaim",
    "LatePaymentPolicy",
    "LedgerAccount",
    "LedgerParty",
    "LineCredit",
    "ManualJournal",
    "ManualJournalLine",
    "MonthBalance",
    "MonthClose",
    "Movement",
    "OpeningPlaces",
    "OpeningPosition",
    "Payable",
    "PayableMove",
    "PayableReduction",
    "PayeeAccount",
    "PaymentBatch",
    "PaymentBatchLine",
    "PaymentBatchPart",
    "PaymentHold",
    "PaymentRequest",
    "PaymentSending",
    "PreparedAction",
    "ProviderInvoice",
    "ProviderInvoiceLine",
    "Purchase",
    "PurchaseLine",
    "PurchasePayment",
    "QueryLine",
    "QueryMessage",
    "ReceivableItem",
    "RecoveryRate",
    "Reduction",
    "ReferenceRate",
    "Refund",
    "ReleaseLink",
    "ReleaseRequest",
    "ReleaserAppointment",
    "Reminder",
    "ReminderItem",
    "ReminderLevel",
    "ReminderPause",
    "SalesMandate",
    "SelfBillingAgreement",
    "UnallocatedItem",
    "VatBox",
    "VatFacts",
    "VatGroup",
    "VatGroupCredit",
    "VatReason",
    "VatReturn",
    "VatReturnEntry",
    "VatReturnPart",
    "VatRule",
]
