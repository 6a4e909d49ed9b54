"""What a cancelled date sets off: the fee for each school that bears the booking, and what its provider is owed of it.

Sources are ``engagement:CB-000012:cancelled:3``, with ``:share:2`` where several schools share the booking. Each once.
"""

from datetime import date
from decimal import Decimal

from invoicing.ledger.chart import CONSULTANTS
from invoicing.services import charge, owe, pin_vat_rule
from invoicing.vat.rules.kinds import SupplyKind
from invoicing.vat.standing import ground_for
from marketplace.core.actors import Actor
from marketplace.core.money import Money, share_out
from marketplace.organisations.models import Organisation
from marketplace.organisations.queries import partnership
from marketplace.trading.engagements.models import Engagement, EngagementDate
from marketplace.trading.engagements.rules.terms import Consequence, cancelling_date
from marketplace.trading.engagements.services.charging import (
    INCOME,
    STREAM,
    Bearer,
    bearers_of,
    invoiced_to,
    payee_of,
    provider_vat,
)
from marketplace.trading.engagements.services.holding import hold_gross
from marketplace.trading.engagements.services.planning import day_of
from marketplace.trading.engagements.services.prepaid import included_key, release_date
from subscriptions.services import consume_places


def consequence_of(*, planned: EngagementDate, on: date, by_school: bool = True) -> Consequence:
    """What cancelling the date on a day costs the school and pays the provider: the calculation that cancelling uses.

    Included days have no price: the school pays nothing, what is late stays used. A date whose release was refused costs
    nothing, whoever takes it off.
    """
    booking = planned.engagement
    return cancelling_date(
        policy=booking.policy,
        event=day_of(planned),
        on=on,
        quantity=planned.quantity,
        sell_pence=0 if booking.paid_by == Engagement.PaidBy.INCLUDED else booking.sell_pence,
        buy_pence=booking.buy_pence,
        by_school=by_school,
    )


def settle_cancelled(*, planned: EngagementDate, result: Consequence, on: date, actor: Actor) -> None:
    """Charges the fee and owes the provider its part, in the caller's transaction; included days come back, or stay used."""
    booking = planned.engagement
    if booking.allowance_id is not None:
        if result.provider:
            consume_places(source_key=included_key(planned), on=on)
        else:
            release_date(date_=planned, on=on, actor=actor)
    if result.school:
        bearers = bearers_of(booking)
        parts = share_out(result.school.pence, [one.weight for one in bearers])
        for bearer, pence in zip(bearers, parts, strict=True):
            if pence:
                _charge(planned, bearer, Money(pence), on, actor)
    if result.provider:
        _owe(planned, result.provider, on, actor)
        hold_gross(engagement=booking, on=on, actor=actor)


def _key(planned: EngagementDate, position: int = 0) -> str:
    share = f":share:{position}" if position else ""
    return f"engagement:{planned.engagement.number}:cancelled:{planned.ordinal}{share}"


def _words(planned: EngagementDate) -> str:
    return f"visit of {day_of(planned):%-d %B %Y} cancelled late"


def _charge(planned: EngagementDate, bearer: Bearer, fee: Money, on: date, actor: Actor) -> None:
    booking = planned.engagement
    customer = invoiced_to(booking, bearer.school)
    ground = ground_for(supplier=partnership(), customer=customer, on=on)
    decision = ground.decide(SupplyKind.FEE, SupplyKind.CONSULTANCY)
    pin_vat_rule(rule_id=decision.rule.id)
    charge(
        source_key=_key(planned, bearer.position),
        consumer=bearer.school,
        invoice_to=customer,
        description=f"{booking.title}: {_words(planned)}",
        quantity=Decimal(1),
        unit_price=fee,
        net=fee,
        vat=decision.treatment,
        account_code=INCOME,
        stream_code=STREAM,
        cfr_code=booking.cfr_code,
        purchase_order=bearer.purchase_order or booking.purchase_order,
        label=booking.number,
        steps=[f"What stays owed by the cancellation terms of {booking.number}: {fee}"],
        analysis_code=booking.number,
        bill_on=on,
        actor=actor,
    )


def _owe(planned: EngagementDate, part: Money, on: date, actor: Actor) -> None:
    booking, provider = planned.engagement, payee_of(planned.engagement)
    if provider.kind == Organisation.Kind.PARTNERSHIP:
        return
    owe(
        source_key=_key(planned),
        provider=provider,
        description=f"{booking.number}, {_words(planned)}",
        net=part,
        vat=provider_vat(provider, on),
        account_code=CONSULTANTS,
        stream_code=STREAM,
        analysis_code=booking.number,
        on=on,
        actor=actor,
    )
