"""What the partnership sells in the name of a supplier: a mandate, a handful of licences, and how they are paid over."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from functools import partial

from frontend.demonstration import places
from frontend.demonstration.calendar import Year
from frontend.demonstration.directory import Directory
from frontend.demonstration.offers import CODES
from frontend.demonstration.people import office_of
from invoicing.ledger.models import LedgerAccount
from invoicing.receivables.models import ReceivableItem
from invoicing.services import (
    allocate,
    approve_settlement,
    charge,
    grant_mandate,
    pay_settlement,
    prepare_settlement,
    record_receipt,
)
from invoicing.vat.rules.kinds import SupplyKind
from invoicing.vat.standing import ground_for
from marketplace.core.actors import Actor
from marketplace.core.money import Money
from marketplace.core.working_days import previous_working_day
from marketplace.organisations.models import Organisation
from marketplace.organisations.services.registry import add_organisation

SUPPLIER, SUPPLIER_VAT, LETTERS = (
    "Fenland Software Ltd",
    "GB987654321",
    "FEN",
)  # the VAT number's check digits are wrong
FEE_RATE, CFR = Decimal("0.10"), "E20D"
_BANK = "1010"  # not the account whose statements are read: it would differ from its bank
_FIRST, _LAST = 0, 9  # before and after everything else of a day
# Which invoice batch from the end, which school, what, net pence. The last one is not paid yet.
_SOLD = [
    (8, "Pellow Cross Primary School", "Markbook licence, a year", 63_000),
    (7, "Samphire Way Primary School", "Markbook licence, a year", 54_000),
    (5, "Breckhythe Primary School", "Markbook licence with reports to parents, a year", 91_500),
    (4, "Netherquay Primary School", "Timetable licence, a year", 48_000),
    (3, "Turnstone Park Primary School", "Markbook licence, a year", 96_000),
    (1, "Lantern Street Primary School", "Timetable licence, a year", 48_000),
]
_SETTLED = (6, 3)  # after which of the batches, from the end, what was collected by then is paid over

Step = tuple[date, int, Callable[[], None]]


def sold_for_others(directory: Directory, year: Year, officer: Actor, manager: Actor) -> list[Step]:
    """What happens on which day: each sale goes with its batch and is paid a week later; two settlements are paid, one
    by the officer and one by the manager, and a third waits."""
    supplier = _supplier(year, officer, manager)
    batches = year.batches()
    steps: list[Step] = []
    for number, (back, school, what, net) in enumerate(_SOLD, start=1):
        day = batches[-back]
        sells = partial(_sell, number, supplier, directory.find(school), what, net, day, officer)
        steps.append((day, _FIRST, sells))
        if number < len(_SOLD):
            paid = previous_working_day(day + timedelta(days=7))
            steps.append((paid, _LAST, partial(_receive, number, paid, officer)))
    for back, payer in zip(_SETTLED, (officer, manager), strict=True):
        on = batches[-back]
        steps.append((on, _LAST, partial(_settle, supplier, on, officer, manager, payer)))
    return [*steps, (year.last_batch, _LAST, partial(_prepare, supplier, year.last_batch, officer))]


def _supplier(year: Year, officer: Actor, manager: Actor) -> Organisation:
    supplier = add_organisation(
        kind=Organisation.Kind.OTHER, name=SUPPLIER, valid_from=year.first_day, vat_number=SUPPLIER_VAT,
        address=places.address_in("W", SUPPLIER), notify_email=office_of(SUPPLIER), actor=officer,
    )  # fmt: skip
    grant_mandate(
        supplier=supplier, valid_from=year.first_day, fee_rate=FEE_RATE, prefix=LETTERS,
        evidence="Agreement signed by both, contracts folder 12", actor=manager,
    )  # fmt: skip
    return supplier


def _key(number: int) -> str:
    return f"demonstration:sold-for-others:{number}"


def _sell(
    number: int, supplier: Organisation, school: Organisation, what: str, net: int, on: date, officer: Actor
) -> None:
    ground = ground_for(supplier=supplier, customer=school, on=on)
    charge(
        source_key=_key(number), supplier=supplier, consumer=school, invoice_to=school, description=what,
        quantity=Decimal(1), unit_price=Money(net), net=Money(net), vat=ground.decide(SupplyKind.OTHER).treatment,
        account_code="4200", stream_code="BS", cfr_code=CFR, aar_code=CODES[CFR], bill_on=on, actor=officer,
    )  # fmt: skip


def _receive(number: int, on: date, officer: Actor) -> None:
    """The school pays the whole invoice."""
    owed = ReceivableItem.objects.filter(document__lines__charge__source_key=_key(number))
    for item in owed.select_related("organisation", "document"):
        source = record_receipt(
            source_key=_key(number), payer=item.organisation, pence=item.outstanding_pence, received_on=on,
            reference="Cheque", bank_account=_bank(), actor=officer,
        )  # fmt: skip
        allocate(source=source, to=item, pence=item.outstanding_pence, on=on, actor=officer)


def _settle(supplier: Organisation, on: date, officer: Actor, manager: Actor, payer: Actor) -> None:
    made = prepare_settlement(supplier=supplier, on=on, actor=officer)
    approved = approve_settlement(settlement=made, on=on, actor=manager)
    pay_settlement(settlement=approved, bank_account=_bank(), reference=f"BACS {made.number}", on=on, actor=payer)


def _prepare(supplier: Organisation, on: date, officer: Actor) -> None:
    prepare_settlement(supplier=supplier, on=on, actor=officer)


def _bank() -> LedgerAccount:
    return LedgerAccount.objects.get(pk=_BANK)
