"""Agreeing a consultant booking: priced by the rate of the day, terms frozen, the consultant's time taken."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection, transaction

from invoicing.receivables.charges import clean_purchase_order
from invoicing.vat.rules.kinds import SupplyKind
from invoicing.vat.standing import ground_for
from marketplace.core import events
from marketplace.core.actors import APPROVING, BUYING, Actor, Role
from marketplace.core.errors import DomainError, NotFound, WrongInput
from marketplace.core.money import Money, TaxedAmount
from marketplace.core.text import clean_line
from marketplace.organisations.models import Organisation, Person
from marketplace.organisations.queries import approval_rule_on, approvers_of, partnership
from marketplace.trading.engagements.models import Engagement, EngagementShare
from marketplace.trading.engagements.rules.terms import CONSULTANT_POLICY, for_units, working_of
from marketplace.trading.engagements.services.ir35 import Ir35Answer, write_determination
from marketplace.trading.engagements.services.planning import NewDate, check_dates, plan, require_accredited
from marketplace.trading.engagements.services.prepaid import charge_in_advance
from marketplace.trading.services.ordering import NeedsApproval, OverLimit
from providers.models import Consultant, Rate
from providers.queries import rate_for
from providers.services import pin_rate
from subscriptions.queries import price_classes_on

NUMBERS = "trading_engagement_numbers"
MEMBERS = {"MEMBER", "ASSOCIATE"}
__all__ = ["NewDate", "NewShare", "NoRate", "agree_booking", "cost_of", "is_member", "set_booking_purchase_order"]


class NoRate(DomainError):
    """Nothing is agreed that the consultant costs for such a unit on the day."""

    code = "no_rate"


class WrongShares(DomainError):
    """The schools that share a booking are not named rightly."""

    code = "wrong_shares"


@dataclass(frozen=True)
class NewShare:
    """A school that shares a booking, with its weight (pupils, days, or 1 each) and its own purchase order."""

    school: Organisation
    weight: Decimal
    purchase_order: str = ""


def is_member(school: Organisation, on: date) -> bool:
    """Whether members' rates hold for the school on a day."""
    return price_classes_on([school.pk], on)[school.pk].name in MEMBERS


def cost_of(school: Organisation, net: Money, on: date) -> TaxedAmount:
    """A sum for a consultant with the VAT that the school would be invoiced on a day."""
    decision = ground_for(supplier=partnership(), customer=school, on=on).decide(SupplyKind.CONSULTANCY)
    return TaxedAmount.at(net, decision.treatment.rate)


@transaction.atomic
def agree_booking(
    *,
    school: Organisation,
    consultant: Consultant,
    title: str,
    unit: str,
    quantity: Decimal,
    dates: Sequence[NewDate],
    on: date,
    actor: Actor,
    rate: Rate | None = None,
    rate_on: date | None = None,
    purchase_order: str = "",
    cfr_code: str = "E27",
    theme: str = "",
    shares: Sequence[NewShare] = (),
    paid_by: str = Engagement.PaidBy.EACH_VISIT,
    allowance_id: int | None = None,
    accept_days: int = 5,
    policy: Mapping[str, Any] | None = None,
    ir35: Ir35Answer | None = None,
    invoice_to: Organisation | None = None,
    agreed_by: Person | None = None,
) -> Engagement:
    """Books ``quantity`` units of a consultant for a school at the rate of the day, and the dates that are known.

    The rate is that of the school's class on ``on`` unless ``rate`` is given, which held on ``rate_on`` (a quote of
    that day); it is pinned, and its figures copied. ``agreed_by`` is who asked for what the actor approved: then who may
    and how much was settled by the approval. Those who buy for the school may, within their limit for the whole cost with VAT, and organisers for any school.
    Refused, with nothing booked: a consultant who is not accredited on the day of agreeing or on a date (NotAccredited),
    one without a rate (NoRate), a time that is taken (SlotTaken), more dates than units (TooManyDates), a sum over the
    actor's limit (OverLimit) or one that a second person must agree (NeedsApproval).
    """
    title = clean_line(title, what="Title", limit=120)
    if unit not in Engagement.Unit.values or quantity <= 0:
        raise WrongInput("Enter how many days, half days, twilights or hours are needed")
    if agreed_by is None:
        _require_buyer(school, shares, actor)
    check_dates(dates, quantity, unit, on)
    require_accredited(consultant, [on, *(one.day for one in dates)])
    member = is_member(school, on)
    rate = _rate(consultant, unit, on, member=member, given=rate)
    if paid_by != Engagement.PaidBy.INCLUDED and agreed_by is None:
        check_limit(school, cost_of(invoice_to or school, for_units(rate.sell_pence, quantity), on).gross, on, actor)
    engagement = Engagement.objects.create(
        number=next_number(), school=school, consultant=consultant, title=title, unit=unit, quantity=quantity,
        theme=clean_line(theme, what="Theme", limit=40, required=False), paid_by=paid_by, allowance_id=allowance_id,
        invoice_to=invoice_to, purchase_order=clean_purchase_order(purchase_order), cfr_code=cfr_code,
        policy=dict(policy or CONSULTANT_POLICY), accept_days=accept_days, agreed_by_id=agreed_by.pk if agreed_by else actor.person_id, agreed_on=on,
        **_price(rate, quantity),
    )  # fmt: skip
    pin_rate(rate, rate_on or on)
    _write_shares(engagement, shares)
    if ir35 is not None:
        write_determination(engagement, ir35, on, actor)
    if paid_by == Engagement.PaidBy.PREPAID:
        charge_in_advance(engagement=engagement, on=on, actor=actor)
    plan(engagement=engagement, dates=dates, first_ordinal=1, on=on, actor=actor)
    record("engagement.agreed", engagement, actor, unit=unit, quantity=str(quantity), dates=len(dates),
           sell_pence=rate.sell_pence)  # fmt: skip
    return engagement


def _price(rate: Rate, quantity: Decimal) -> dict[str, Any]:
    """The figures of a rate as they are copied onto the booking, with the sentences of the price."""
    audience = "members" if rate.audience == Rate.Audience.MEMBER else "other schools"
    working = working_of(
        quantity=quantity, unit=rate.unit, sell_pence=rate.sell_pence, mileage_pence=rate.mileage_pence,
        audience=audience,
    )  # fmt: skip
    return {
        "rate": rate,
        "sell_pence": rate.sell_pence,
        "buy_pence": rate.buy_pence,
        "mileage_pence": rate.mileage_pence,
        "working": list(working),
    }


def _require_buyer(school: Organisation, shares: Sequence[NewShare], actor: Actor) -> None:
    """Whoever buys for every school concerned, or an organiser. Outsiders are told nothing."""
    if actor.has(Role.ORGANISER):
        return
    mine = actor.organisations(*BUYING)
    if school.pk not in mine or any(share.school.pk not in mine for share in shares):
        raise NotFound("Page not found")


def _rate(consultant: Consultant, unit: str, on: date, *, member: bool, given: Rate | None) -> Rate:
    rate = given or rate_for(consultant, unit, on, member)
    if rate is None:
        words = Engagement.Unit(unit).label.lower()
        raise NoRate(
            f"No price of {consultant.name} for a {words} is agreed on {on:%-d %B %Y}. Nothing was booked. Choose another"
            " unit, or ask the partnership to agree one."
        )
    if rate.consultant_id != consultant.pk or rate.unit != unit:
        raise WrongInput("The rate is of another consultant or another unit")
    return rate


def check_limit(school: Organisation, gross: Money, on: date, actor: Actor) -> None:
    """Refuses a sum with VAT that the actor may not commit alone for the school. Organisers book on a school's word."""
    if actor.system or (actor.has(Role.ORGANISER) and school.pk not in actor.organisations(*BUYING)):
        return
    limit = actor.spending_limit(school.pk)
    if limit is not None and gross.pence > limit:
        over = gross - Money(limit)
        raise OverLimit(f"This booking is {over} over your limit. {_who(school, gross, on)}", over=over.pence)
    if approval_rule_on(school, gross.pence, on) and school.pk not in actor.organisations(*APPROVING):
        raise NeedsApproval(
            f"{school.name} has a booking of {gross} approved by a second person. {_who(school, gross, on)}",
            committed=gross.pence,
        )


def _who(school: Organisation, gross: Money, on: date) -> str:
    names = [person.name for person in approvers_of(school, gross.pence, on)[:3]]
    if not names:
        return "Nothing was booked. Nobody is named who may agree it. Ask the partnership's office to name somebody."
    return f"Nothing was booked. Ask {' or '.join(names)} to agree it here."


def _write_shares(engagement: Engagement, shares: Sequence[NewShare]) -> None:
    if not shares:
        return
    if len({share.school.pk for share in shares}) != len(shares) or len(shares) < 2:
        raise WrongShares("Name each school that shares the booking once, and two at least. Nothing was booked.")
    if any(share.weight <= 0 for share in shares):
        raise WrongShares("Each school's part must be more than nothing. Nothing was booked.")
    EngagementShare.objects.bulk_create(
        EngagementShare(
            engagement=engagement, school=share.school, position=position, weight=share.weight,
            purchase_order=clean_purchase_order(share.purchase_order),
        )
        for position, share in enumerate(shares, start=1)
    )  # fmt: skip


@transaction.atomic
def set_booking_purchase_order(*, engagement: Engagement, purchase_order: str, actor: Actor) -> Engagement:
    """Gives a booking the purchase order that came later. What was charged by then keeps its own."""
    _require_buyer(engagement.school, (), actor)
    engagement.purchase_order = clean_purchase_order(purchase_order)
    engagement.save(update_fields=["purchase_order"])
    record("engagement.purchase_order", engagement, actor)
    return engagement


def next_number() -> str:
    """From a sequence: a booking is no document, so that a number may be missing."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT nextval('{NUMBERS}')")
        return f"CB-{cursor.fetchone()[0]:06d}"


def record(kind: str, engagement: Engagement, actor: Actor, **facts: Any) -> None:
    """An event of a booking, for its schools, its provider and the head of the consultant's own school."""
    consultant = engagement.consultant
    schools = {engagement.school_id, *engagement.shares.values_list("school_id", flat=True)}
    scope = {*schools, consultant.provider.organisation_id, consultant.home_school_id}
    events.record(
        kind=kind,
        subject_kind="engagement",
        subject=engagement.number,
        organisation_ids=sorted(pk for pk in scope if pk is not None),
        payload={"consultant": consultant.code, **facts},
        actor=actor,
    )
