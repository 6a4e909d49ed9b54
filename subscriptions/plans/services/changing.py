"""Another level within the year, and what a running subscription's moves do to what it includes.

The sums are the engine's (``subscriptions.agreements``): what was charged for the days given up pays for what follows.
Silver at £1,200.00 to Gold at £2,000.00 on 1 February of a September year: 7/12 of £2,000.00 less 7/12 of £1,200.00.
"""

from dataclasses import dataclass
from datetime import date

from django.db import transaction

from marketplace.core.actors import BUYING, FINANCE, Actor
from marketplace.core.errors import DomainError, NotAllowed, WrongInput
from marketplace.core.money import Money
from marketplace.core.periods import Period
from subscriptions.agreements import services as engine
from subscriptions.agreements.models import Agreement
from subscriptions.agreements.rules.changes import Change
from subscriptions.agreements.rules.forms import CreditRule, LineTerms
from subscriptions.plans.models import PlanVersion
from subscriptions.plans.queries import Subscription, of_agreement
from subscriptions.plans.services.buying import SubscriptionPriceMoved, freeze, lines_of, require_for_sale
from subscriptions.plans.services.granting import (
    counted_of,
    end_entitlements,
    grant_entitlements,
    move_entitlements,
)
from subscriptions.plans.services.pricing import PlanPrice, PlanPricing


class SameLevel(DomainError):
    """The school has that level already."""

    code = "same_level"


class LowerLevelLater(DomainError):
    """A level that includes less begins today or with the next year, not on a day to come."""

    code = "lower_level_later"


@dataclass(frozen=True)
class LevelChange:
    """What another level comes to, shown before and done after. ``includes`` says what becomes of what is included."""

    before: PlanVersion
    after: PlanVersion
    year: PlanPrice
    at: date
    change: Change
    includes: tuple[str, ...]
    lines: tuple[LineTerms, ...]
    stop: tuple[int, ...]


def preview_level(
    *,
    agreement: Agreement,
    version: PlanVersion,
    on: date,
    today: date,
    pricing: PlanPricing | None = None,
) -> LevelChange:
    """What another level from the day ``on`` comes to, to the end of the term; writes nothing.

    Raises NotForSale, SameLevel, LowerLevelLater, and what the engine and pricing refuse.
    """
    has = _has(agreement, on)
    if has.version.plan_id == version.plan_id:
        raise SameLevel(f"You have {version.plan.title} already. Choose another level.")
    require_for_sale(version, on)
    if on > today and _includes_less(has.version, version):
        raise LowerLevelLater(
            f"{version.plan.title} includes less than {has.version.plan.title}, so it can begin today, or when you renew. "
            "Nothing is changed."
        )
    if pricing is None:
        pricing = PlanPricing(organisation=agreement.organisation, on=on, invoice_to=agreement.invoice_to)
    price = pricing.price(version)
    base = Period(has.line.base_from, has.line.base_to)
    lines = tuple(lines_of(price, base, Period(on, agreement.runs_to), pricing.facts_json(version)))
    slots = {line.slot for line in lines}
    held = agreement.lines.filter(source=has.line.source, valid_to__gt=on).values_list("slot", flat=True)
    stop = tuple(sorted(set(held) - slots))
    change = engine.preview_change(agreement=agreement, lines=lines, stop=stop, on=on, today=today)
    told = tuple(_told(has.version, version))
    return LevelChange(has.version, version, price, on, change, told, lines, stop)


@transaction.atomic
def change_level(
    *,
    agreement: Agreement,
    version: PlanVersion,
    on: date,
    today: date,
    actor: Actor,
    expected_pence: int | None = None,
) -> LevelChange:
    """Moves a subscription to another level from the day ``on``, by exactly what ``preview_level`` shows.

    ``expected_pence`` is what is to pay now with VAT, below zero where money comes back (SubscriptionPriceMoved). By
    somebody who may commit what it adds (TermOverLimit). The same call again returns SameLevel.
    """
    if not actor.has(*FINANCE) and agreement.organisation_id not in actor.organisations(*BUYING):
        raise NotAllowed("You may not change this subscription. Ask a buyer or an approver to do it.")
    row = Agreement.objects.select_for_update(of=("self",)).select_related("organisation", "invoice_to").get(
        pk=agreement.pk
    )  # fmt: skip
    shown = preview_level(agreement=row, version=version, on=on, today=today)
    if expected_pence is not None and shown.change.gross_pence != expected_pence:
        raise SubscriptionPriceMoved(
            f"It now comes to {Money(shown.change.gross_pence)} with VAT, not {Money(expected_pence)}. "
            "Nothing is changed. Look at it again.",
            gross=shown.change.gross_pence,
        )
    freeze(shown.year)
    engine.change(
        agreement=row,
        lines=shown.lines,
        stop=shown.stop,
        on=on,
        today=today,
        actor=actor,
        expected_pence=shown.change.net_pence,
    )
    Agreement.objects.filter(pk=row.pk).update(title=f"{version.plan.title} subscription")
    move_entitlements(agreement=row, before=shown.before, after=version, at=on, today=today)
    return shown


@transaction.atomic
def accept(*, agreement: Agreement, on: date, actor: Actor) -> Agreement:
    """``agreements``' own, and a subscription's allowances and price class are granted with it."""
    accepted = engine.accept(agreement=agreement, on=on, actor=actor)
    grant_entitlements(agreement=accepted)
    return accepted


@transaction.atomic
def end(
    *,
    agreement: Agreement,
    on: date,
    given_on: date,
    credit: CreditRule,
    reason: str,
    actor: Actor,
    expected_pence: int | None = None,
) -> Change:
    """``agreements``' own, and what is left of a subscription's allowances goes with it once the day has come."""
    shown = engine.end(
        agreement=agreement,
        on=on,
        given_on=given_on,
        credit=credit,
        reason=reason,
        actor=actor,
        expected_pence=expected_pence,
    )
    ended = Agreement.objects.select_related("organisation").get(pk=agreement.pk)
    end_entitlements(agreement=ended, today=given_on)
    return shown


def _has(agreement: Agreement, on: date) -> Subscription:
    has = of_agreement(agreement, on)
    if has is None:
        raise WrongInput(f"{agreement.number} is no subscription, so it has no level.")
    return has


def _includes_less(before: PlanVersion, after: PlanVersion) -> bool:
    old, new = counted_of(before), counted_of(after)
    return any(quantity > new.get(unit, (0, 0))[0] for unit, (quantity, _) in old.items())


def _told(before: PlanVersion, after: PlanVersion) -> list[str]:
    """What becomes of what is included, a sentence for each difference."""
    old = {one.included.topic: one.included for one in before.entitlements.all()}
    new = {one.included.topic: one.included for one in after.entitlements.all()}
    found = []
    for topic in {**old, **new}:
        was, will = old.get(topic), new.get(topic)
        if was and will and was.amount != will.amount:
            found.append(f"{topic}: {will.amount} instead of {was.amount}")
        elif will and not was:
            found.append(f"{will.words}, new")
        elif was and not will:
            found.append(f"{was.words}: no longer included")
    if _includes_less(before, after):
        found.append("What you have used already stays used; nothing is charged for it")
    return found
