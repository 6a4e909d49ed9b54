"""The account that customers are asked to pay into."""

from invoicing.banking.models import BankAccount
from invoicing.documents.snapshot import BankDetails


def paid_into(*, account_name: str) -> BankDetails | None:
    """What invoices and statements say about how to pay: the first bank account that has its numbers, or None."""
    account = BankAccount.objects.exclude(account_number="").order_by("ledger_account_id").first()
    return BankDetails(account_name, account.sort_code, account.account_number) if account else None
