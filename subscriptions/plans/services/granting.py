"""What a level includes reaches the school: allowances for the term, the price class of its subscribers.

| when | allowances | price class |
|---|---|---|
| it begins to run | granted once, for the whole term | the version's, over the term |
| another level | the difference is added; what is too many is taken off, never below what is used | the new version's, from the day |
| it ends early | what is left is taken off | what the school had before |
"""

from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import F

from catalogue.rules.classes import PriceClass
from marketplace.core.actors import platform
from marketplace.core.periods import Period
from marketplace.organisations.services.people import on_day
from subscriptions.agreements.models import Agreement
from subscriptions.allowances.changing import grow_allowance, name_allowance, shrink_allowance
from subscriptions.allowances.models import Allowance
from subscriptions.allowances.services import grant_allowance
from subscriptions.plans.models import PlanVersion
from subscriptions.plans.queries import RUNNING, of_agreement
from subscriptions.plans.rules.includes import Kind
from subscriptions.tiers.models import Membership
from subscriptions.tiers.services import set_membership

PLATFORM = platform("Subscriptions")


def counted_of(version: PlanVersion) -> dict[str, tuple[int, int]]:
    """How much of each unit a version includes, and how much of it may be carried over."""
    found: dict[str, tuple[int, int]] = {}
    for one in version.entitlements.all():
        if unit := Kind(one.kind).unit:
            found[unit] = (one.quantity, one.carry_most)
    return found


def grant_entitlements(*, agreement: Agreement) -> None:
    """What a subscription that runs includes, once. Nothing happens for any other agreement."""
    has = of_agreement(agreement, agreement.term_from)
    if has is None or agreement.state not in RUNNING:
        return
    for unit, (quantity, carry_most) in counted_of(has.version).items():
        _grant(agreement, has.version, unit, quantity, carry_most, agreement.term_from)
    if has.version.price_class:
        _set_class(agreement, PriceClass(has.version.price_class), Period(agreement.term_from, agreement.runs_to))


def _grant(agreement: Agreement, version: PlanVersion, unit: str, units: int, carry_most: int, since: date) -> None:
    later = f":{since.isoformat()}" if since != agreement.term_from else ""
    grant_allowance(
        source_key=f"agreement:{agreement.number}:{unit}{later}",
        organisation=agreement.organisation,
        name=version.plan.title,
        places=units,
        valid_from=since,
        valid_to=agreement.runs_to,
        unit=unit,
        carry_most=carry_most,
        actor=PLATFORM,
    )


def move_entitlements(*, agreement: Agreement, before: PlanVersion, after: PlanVersion, at: date, today: date) -> None:
    """From one level to another, from the day ``at``: the difference is granted or taken off."""
    old, new = counted_of(before), counted_of(after)
    for unit in {**old, **new}:
        (quantity, carry_most), had = new.get(unit, (0, 0)), old.get(unit, (0, 0))[0]
        allowance = _allowance(agreement, unit)
        if quantity > had and (allowance is None or at > today):
            _grant(agreement, after, unit, quantity - had if allowance else quantity, carry_most, at)
        elif quantity > had and allowance is not None:
            reason = f"{before.plan.title} became {after.plan.title}"
            grow_allowance(allowance=allowance, units=quantity - had, reason=reason, on=today, actor=PLATFORM)
        elif quantity < had and allowance is not None:
            _take_off(allowance, had - quantity, f"{before.plan.title} became {after.plan.title}", today)
        if unit in new and allowance is not None and at <= today:
            name_allowance(allowance=allowance, name=after.plan.title, actor=PLATFORM)
    price_class = after.price_class or (_class_before(agreement) if before.price_class else None)
    if price_class:
        _set_class(agreement, PriceClass(price_class), Period(at, agreement.runs_to))


def end_entitlements(*, agreement: Agreement, today: date) -> None:
    """A subscription that ended before its term gives nothing more: what is left is taken off. Twice is once."""
    has = of_agreement(agreement, agreement.runs_to)
    if has is None or agreement.runs_to >= agreement.term_to or agreement.runs_to > today:
        return
    for allowance in Allowance.objects.filter(source_key__startswith=f"agreement:{agreement.number}:").order_by("pk"):
        _take_off(allowance, allowance.left, "The subscription ended", today)
    if has.version.price_class:
        standing = Membership.objects.filter(on_day(agreement.runs_to), organisation=agreement.organisation).first()
        if standing is not None and standing.valid_to == agreement.term_to:
            over = Period(agreement.runs_to, agreement.term_to)
            _set_class(agreement, PriceClass(_class_before(agreement)), over)


def keep_entitlements(*, on: date) -> int:
    """The duty behind it all: grants what runs and has none yet, takes off what ended; returns how many agreements."""
    kept = 0
    running = Agreement.objects.filter(kind=Agreement.Kind.SUBSCRIPTION, state__in=RUNNING)
    over = Agreement.objects.filter(
        kind=Agreement.Kind.SUBSCRIPTION, state=Agreement.State.ENDED, ended_on__lte=on, ended_on__lt=F("term_to")
    )
    for agreement in [*running.select_related("organisation"), *over.select_related("organisation")]:
        with transaction.atomic():
            if agreement.state in RUNNING and not _granted(agreement):
                grant_entitlements(agreement=agreement)
                kept += 1
            elif agreement.state == Agreement.State.ENDED and _something_left(agreement):
                end_entitlements(agreement=agreement, today=on)
                kept += 1
    return kept


def _allowance(agreement: Agreement, unit: str) -> Allowance | None:
    return Allowance.objects.filter(source_key=f"agreement:{agreement.number}:{unit}").first()


def _granted(agreement: Agreement) -> bool:
    """Whether it was granted what it includes; one that includes nothing counted has what it needs."""
    has = of_agreement(agreement, agreement.term_from)
    units = counted_of(has.version) if has else {}
    return all(_allowance(agreement, unit) is not None for unit in units)


def _something_left(agreement: Agreement) -> bool:
    rows = Allowance.objects.filter(source_key__startswith=f"agreement:{agreement.number}:")
    return any(row.left for row in rows)


def _take_off(allowance: Allowance, units: int, reason: str, today: date) -> None:
    """So many fewer, or as many as are left."""
    fewer = min(units, allowance.left)
    if fewer > 0:
        shrink_allowance(allowance=allowance, units=fewer, reason=reason, on=today, actor=PLATFORM)


def _class_before(agreement: Agreement) -> int:
    """The class that the school had the day before the subscription began."""
    rows = Membership.objects.filter(organisation=agreement.organisation, valid_from__lt=agreement.term_from)
    last = rows.order_by("-valid_from").first()
    return last.price_class if last else int(PriceClass.NON_MEMBER)


def _set_class(agreement: Agreement, price_class: PriceClass, over: Period) -> None:
    """The class over the days. A membership agreed for later days stands; one that lasts longer holds again after them."""
    rows = Membership.objects.filter(organisation=agreement.organisation)
    standing = rows.filter(on_day(over.start)).first()
    lasts = standing is not None and (standing.valid_to is None or standing.valid_to >= over.end)
    if standing is not None and lasts and standing.price_class == int(price_class):
        return
    later = rows.filter(valid_from__gt=over.start, valid_from__lt=over.end).order_by("valid_from").first()
    end = later.valid_from if later else over.end
    if standing is not None and standing.valid_from == over.start:
        rows.filter(pk=standing.pk).delete()
    common: dict[str, Any] = {"organisation": agreement.organisation, "actor": PLATFORM}
    set_membership(price_class=price_class, valid_from=over.start, valid_to=end, **common)
    if standing is not None and (standing.valid_to is None or standing.valid_to > end):
        was = PriceClass(standing.price_class)
        set_membership(price_class=was, valid_from=end, valid_to=standing.valid_to, **common)
