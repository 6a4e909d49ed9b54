"""The chart of accounts and the income streams, seeded by a service that may run any number of times."""

from django.db import transaction

from invoicing.ledger.models import IncomeStream, LedgerAccount
from marketplace.core.series import ensure_series

BANK = "1000"
SECOND_BANK = "1010"
THIRD_BANK, FOURTH_BANK = "1020", "1030"
RECEIVABLES = "1100"
COUNCIL_JOURNALS = "1150"
UNALLOCATED = "2100"
REFUNDS_TO_PAY = "2150"
UNIDENTIFIED = "2190"
VAT_OUTPUT = "2200"
VAT_INPUT = "2210"
VAT_TO_HMRC = "2220"
VAT_ON_FUTURE_INSTALMENTS = "2250"
DEFERRED_INCOME = "2300"
PAYABLES = "2400"
ACCRUALS = "2450"
ON_THEIR_WAY = "2460"
FUNDS = "3100"
OPENING = "3900"
AGENCY_FEES = "4400"
GRANTS = "4500"
CONSULTANTS = "6000"
ROYALTIES = "6100"
WRITE_OFFS = "7000"
BANK_CHARGES = "7100"

_TYPE = LedgerAccount.Type
_ACCOUNTS: list[tuple[str, str, LedgerAccount.Type, bool]] = [
    (BANK, "Bank current account", _TYPE.ASSET, False),
    (SECOND_BANK, "Bank deposit account", _TYPE.ASSET, False),
    (THIRD_BANK, "Bank second current account", _TYPE.ASSET, False),
    (FOURTH_BANK, "Bank third current account", _TYPE.ASSET, False),
    (RECEIVABLES, "Receivables", _TYPE.ASSET, True),
    (COUNCIL_JOURNALS, "Council journals to be received", _TYPE.ASSET, True),
    (UNALLOCATED, "Unallocated receipts and credits", _TYPE.LIABILITY, True),
    (REFUNDS_TO_PAY, "Refunds to pay", _TYPE.LIABILITY, False),
    (UNIDENTIFIED, "Unidentified receipts", _TYPE.LIABILITY, False),
    (VAT_OUTPUT, "VAT on sales", _TYPE.LIABILITY, False),
    (VAT_INPUT, "VAT on purchases", _TYPE.LIABILITY, False),
    (VAT_TO_HMRC, "VAT due to HMRC", _TYPE.LIABILITY, False),
    (VAT_ON_FUTURE_INSTALMENTS, "VAT on future instalments", _TYPE.LIABILITY, False),
    (DEFERRED_INCOME, "Deferred income", _TYPE.LIABILITY, True),
    (PAYABLES, "Payables", _TYPE.LIABILITY, True),
    (ACCRUALS, "Accruals", _TYPE.LIABILITY, False),
    (ON_THEIR_WAY, "Payments on their way", _TYPE.LIABILITY, True),
    ("3000", "Accumulated surplus", _TYPE.EQUITY, False),
    (FUNDS, "Funds set aside", _TYPE.EQUITY, False),
    (OPENING, "Opening balances", _TYPE.EQUITY, False),
    ("4100", "School improvement training and courses", _TYPE.INCOME, False),
    ("4110", "School improvement consultancy", _TYPE.INCOME, False),
    ("4200", "Business services", _TYPE.INCOME, False),
    ("4300", "Products and resources", _TYPE.INCOME, False),
    (AGENCY_FEES, "Agency fees", _TYPE.INCOME, False),
    (GRANTS, "Grants", _TYPE.INCOME, False),
    ("4900", "Other income", _TYPE.INCOME, False),
    (CONSULTANTS, "Consultants' fees", _TYPE.EXPENSE, False),
    (ROYALTIES, "Royalties to authors", _TYPE.EXPENSE, False),
    (WRITE_OFFS, "Debts written off", _TYPE.EXPENSE, False),
    (BANK_CHARGES, "Bank charges", _TYPE.EXPENSE, False),
    ("7200", "Premises", _TYPE.EXPENSE, False),
    ("7300", "Computing and software", _TYPE.EXPENSE, False),
    ("7400", "Professional fees", _TYPE.EXPENSE, False),
    ("7900", "Other costs", _TYPE.EXPENSE, False),
]
_SOURCE = IncomeStream.Source
_STREAMS: list[tuple[str, str, IncomeStream.Source]] = [
    ("CC", "Council contracts", _SOURCE.COUNCIL),
    ("SI", "School improvement", _SOURCE.SCHOOLS),
    ("BS", "Business services", _SOURCE.SCHOOLS),
    ("PR", "Products", _SOURCE.SCHOOLS),
    ("OB", "Contracts from other bodies", _SOURCE.OTHER_BODIES),
    ("GR", "Grants", _SOURCE.GRANTS),
    ("OT", "Other", _SOURCE.OTHER),
]
INVOICE_SERIES = "invoice"
CREDIT_NOTE_SERIES = "credit-note"
COUNCIL_JOURNAL_SERIES = "council-journal"
PAYMENT_BATCH_SERIES = "payment-batch"
CLAIM_BACK_SERIES = "claim-back"
JOURNAL_SERIES, PURCHASE_SERIES, OPENING_SERIES = "journal", "purchase", "opening"


@transaction.atomic
def seed_chart() -> None:
    """Makes the accounts, streams and number series that are missing; existing ones stay as they are."""
    LedgerAccount.objects.bulk_create(
        [LedgerAccount(code=code, name=name, type=kind, control=control) for code, name, kind, control in _ACCOUNTS],
        ignore_conflicts=True,
    )
    IncomeStream.objects.bulk_create(
        [IncomeStream(code=code, name=name, source=source) for code, name, source in _STREAMS],
        ignore_conflicts=True,
    )
    ensure_series(code=INVOICE_SERIES, prefix="INV")
    ensure_series(code=CREDIT_NOTE_SERIES, prefix="CN")
    ensure_series(code=PAYMENT_BATCH_SERIES, prefix="PAY")
