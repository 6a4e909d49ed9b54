"""Money given back for a visit after it was agreed: to the schools, and from what the provider is owed, paid or not."""

from datetime import date
from decimal import Decimal

from django.db import transaction
from django.db.models import Sum

from invoicing.services import reduce, reduce_payable
from marketplace.core.actors import FINANCE, Actor
from marketplace.core.errors import DomainError, WrongInput
from marketplace.core.money import Money, round_half_up, share_out
from marketplace.core.text import clean_line
from marketplace.organisations.models import Organisation
from marketplace.trading.engagements.models import Engagement
from marketplace.trading.engagements.services.charging import TIME, WHOLE, payee_of, record_visit, visit_key
from marketplace.trading.engagements.services.prepaid import prepaid_key
from marketplace.trading.engagements.visit_models import Visit, VisitReturn

PaidBy = Engagement.PaidBy


class MoreThanPaid(DomainError):
    """More would be given back for a visit than was paid for it; ``remaining`` is what is left, in pence."""

    code = "more_than_paid"


@transaction.atomic
def give_back(*, visit: Visit, pence: int, reason: str, on: date, actor: Actor) -> VisitReturn:
    """Finance gives back ``pence`` before VAT of what was charged for a visit's time, and takes the provider's part of it.

    Each school gets back in proportion to what it was charged; the provider is owed less in proportion to what it earned
    of the visit, whether or not it was paid: its next payment nets it. Raises MoreThanPaid beyond what is left.
    """
    actor.require(*FINANCE, to="give money back for a visit")
    reason = clean_line(reason, what="Reason", limit=240)
    visit = Visit.objects.select_for_update(of=("self",)).select_related(*WHOLE).get(pk=visit.pk)
    if visit.sell_pence is None or visit.buy_pence is None:
        raise WrongInput("This visit was not agreed yet, so nothing was charged. Query it instead.")
    before = visit.returns.aggregate(sell=Sum("sell_pence"), buy=Sum("buy_pence"))
    given, taken = before["sell"] or 0, before["buy"] or 0
    if pence <= 0 or given + pence > visit.sell_pence:
        left = Money(visit.sell_pence - given)
        raise MoreThanPaid(
            f"Only {left} of this visit is left to give back. Enter £0.01 to {left}.", remaining=left.pence
        )
    earned = round_half_up(Decimal(visit.buy_pence) * (given + pence) / visit.sell_pence) - taken
    made = VisitReturn.objects.create(
        visit=visit, number=visit.returns.count() + 1, sell_pence=pence, buy_pence=earned, reason=reason, given_on=on,
        given_by_id=actor.person_id,
    )  # fmt: skip
    _take_back(visit, made, given, on, actor)
    record_visit("visit.given_back", visit, actor, {"sell_pence": pence, "buy_pence": earned}, reason=reason)
    return made


def _take_back(visit: Visit, made: VisitReturn, given: int, on: date, actor: Actor) -> None:
    """Reduces each school's item by its part of the running total given back, and the provider's payable by its own."""
    rows = list(visit.charges.filter(kind=TIME).order_by("position"))
    weights = [row.net_pence for row in rows]
    parts = zip(rows, share_out(given + made.sell_pence, weights), share_out(given, weights), strict=True)
    prepaid = visit.date.engagement.paid_by == PaidBy.PREPAID
    for row, now, before in parts:
        if now > before:
            of = prepaid_key(visit.date.engagement, row.position) if prepaid else row.source_key
            key = f"{row.source_key}:back:{made.number}"
            reduce(source_key=key, of=of, pence=now - before, reason=made.reason, on=on, actor=actor)
    if made.buy_pence and payee_of(visit.date.engagement).kind != Organisation.Kind.PARTNERSHIP:
        key = f"{visit_key(visit)}:back:{made.number}"
        reduce_payable(
            source_key=key, of=visit_key(visit), pence=made.buy_pence, reason=made.reason, on=on, actor=actor
        )
