"""Which subscription level would have cost a customer least: its purchases of a period, held against today's levels."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Count, Q, Sum

from catalogue.models import Offer, Price
from catalogue.rules.classes import PriceClass
from catalogue.rules.facts import BuyerFacts, read_stated
from catalogue.rules.pricing import work_out
from catalogue.services.quotes import choose_price, facts_of
from marketplace.core.errors import DomainError
from marketplace.core.periods import Period
from marketplace.organisations.models import Organisation
from marketplace.trading.models import Booking, Order, OrderLine
from subscriptions.adviser.rules import Advice, Bought, Level, advise
from subscriptions.allowances.rules.units import Unit
from subscriptions.models import Agreement, BillingPeriod
from subscriptions.plans.queries import subscription_on, versions_on
from subscriptions.plans.rules.includes import Kind
from subscriptions.plans.services.pricing import PlanPricing
from subscriptions.queries import price_class_on

Rows = Mapping[int, list[Price]]
_RAN = (Agreement.State.ACTIVE, Agreement.State.SUSPENDED, Agreement.State.ENDED)


PERIODS = {"twelve_months": "The last twelve months", "school_year": "The last school year"}


def period_of(name: str, on: date) -> Period:
    """One of PERIODS by its name; any other name gives the first."""
    return last_school_year(on) if name == "school_year" else last_twelve_months(on)


def last_twelve_months(on: date) -> Period:
    """Up to and with the day."""
    end = on + timedelta(days=1)
    return Period(_year_before(end), end)


def last_school_year(on: date) -> Period:
    """September to August, the last that is over."""
    start = date(on.year - 1 if on.month >= 9 else on.year - 2, 9, 1)
    return Period(start, start.replace(year=start.year + 1))


def _year_before(day: date) -> date:
    return day.replace(year=day.year - 1) if (day.month, day.day) != (2, 29) else date(day.year - 1, 3, 1)


def level_advice(*, organisation: Organisation, period: Period, on: date) -> Advice:
    """Each level that can be taken on a day, and none, priced over what the organisation bought in the period.

    The caller has asked whose purchases it may see. A level that has no price for the organisation is left out. The
    number of queries does not grow with the purchases.
    """
    bought = purchases_between(organisation=organisation, period=period, on=on)
    return advise(
        bought=bought,
        levels=levels_for(organisation, on),
        subscribed_pence=_subscribed(organisation, period),
    )


def levels_for(organisation: Organisation, on: date) -> list[Level]:
    """The levels as the organisation would have them, and what it would be without one."""
    own = price_class_on(organisation, on)
    has = subscription_on(organisation, on)
    without = PriceClass.NON_MEMBER if has is not None and has.version.price_class else own
    pricing, found = PlanPricing(organisation=organisation, on=on), [Level("", "Without a level", 0, without)]
    for version in versions_on(on):
        try:
            price = pricing.price(version).net.pence
        except DomainError:
            continue  # no price for a school like this: nothing that it could have had
        includes: dict[str, int] = {}
        percents: dict[str, Decimal] = {}
        for one in version.entitlements.all():
            if unit := Kind(one.kind).unit:
                includes[unit] = includes.get(unit, 0) + one.quantity
            elif one.kind == Kind.PERCENT_OFF_THEME:
                percents[one.theme] = one.percent
        buys_at = PriceClass(version.price_class) if version.price_class else without
        found.append(Level(version.plan.code, version.plan.title, price, buys_at, includes, percents))
    return found


def purchases_between(*, organisation: Organisation, period: Period, on: date) -> list[Bought]:
    """What the organisation ordered or received in the period, as it would be priced on the day of ordering.

    Cancelled places are left out with what they cost; so are orders that wait for an approval.
    """
    booked = Q(bookings__state=Booking.State.BOOKED)
    lines = list(
        OrderLine.objects.filter(
            Q(school=organisation) | Q(order__organisation=organisation),
            order__state=Order.State.PLACED,
            order__placed_on__gte=period.start,
            order__placed_on__lt=period.end,
        )
        .select_related("order", "offer", "run")
        .annotate(places=Count("bookings", filter=booked), paid=Sum("bookings__net_pence", filter=booked, default=0))
        .order_by("order__placed_on", "pk")
    )
    rows = _prices({line.offer_id for line in lines}, period)
    facts = facts_of(organisation, on, PriceClass.NON_MEMBER, {})
    return [one for line in lines if (one := _bought(line, rows, facts)) is not None]


def _prices(offers: Iterable[int], period: Period) -> Rows:
    found: dict[int, list[Price]] = defaultdict(list)
    held = Price.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=period.start), offer__in=set(offers))
    for row in held.filter(valid_from__lt=period.end):
        found[row.offer_id].append(row)
    return found


def _bought(line: OrderLine, rows: Rows, facts: BuyerFacts) -> Bought | None:
    quantity = Decimal(line.places) if line.run_id else line.quantity  # type: ignore[attr-defined]
    if not quantity:
        return None
    paid = line.paid if line.run_id else line.net_pence  # type: ignore[attr-defined]
    unit, units = _units(line, quantity)
    at = _at_each_class(line, rows, facts, quantity)
    charged = quantity - min(Decimal(line.included), quantity)
    as_paid = int(paid * quantity / charged) if charged else 0
    return Bought(
        on=line.order.placed_on,
        what=line.description,
        units=units,
        unit=unit,
        paid_pence=paid,
        usual_pence=at.get(PriceClass.NON_MEMBER, as_paid),
        themes=tuple(line.offer.themes),
        at=at,
    )


def _units(line: OrderLine, quantity: Decimal) -> tuple[str, int]:
    """In what a level could include it: places of dates, days of consultancy, downloads of resources."""
    kinds = {Offer.Kind.CONSULTANCY: (Unit.HALF_DAY, 2), Offer.Kind.RESOURCE: (Unit.DOWNLOAD, 1)}
    unit, times = (Unit.PLACE, 1) if line.run_id else kinds.get(Offer.Kind(line.offer.kind), (None, 1))
    if unit is None or (quantity * times) != (quantity * times).to_integral_value():
        return "", 0
    return unit.value, int(quantity * times)


def _at_each_class(line: OrderLine, rows: Rows, facts: BuyerFacts, quantity: Decimal) -> dict[PriceClass, int]:
    """What the quantity cost each class of buyer on the day of ordering, where there was a price."""
    day, found = line.order.placed_on, {}
    held = [row for row in rows.get(line.offer_id, []) if row.valid_from <= day and (row.valid_to or date.max) > day]
    for price_class in PriceClass.of_buyers():
        row = choose_price(held, line.run, price_class)
        if row is None:
            continue
        try:
            stated = read_stated({key: value for key, value in line.facts.items() if key != "term_years"})
            given = replace(facts, price_class=price_class, stated=stated)
            found[price_class] = work_out(rule=row.rule, facts=given, quantity=quantity).net.pence
        except DomainError:
            continue  # priced as it was paid for
    return found


def _subscribed(organisation: Organisation, period: Period) -> int:
    """What the levels that the organisation had cost in these months."""
    rows = BillingPeriod.objects.filter(
        line__agreement__organisation=organisation,
        line__agreement__kind=Agreement.Kind.SUBSCRIPTION,
        line__agreement__state__in=_RAN,
        valid_from__gte=period.start,
        valid_from__lt=period.end,
    )
    return int(rows.aggregate(pence=Sum("pence", default=0))["pence"])
