"""The year of trading, told in the order of its days: orders, cancellations, invoice batches, credits, statements."""

from collections.abc import Callable
from datetime import date
from functools import partial

from frontend.demonstration import partners
from frontend.demonstration.agreed import agreed_services
from frontend.demonstration.calendar import Year
from frontend.demonstration.corrections import cancel_one, cancelled_on, credit_one
from frontend.demonstration.directory import Directory, add_buyers
from frontend.demonstration.orders import PlannedOrder, planned
from frontend.demonstration.placing import place, read_shelf
from frontend.demonstration.resources import sold_resources
from frontend.demonstration.second_look import look_twice
from frontend.demonstration.sold_for_others import sold_for_others
from frontend.demonstration.statements import OPENING_PENCE, import_month, months
from invoicing.banking.models import BankAccount
from invoicing.banking.services import ensure_bank_account
from invoicing.ledger.posting import NewEntry, NewMovement, post
from invoicing.receivables.models import Charge
from invoicing.services import amend_unbilled, release_income, run_billing
from marketplace.core.actors import Actor
from marketplace.trading.models import Order

QUERIED = "The school asks about the number of days"
_ORDER, _CANCEL, _BATCH, _CREDIT, _RELEASE, _STATEMENT = range(6)  # the order of things within a day

Step = tuple[date, int, Callable[[], object]]


def add_bank_account(directory: Directory, *, actor: Actor) -> BankAccount:
    """The partnership's current account."""
    return ensure_bank_account(
        code=partners.BANK_CODE, name=partners.BANK_NAME, ledger_account_code=partners.BANK_LEDGER_ACCOUNT,
        layout="lloyds", sort_code=partners.SORT_CODE, account_number=partners.ACCOUNT_NUMBER, actor=actor,
    )  # fmt: skip


def add_further_accounts(*, actor: Actor) -> None:
    """An account for each other form of bank file, so that one can be tried."""
    for code, name, ledger_account_code, layout, number in partners.FURTHER_ACCOUNTS:
        ensure_bank_account(
            code=code, name=name, ledger_account_code=ledger_account_code, layout=layout,
            sort_code=partners.SORT_CODE, account_number=number, actor=actor,
        )  # fmt: skip


def add_year(directory: Directory, *, today: date, actor: Actor) -> None:
    """Tells the year that ends today. Afterwards today's orders wait for the next invoice batch, and some are held."""
    year = Year(today)
    orders = planned(year)
    add_buyers(directory, dict.fromkeys(order.buyer for order in orders), today=today, actor=actor)
    account = add_bank_account(directory, actor=actor)
    add_further_accounts(actor=actor)
    _opening_balance(year, actor)
    _Story(directory, account, year, actor).tell(orders)


def _opening_balance(year: Year, actor: Actor) -> None:
    movement = NewMovement(debit=partners.BANK_LEDGER_ACCOUNT, credit="3000", pence=OPENING_PENCE)
    words = "Opening balance of the current account"
    entry = NewEntry(
        kind="opening", source_key="demonstration:opening", on=year.first_day, narrative=words, movements=[movement]
    )
    post(entries=[entry], actor=actor)


class _Story:
    """What happens on which day, and what later days need to know of earlier ones."""

    def __init__(self, directory: Directory, account: BankAccount, year: Year, actor: Actor) -> None:
        self.directory, self.account, self.year, self.actor = directory, account, year, actor
        self.officer, self.manager = directory.signed["finance_officer"], directory.signed["finance_manager"]
        self.shelf = read_shelf()
        self.orders: dict[int, Order] = {}
        self.batches: list[list[str]] = []

    def tell(self, orders: list[PlannedOrder]) -> None:
        for _, _, happens in sorted(self._steps(orders), key=lambda step: step[:2]):
            happens()
        self._hold_one()
        look_twice(today=self.year.today, officer=self.officer, manager=self.manager)

    def _steps(self, orders: list[PlannedOrder]) -> list[Step]:
        steps: list[Step] = []
        for index, order in enumerate(orders):
            steps.append((order.day, _ORDER, partial(self._place, index, order)))
            if (day := cancelled_on(self.year, order)) is not None:
                steps.append((day, _CANCEL, partial(self._cancel, index, day)))
        for day in self.year.batches():
            steps.append((day, _BATCH, partial(self._batch, day)))
            steps.append((day, _CREDIT, partial(self._credit, day)))
        for month in months(self.year):
            happens = partial(import_month, self.directory, self.account, month, actor=self.officer)
            steps.append((month.end, _STATEMENT, happens))
            if not month.last:  # the last month is left, so that there is something to release
                steps.append((month.end, _RELEASE, partial(self._release, month.end)))
        steps += sold_resources(self.directory, self.year, self.officer)
        steps += agreed_services(self.directory, self.year, self.officer)
        return [*steps, *sold_for_others(self.directory, self.year, self.officer, self.manager)]

    def _place(self, index: int, order: PlannedOrder) -> None:
        self.orders[index] = place(self.directory, self.shelf, order)

    def _cancel(self, index: int, day: date) -> None:
        cancel_one(self.directory, self.orders[index], on=day)

    def _batch(self, day: date) -> None:
        self.batches.append(run_billing(on=day, actor=self.officer).numbers)

    def _release(self, day: date) -> None:
        release_income(on=day, actor=self.officer)

    def _credit(self, day: date) -> None:
        """Of the batch before this one, so that some of the invoices credited were paid already."""
        if len(self.batches) > 1:
            credit_one(self.batches[-2], on=day, actor=self.manager)

    def _hold_one(self) -> None:
        """One item that a school asks about is held by hand: the dearest of those that wait for a purchase order."""
        waiting = Charge.objects.filter(state=Charge.State.PENDING, bill_on__lt=self.year.today)
        dearest = waiting.order_by("-net_pence", "pk").first()
        if dearest is not None:
            amend_unbilled(source_key=dearest.source_key, held_reason=QUERIED, actor=self.officer)
