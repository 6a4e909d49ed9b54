"""Examples of finance's pages about the bank and the ledger, for frontend.pages."""

from collections.abc import Callable

from django.utils import timezone

from frontend.examples import Example, Pages, World
from frontend.jinja import url
from invoicing.banking.models import BankAccount, BankLine, BankMatch, BankStatement
from invoicing.banking.queries import bank_accounts_for, statements_for
from invoicing.documents.models import Document
from invoicing.ledger.models import LedgerAccount
from invoicing.queries import open_items_for
from invoicing.receivables.models import UnallocatedItem
from invoicing.services import record_receipt
from marketplace.core.actors import Actor

OFFICER, AUDITOR = "finance_officer", "auditor"
_TODAY = timezone.localdate().isoformat()


def _actor(world: World) -> Actor:
    return world.actors[OFFICER]


def _at(name: str, query: str = "") -> Callable[[World], str]:
    return lambda _: url(name) + query


def _invoice(world: World) -> Document:
    """An invoice that is still open."""
    return open_items_for(_actor(world)).exclude(document__credit_notes__isnull=False)[0].document


def _account(world: World) -> BankAccount:
    return bank_accounts_for(_actor(world))[0]


def _of_account(name: str, query: str = "") -> Callable[[World], str]:
    return lambda world: url(name, account=_account(world).pk) + query


def _statement(world: World) -> str:
    found: BankStatement = statements_for(_actor(world))[0]
    return url("finance-bank-statement", account=found.account_id, pk=found.pk)


def _line(**which: object) -> Callable[[World], str]:
    """The page of one bank line that waits."""

    def path(world: World) -> str:
        lines = BankLine.objects.filter(account=_account(world), state__in=["unmatched", "unidentified"], **which)
        return f"{url('finance-bank-match', account=_account(world).pk)}?line={lines.earliest('pk').pk}"

    return path


def _choose_payer(world: World) -> str:
    return f"{_line(pence__gt=0)(world)}&payer={_invoice(world).customer.number}"


def _matched_line(world: World) -> str:
    live = BankMatch.objects.filter(state=BankMatch.State.CONFIRMED, kind=BankMatch.Kind.RECEIPT)
    return url("finance-bank-undo", pk=live.latest("pk").line_id)


def _entry(world: World) -> str:
    return url("finance-entry", pk=_invoice(world).entry_id)


def _receipt(world: World) -> str:
    """A receipt recorded by hand; one is made where there is none."""
    by_hand = UnallocatedItem.objects.filter(source_key__startswith="by-hand:", reversed_on__isnull=True)
    found = by_hand.first() or record_receipt(
        source_key="by-hand:example",
        payer=_invoice(world).customer,
        pence=5000,
        received_on=timezone.localdate(),
        reference="Cheque 000114",
        # Not the account whose statements the demonstration reads: it would differ from its bank by this receipt.
        bank_account=LedgerAccount.objects.get(pk="1010"),
        actor=_actor(world),
    )
    return url("finance-receipt-undo", pk=found.pk)


PAGES: Pages = {
    "finance-bank": [
        Example(OFFICER, "full", _at("finance-bank"), finds="Upload a file"),
        Example(AUDITOR, "auditor", _at("finance-bank"), finds="Statements"),
    ],
    "finance-bank-unidentified": [
        Example(OFFICER, "full", _at("finance-bank-unidentified"), finds="Unidentified receipts")
    ],
    "finance-bank-undo": [
        Example(OFFICER, "full", _matched_line, finds="its postings are reversed"),
        Example(OFFICER, "error", _matched_line, post={"reason": ""}, finds="Enter the reason"),
    ],
    "finance-bank-account-add": [
        Example("finance_manager", "full", _at("finance-bank-account-add"), finds="Add a bank account"),
        Example(
            "finance_manager", "error", _at("finance-bank-account-add"), post={"name": ""}, finds="Add a bank account"
        ),
    ],
    "finance-bank-upload": [
        Example(OFFICER, "full", _of_account("finance-bank-upload"), finds="Check and import"),
        Example(
            OFFICER, "error", _of_account("finance-bank-upload"), post={"other": "1"}, finds="Choose the bank file"
        ),
    ],
    "finance-bank-match": [
        Example(OFFICER, "sure", _of_account("finance-bank-match"), finds="ties."),
        Example(OFFICER, "line", _line(), finds="Choose the customer and invoices yourself"),
        Example(OFFICER, "payer", _choose_payer, finds="What you leave out stays on its account"),
        Example(AUDITOR, "auditor", _of_account("finance-bank-match", "?one=1"), finds="ties."),
    ],
    "finance-bank-statement": [
        Example(OFFICER, "full", _statement, finds="ties."),
        Example(AUDITOR, "auditor", _statement, finds="ties."),
    ],
    "finance-deferred-income": [
        Example(OFFICER, "full", _at("finance-deferred-income"), finds="By month to come"),
        Example(OFFICER, "error", _at("finance-deferred-income", "?on=31/2/27"), finds="must be a real date"),
        Example(
            OFFICER,
            "changed",
            _at("finance-deferred-income"),
            post={"on": _TODAY, "shown": "1"},
            finds="changed since you looked",
        ),
        Example(AUDITOR, "auditor", _at("finance-deferred-income"), finds="By customer"),
    ],
    "finance-ledger": [
        Example(AUDITOR, "full", _at("finance-ledger"), finds="they agree"),
        Example(OFFICER, "error", _at("finance-ledger", "?on=31/2/27"), finds="must be a real date"),
    ],
    "finance-income-and-expenditure": [
        Example(AUDITOR, "full", _at("finance-income-and-expenditure"), finds="Income by source"),
        Example(
            OFFICER,
            "empty",
            _at("finance-income-and-expenditure", "?first=1/4/01&last=31/3/02"),
            finds="No income was posted",
        ),
        Example(
            OFFICER,
            "error",
            _at("finance-income-and-expenditure", "?first=1/4/27&last=31/3/27"),
            finds="on or after the first",
        ),
    ],
    "finance-balance-sheet": [
        Example(AUDITOR, "full", _at("finance-balance-sheet"), finds="they agree"),
        Example(OFFICER, "error", _at("finance-balance-sheet", "?on=31/2/27"), finds="must be a real date"),
    ],
    "finance-account": [
        Example(AUDITOR, "full", lambda _: url("finance-account", code="1100"), finds="Receivables"),
        Example(OFFICER, "empty", lambda _: url("finance-account", code="7000"), finds="Nothing was posted here"),
    ],
    "finance-entry": [Example(AUDITOR, "full", _entry, finds="Because of")],
    "finance-receipt-undo": [
        Example(OFFICER, "full", _receipt, finds="Take back the receipt"),
        Example(OFFICER, "error", _receipt, post={"reason": ""}, finds="Enter the reason"),
    ],
}
