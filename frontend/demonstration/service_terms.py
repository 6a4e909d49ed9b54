"""How the demonstration's services are agreed, what they promise, the terms that schools accept, and who joins in mid-year."""

from datetime import date
from decimal import Decimal

from catalogue.models import Offer
from frontend.demonstration.directory import Directory, first_day
from frontend.demonstration.orders import SIGNED_IN, TRADING
from frontend.demonstration.services import YEARLY
from marketplace.core.periods import add_months
from marketplace.organisations.models.schools import BillingClass
from marketplace.organisations.rules.billing_class import billing_class_of
from marketplace.trading.services import add_to_basket, check_basket, open_basket, place_order
from subscriptions.agreements.rules.forms import CreditRule, Prorate
from subscriptions.services import PromiseOf, draft_terms, publish_terms, set_promises, set_service_terms

LONG = ("ict-support", "broadband")  # agreed for one year or three
JOINED = "hr-advice"  # what somebody joins in the middle of the year
TITLE = "Terms for services"
_FIRST = """What we do: we give the service that the order names, from its first day to its last, with people who are checked and insured for it.
What you pay: the price of the order, invoiced when each year begins, within 30 days of the invoice.
If something goes wrong: tell the service desk. Where a promised time is missed, the part of the price that was promised comes back.
Ending it: give notice by the day that the agreement names. Notice that comes later is charged up to the end of the term.
Names of pupils: never send them to us by message. Use the reference that your school gave."""
_SECOND = f"""{_FIRST}
Changes in your school: tell us before an academy conversion or a merger. What was paid for the days after it comes back by months."""
_FAST = [
    PromiseOf("P1", 60, 240, Decimal(5)), PromiseOf("P2", 120, 480, Decimal(3)),
    PromiseOf("P3", 240, 960), PromiseOf("P4", 480, 2400),
]  # fmt: skip
_PLAIN = [PromiseOf("P2", 240, 960, Decimal(2)), PromiseOf("P3", 480, 2400)]


def add_service_terms(directory: Directory, *, today: date) -> None:
    """Before anything is ordered: two versions of terms, notice for every service, long terms and promises for some."""
    organiser = directory.signed["organiser"]
    since = first_day(today)
    for body, on in ((_FIRST, since), (_SECOND, add_months(today, -4))):
        terms = draft_terms(code="services", title=TITLE, body=body, actor=organiser)
        publish_terms(terms=terms, on=on, actor=organiser)
    for offer in Offer.objects.filter(code__in=[one.code for one in YEARLY], state="published").order_by("pk"):
        long = offer.code in LONG
        set_service_terms(
            offer=offer, years=[1, 3] if long else [1], uplift=Decimal(3) if long else Decimal(0),
            frozen_years=2, notice_weeks=12, actor=organiser,
        )  # fmt: skip
    for code, promises in (("ict-support", _FAST), ("broadband", _FAST), ("payroll", _PLAIN), (JOINED, _PLAIN)):
        offer = Offer.objects.get(code=code)
        set_promises(offer=offer, level="", promises=promises, valid_from=since, actor=organiser)


def add_mid_year_joiner(directory: Directory, *, today: date) -> None:
    """After the year's orders: advice on staff follows each school's own year, and one school joins two months ahead."""
    offer = Offer.objects.get(code=JOINED)
    set_service_terms(
        offer=offer, years=[1], maintained_starts="04-01", academy_starts="09-01", prorate=Prorate.MONTHS,
        credit=CreditRule.MONTHS, notice_weeks=12, actor=directory.signed["organiser"],
    )  # fmt: skip
    begins = add_months(today.replace(day=1), 2)
    begins = add_months(begins, 1) if begins.month == 4 else begins
    name = next(
        one.name for one in TRADING
        if billing_class_of(one.type_code) == BillingClass.MAINTAINED and one.name not in SIGNED_IN
    )  # fmt: skip
    school, buyer = directory.find(name), directory.actors[name]
    basket = open_basket(organisation=school, actor=buyer)
    add_to_basket(
        basket=basket, offer=offer, school=school, quantity=Decimal(1), facts={"staff": "31"}, service_from=begins,
        on=today, actor=buyer,
    )  # fmt: skip
    seen = check_basket(basket=basket, on=today, actor=buyer).total.gross.pence
    place_order(basket=basket, purchase_order="HR-JOIN", expected_pence=seen, on=today, actor=buyer)
