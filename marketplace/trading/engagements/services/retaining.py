"""Retainers: offered by the partnership, agreed by the school and the provider, begun and closed period by period.

| retainer | | moved by |
|---|---|---|
| offered | waits for the school and the provider | both `agree_retainer`: *running*; either `decline_retainer`: *declined* |
| running | each period is charged when it begins | `close_periods` after the last day that may be taken: *ended* |
| declined, ended | over | |
"""

from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction

from invoicing.ledger.chart import CONSULTANTS
from invoicing.receivables.charges import clean_purchase_order
from invoicing.services import owe
from marketplace.core import events, series
from marketplace.core.actors import BUYING, Actor, Role
from marketplace.core.errors import DomainError, WrongInput
from marketplace.core.money import Money, round_half_up
from marketplace.core.text import clean_line
from marketplace.core.wording import period_words
from marketplace.organisations.models import Organisation
from marketplace.trading.engagements.models import Engagement
from marketplace.trading.engagements.retainer_models import Retainer, RetainerPeriod
from marketplace.trading.engagements.rules.retaining import begins_a_term, periods_of, unit_price
from marketplace.trading.engagements.rules.terms import units_words
from marketplace.trading.engagements.services.access import refusal
from marketplace.trading.engagements.services.agreeing import check_limit, cost_of
from providers.models import Consultant

SERIES, PREFIX = "retainer", "RT"
MOST_PERIODS = 36
State = Retainer.State


class RetainerMoved(DomainError):
    """The retainer was agreed, declined or ended meanwhile."""

    code = "retainer_moved"


@transaction.atomic
def offer_retainer(
    *,
    school: Organisation,
    consultant: Consultant,
    title: str,
    unit: str,
    quantity: Decimal,
    fee_pence: int,
    earned_pence: int,
    every: str,
    periods: int,
    valid_from: date,
    unused: str,
    owed: str,
    on: date,
    actor: Actor,
) -> Retainer:
    """Offers ``quantity`` units in each of ``periods`` months or terms for ``fee_pence`` a period before VAT, of which the
    provider earns ``earned_pence``. Nothing is charged before both sides agreed.

    Organisers. Refuses sums that do not come to whole pence for each unit, an earning above the fee, a first day that is
    over, and for termly periods one on which no term begins.
    """
    actor.require(Role.ORGANISER, to="offer retainers")
    if quantity <= 0 or unit not in Engagement.Unit.values:
        raise WrongInput("Enter how many days, half days, twilights or hours each period has")
    if not 1 <= periods <= MOST_PERIODS:
        raise WrongInput(f"A retainer is for 1 to {MOST_PERIODS} periods")
    if valid_from < on:
        raise WrongInput("The first day must be today or later")
    if every == Retainer.Every.TERM and not begins_a_term(valid_from):
        raise WrongInput("A retainer by terms begins on 1 September, 1 January or 1 April")
    sell, buy = unit_price(fee_pence, quantity), unit_price(earned_pence, quantity)
    if sell is None or buy is None or sell <= 0 or not 0 <= buy <= sell:
        raise WrongInput(
            f"Both sums must come to whole pence for each of the {units_words(quantity, unit)}, and the provider's to"
            " no more than the school's"
        )
    series.ensure_series(code=SERIES, prefix=PREFIX)
    [number] = series.claim(series=SERIES)
    made = Retainer.objects.create(
        number=number, school=school, consultant=consultant, title=clean_line(title, what="Title", limit=120), unit=unit,
        quantity=quantity, sell_pence=sell, buy_pence=buy, every=every, periods=periods, valid_from=valid_from,
        valid_to=_periods(valid_from, every, periods)[-1].end, unused=unused, owed=owed, offered_by_id=actor.person_id,
        offered_on=on,
    )  # fmt: skip
    record("retainer.offered", made, actor, fee_pence=fee_pence, periods=periods)
    return made


@transaction.atomic
def agree_retainer(*, retainer: Retainer, on: date, actor: Actor, purchase_order: str = "") -> Retainer:
    """One side agrees: whoever buys for the school, within their limit for all periods with VAT, or the provider's staff.

    With the second side it runs. Refuses one that is not offered any more (RetainerMoved), a sum above the limit (OverLimit,
    NeedsApproval), somebody who acts for both sides' decision twice.
    """
    retainer, side = _open(retainer, actor, "agree this retainer")
    if side == "school":
        whole = Money(round_half_up(retainer.quantity * retainer.sell_pence)) * retainer.periods
        check_limit(retainer.school, cost_of(retainer.school, whole, on).gross, on, actor)
        retainer.purchase_order = clean_purchase_order(purchase_order)
        _refuse_again(retainer.school_agreed_on, retainer.provider_agreed_by_id, actor)
        retainer.school_agreed_on, retainer.school_agreed_by_id = on, actor.person_id
    else:
        _refuse_again(retainer.provider_agreed_on, retainer.school_agreed_by_id, actor)
        retainer.provider_agreed_on, retainer.provider_agreed_by_id = on, actor.person_id
    if retainer.school_agreed_on and retainer.provider_agreed_on:
        retainer.state = State.RUNNING
    retainer.save()
    record("retainer.agreed", retainer, actor, side=side)
    return retainer


def _refuse_again(agreed_on: date | None, other_side: int | None, actor: Actor) -> None:
    if agreed_on is not None:
        raise RetainerMoved("Your side agreed to it already. It waits for the other one.")
    if other_side is not None and other_side == actor.person_id:
        raise RetainerMoved("You agreed for the other side, so somebody else must agree for this one.")


@transaction.atomic
def decline_retainer(*, retainer: Retainer, reason: str, on: date, actor: Actor) -> Retainer:
    """Either side says no to what is offered, with a reason that the others read."""
    retainer, side = _open(retainer, actor, "decline this retainer")
    retainer.reason = clean_line(reason, what="Reason", limit=240)
    retainer.state = State.DECLINED
    retainer.save(update_fields=["reason", "state"])
    record("retainer.declined", retainer, actor, side=side)
    return retainer


@transaction.atomic
def stop_retainer(*, retainer: Retainer, from_day: date, reason: str, on: date, actor: Actor) -> Retainer:
    """No new period begins from a day on; what began is delivered and charged as agreed. Organisers."""
    actor.require(Role.ORGANISER, to="stop retainers")
    [found] = list(Retainer.objects.select_for_update().filter(pk=retainer.pk))
    if found.state != State.RUNNING or found.stopped_from is not None:
        raise RetainerMoved(f"{found.number} does not run any more, or was stopped before.")
    if from_day < on:
        raise WrongInput("The day must be today or later")
    found.stopped_from, found.reason = from_day, clean_line(reason, what="Reason", limit=240)
    found.save(update_fields=["stopped_from", "reason"])
    record("retainer.stopped", found, actor, from_day=from_day.isoformat())
    return found


def _open(retainer: Retainer, actor: Actor, to: str) -> tuple[Retainer, str]:
    """The retainer, locked, if it is still offered, and for which side the actor speaks."""
    related = ("school", "consultant__provider__organisation", "consultant__home_school")
    [found] = list(Retainer.objects.select_for_update(of=("self",)).select_related(*related).filter(pk=retainer.pk))
    provider = found.consultant.provider.organisation_id
    if found.school_id in actor.organisations(*BUYING):
        side = "school"
    elif provider in actor.organisations(Role.PROVIDER):
        side = "provider"
    else:
        raise refusal(actor, [found.school_id, provider], to)
    if found.state != State.OFFERED:
        raise RetainerMoved(f"{found.number} is {found.get_state_display().lower()} already, so it stays as it is.")
    return found, side


def owe_period(
    period: RetainerPeriod, retainer: Retainer, provider: Organisation, on: date, actor: Actor, vat: Any
) -> None:
    """What the provider is owed for a period that began, where its terms say so; once."""
    pence = round_half_up(retainer.quantity * retainer.buy_pence)
    if retainer.owed != Retainer.Owed.PERIOD or not pence or provider.kind == Organisation.Kind.PARTNERSHIP:
        return
    owe(
        source_key=period_key(retainer, period.ordinal), provider=provider,
        description=f"{retainer.number}, {period_words(period.starts_on, period.ends_on)}: "
        f"{units_words(retainer.quantity, retainer.unit)}",
        net=Money(pence), vat=vat, account_code=CONSULTANTS, stream_code="SI",
        analysis_code=period.engagement.number, on=on, actor=actor,
    )  # fmt: skip


def period_key(retainer: Retainer, ordinal: int) -> str:
    """The source of what a period sets off beside its booking."""
    return f"retainer:{retainer.number}:period:{ordinal}"


def _periods(first: date, every: str, count: int) -> Any:
    return periods_of(first, termly=every == Retainer.Every.TERM, count=count)


def record(kind: str, retainer: Retainer, actor: Actor, **facts: Any) -> None:
    """An event of a retainer, for its school and its provider."""
    consultant = retainer.consultant
    events.record(
        kind=kind, subject_kind="retainer", subject=retainer.number,
        organisation_ids=[retainer.school_id, consultant.provider.organisation_id],
        payload={"consultant": consultant.code, **facts}, actor=actor,
    )  # fmt: skip
