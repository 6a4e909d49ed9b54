"""Journals, purchases and an opening position, made through the public services by two people."""

from datetime import date
from decimal import Decimal

from invoicing.journals.models import ManualJournal, OpeningPosition, Purchase
from invoicing.journals.rules.input_vat import NewPurchaseLine
from invoicing.journals.rules.lines import JournalLine
from invoicing.ledger.models import LedgerAccount
from invoicing.services import (
    approve_journal,
    approve_opening,
    approve_purchase,
    pay_purchase,
    prepare_journal,
    prepare_purchase,
    reverse_due_journals,
    set_recovery_rate,
    submit_journal,
    submit_opening,
)
from marketplace.core.actors import Actor, Role
from marketplace.organisations.models import Organisation
from marketplace.organisations.services.registry import add_organisation
from tests.conftest import START
from tests.shop import person

TODAY = date(2026, 9, 30)
LAST_DAY = date(2026, 8, 31)
TWENTY = Decimal("0.20")


def finance_person(partnership: Organisation, name: str, role: Role, actor: Actor) -> Actor:
    return person(partnership, actor, name=name, role=role, on=TODAY)


def supplier_of(actor: Actor) -> Organisation:
    return add_organisation(kind=Organisation.Kind.OTHER, name="Harbour Row Estates", valid_from=START, actor=actor)


def line(debit: str = "7400", credit: str = "2450", pence: int = 120_000, **more: str) -> JournalLine:
    """By default an accrual of a professional fee of £1,200.00."""
    return JournalLine(debit, credit, pence, **more)


def prepared(by: Actor, *lines: JournalLine, on: date = date(2026, 8, 31), **more: object) -> ManualJournal:
    """A draft of a journal of 31 August 2026."""
    given = {
        "kind": ManualJournal.Kind.JOURNAL, "reason": "Fee for the audit of the year", "auto_reverse_on": None, **more
    }  # fmt: skip
    return prepare_journal(on=on, lines=list(lines) or [line()], today=TODAY, actor=by, **given)  # type: ignore[arg-type]


def submitted(by: Actor, *lines: JournalLine, **more: object) -> ManualJournal:
    return submit_journal(journal=prepared(by, *lines, **more), actor=by)  # type: ignore[arg-type]


def bought(description: str, net: int, tag: str, *, rate: Decimal = TWENTY, account: str = "7200") -> NewPurchaseLine:
    """A line whose VAT is that of its rate."""
    return NewPurchaseLine(description, account, net, rate, round(net * rate), tag)


def purchase(by: Actor, supplier: Organisation, *lines: NewPurchaseLine, number: str = "HR-2207") -> Purchase:
    """A supplier's invoice of 3 September 2026, due a month later."""
    return prepare_purchase(
        supplier=supplier, supplier_number=number, dated_on=date(2026, 9, 3), due_on=date(2026, 10, 3),
        lines=list(lines) or [bought("Rent of the office", 200_000, "residual")], today=TODAY, actor=by,
    )  # fmt: skip


def opening_file(school: Organisation, council: Organisation, supplier: Organisation) -> str:
    """A small old trial balance that its items equal."""
    return f"""[trial balance]
account,debit,credit
1000,5000.00,
1100,1250.00,
2100,,12.50
2300,,900.00
2400,,300.00
3000,,5037.50
[open invoices]
customer,number,date,due,gross,outstanding
{school.number},A/17,3/3/2026,2/4/2026,1800.00,1000.00
{council.name},A/18,4/8/2026,3/9/2026,250.00,250.00
[deferred income]
customer,description,from,to,amount,account,stream
{school.number},HR advice,1/4/2026,31/3/2027,900.00,4200,BS
[places left]
customer,offer,count
{school.number},Gold courses,4
[credits]
customer,reference,date,amount
{council.number},Overpaid in June,30/6/2026,12.50
[unpaid purchases]
supplier,number,date,due,outstanding
{supplier.number},HR-1999,20/8/2026,19/9/2026,300.00
"""


def take_over(text: str, *, by: Actor, approver: Actor, on: date = LAST_DAY) -> OpeningPosition:
    """Handed in by one, approved by the other."""
    made = submit_opening(content=text.encode(), file_name="old.csv", on=on, today=TODAY, actor=by)
    return approve_opening(opening=made, version=made.version, today=TODAY, actor=approver)


def build_beyond_sales(*, school: Organisation, council: Organisation, actor: Actor) -> None:
    """A journal, an accrual that reversed, a purchase that is part paid, and the opening position."""
    ours = Organisation.objects.get(kind=Organisation.Kind.PARTNERSHIP)
    priya = finance_person(ours, "Priya Shah", Role.FINANCE_OFFICER, actor)
    morgan = finance_person(ours, "Morgan Ellis", Role.FINANCE_MANAGER, actor)
    supplier = supplier_of(actor)
    for kind in ManualJournal.Kind:
        made = submitted(priya, kind=kind)
        approve_journal(journal=made, version=made.version, actor=morgan)
    reverse_due_journals(on=TODAY, actor=actor)
    set_recovery_rate(valid_from=date(2026, 4, 1), rate=Decimal("0.63"), actor=morgan)
    rent = purchase(priya, supplier)
    approve_purchase(purchase=rent, version=rent.version, actor=morgan)
    bank = LedgerAccount.objects.get(pk="1010")
    pay_purchase(
        purchase=rent, pence=100_000, paid_on=date(2026, 9, 20), reference="BACS", bank_account=bank, actor=priya
    )
    take_over(opening_file(school, council, supplier), by=priya, approver=morgan)
