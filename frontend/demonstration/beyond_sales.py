"""What finance posts without a sale: an accrual, a journal that waits, overheads bought in, and old books to take over."""

from datetime import date, timedelta
from decimal import Decimal

from frontend.demonstration.calendar import Year
from frontend.demonstration.directory import Directory
from invoicing.journals.models import ManualJournal
from invoicing.journals.rules.input_vat import NewPurchaseLine
from invoicing.journals.rules.lines import JournalLine
from invoicing.ledger.models import LedgerAccount
from invoicing.services import (
    approve_journal,
    approve_purchase,
    pay_purchase,
    prepare_journal,
    prepare_purchase,
    reverse_due_journals,
    set_recovery_rate,
    submit_journal,
    submit_opening,
)
from marketplace.core.actors import Actor
from marketplace.core.money import plain_pounds, vat_on
from marketplace.core.periods import add_months
from marketplace.organisations.models import Organisation
from marketplace.organisations.services.registry import add_organisation

TWENTY = Decimal("0.20")
# Supplier, days ago, net pence, what, account, tag; the last waits for approval.
_BOUGHT = [
    ("Harbour Row Estates", 96, 240_000, "Rent of the office, a quarter", "7200", "residual"),
    ("Tideline Software", 64, 48_000, "Licence of the course software", "7300", "taxable"),
    ("Harbour Row Estates", 33, 18_500, "Room for a training day", "7200", "exempt"),
    ("Lamb and Marsh Auditors", 5, 126_000, "Fee of the auditors", "7400", "residual"),
]


def add_beyond_sales(directory: Directory, *, year: Year, actor: Actor) -> None:
    """A little of each, by the finance officer and approved by the finance manager."""
    officer, manager = directory.signed["finance_officer"], directory.signed["finance_manager"]
    _journals(year, officer, manager, actor)
    _purchases(year, officer, manager, actor)
    _old_books(year, officer)


def _journals(year: Year, officer: Actor, manager: Actor, actor: Actor) -> None:
    accrued = year.today.replace(day=1) - timedelta(days=1)
    accrual = _journal(
        "accrual", accrued, "Audit fee of the month, not invoiced yet", "7400", 42_000, year.today, officer
    )
    approve_journal(journal=accrual, version=accrual.version, actor=manager)
    reverse_due_journals(on=year.today, actor=actor)
    on = year.today - timedelta(days=2)
    _journal("journal", on, "Software entered under other costs", "7300", 9_600, year.today, officer, credit="7900")


def _journal(
    kind: str, on: date, reason: str, debit: str, pence: int, today: date, by: Actor, credit: str = "2450"
) -> ManualJournal:
    made = prepare_journal(
        kind=ManualJournal.Kind(kind), on=on, reason=reason, lines=[JournalLine(debit, credit, pence)],
        auto_reverse_on=None, today=today, actor=by,
    )  # fmt: skip
    return submit_journal(journal=made, actor=by)


def _purchases(year: Year, officer: Actor, manager: Actor, actor: Actor) -> None:
    set_recovery_rate(valid_from=year.first_day, rate=Decimal("0.63"), actor=manager)
    suppliers = {
        name: add_organisation(kind=Organisation.Kind.OTHER, name=name, valid_from=year.first_day, actor=actor)
        for name in dict.fromkeys(name for name, *_ in _BOUGHT)
    }
    bank = LedgerAccount.objects.get(
        pk="1010"
    )  # not the account whose statements are read: it would differ from its bank
    for number, (name, ago, net, what, account, tag) in enumerate(_BOUGHT, start=1):
        dated_on = year.today - timedelta(days=ago)
        line = NewPurchaseLine(what, account, net, TWENTY, vat_on(net, TWENTY), tag)
        made = prepare_purchase(
            supplier=suppliers[name], supplier_number=f"{2200 + number}/{dated_on.year}", dated_on=dated_on,
            due_on=dated_on + timedelta(days=30), lines=[line], today=year.today, actor=officer,
        )  # fmt: skip
        if number < len(_BOUGHT):
            approve_purchase(purchase=made, version=made.version, actor=manager)
        if number == 1:
            pay_purchase(
                purchase=made, pence=made.gross_pence, paid_on=made.due_on, reference="BACS 4411", bank_account=bank,
                actor=officer,
            )  # fmt: skip


def _old_books(year: Year, officer: Actor) -> None:
    """The books of a small association that joined last month, in a month still open: they wait for the finance manager."""
    schools = Organisation.objects.filter(kind=Organisation.Kind.SCHOOL).order_by("number")[:2]
    first, second = (school.number for school in schools)
    begins = year.today.replace(day=1)
    on = begins - timedelta(days=1)
    issued, due = on - timedelta(days=40), on - timedelta(days=10)
    open_pence, deferred, credit = 48_600, 36_000, 4_125
    text = "\n".join(
        [
            "[trial balance]", "account,debit,credit", f"1100,{plain_pounds(open_pence)},",
            f"2100,,{plain_pounds(credit)}", f"2300,,{plain_pounds(deferred)}",
            f"3000,,{plain_pounds(open_pence - deferred - credit)}",
            "[open invoices]", "customer,number,date,due,gross,outstanding",
            f"{first},S-1107,{issued.isoformat()},{due.isoformat()},{plain_pounds(open_pence)},{plain_pounds(open_pence)}",
            "[deferred income]", "customer,description,from,to,amount,account,stream",
            f"{second},HR advice,{begins.isoformat()},{add_months(begins, 6).isoformat()},{plain_pounds(deferred)},4200,BS",
            "[places left]", "customer,offer,count", f"{first},Training places paid for,4",
            "[credits]", "customer,reference,date,amount",
            f"{second},Overpaid,{issued.isoformat()},{plain_pounds(credit)}",
        ]
    )  # fmt: skip
    submit_opening(
        content=text.encode(), file_name="books-of-the-association.csv", on=on, today=year.today, actor=officer
    )
