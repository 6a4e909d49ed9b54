"""A purse of three schools: paid in by all, drawn by two orders, of which one is invoiced and paid from it."""

from datetime import date, timedelta

from frontend.demonstration.calendar import Year
from frontend.demonstration.directory import Directory
from frontend.demonstration.included import a_date
from frontend.demonstration.people import SIGN_INS
from invoicing.ledger.models import LedgerAccount
from invoicing.receivables.at_once import bill_now
from invoicing.receivables.models import Charge
from invoicing.services import record_receipt
from marketplace.core.actors import Actor
from marketplace.core.periods import Period, add_months
from marketplace.organisations.models import Organisation
from marketplace.trading.models import Order
from marketplace.trading.services import Paying, check_basket, place_order
from marketplace.trading.services.apart import fill_apart
from subscriptions.membership.rules.methods import Method
from subscriptions.models import PurseMember
from subscriptions.purses.queries import members_of
from subscriptions.services import Joining, open_purse, pay_in, set_limit, settle_draws

LEAD, OTHERS = "buyer", ("head", "approver")
CODE, PENCE, LIMIT = "harbour", 3_000_00, 1_200_00


def add_purses(directory: Directory, *, year: Year, actor: Actor) -> None:
    """The lead is the school whose buyer signs in; the others' heads ordered from the purse yesterday."""
    officer, on = directory.signed["finance_officer"], year.today - timedelta(days=1)
    lead = _school(directory, LEAD)
    purse = open_purse(
        code=CODE, name="Harbour cluster purse", term=Period(year.began(9), add_months(year.began(9), 24)), lead=lead,
        members=[Joining(_school(directory, key)) for key in OTHERS], pence=PENCE, method=Method.EQUAL, on=on,
        actor=officer,
    )  # fmt: skip
    bank = LedgerAccount.objects.get(code="1010")
    for member in members_of(purse):
        source = record_receipt(
            source_key=f"demonstration:purse:{member.organisation.number}", payer=member.organisation,
            pence=member.agreed_pence, received_on=on, reference="HARBOUR PURSE", bank_account=bank, actor=actor,
        )  # fmt: skip
        pay_in(purse=purse, source=source, pence=member.agreed_pence, on=on, actor=actor)
    limited = PurseMember.objects.get(purse=purse, organisation=_school(directory, "approver"))
    set_limit(member=limited, may_draw=True, most_pence=LIMIT, actor=officer)
    invoiced, _ = (_order(directory, key, places, on) for key, places in zip(OTHERS, (2, 1), strict=True))
    for charge in Charge.objects.filter(label=invoiced.number, state=Charge.State.PENDING).order_by("pk"):
        bill_now(charge=charge, on=on, actor=officer)
    settle_draws(on=on, actor=actor)


def _school(directory: Directory, key: str) -> Organisation:
    return directory.find(SIGN_INS[key].organisation)


def _order(directory: Directory, key: str, places: int, on: date) -> Order:
    """Places on a date ahead, paid from the purse."""
    buyer, school, run = directory.signed[key], _school(directory, key), a_date(on)
    basket = fill_apart(
        organisation=school, run=run, school=school, places=places, facts={}, use_included=0, on=on, actor=buyer
    )
    seen = check_basket(basket=basket, on=on, actor=buyer, purse=CODE).total.gross.pence
    return place_order(
        basket=basket, purchase_order="", expected_pence=seen, on=on, actor=buyer, paying=Paying(purse=CODE)
    )
