"""What a running retainer does by itself: a period begins and is charged, and at its end what is left lapses."""

from datetime import date
from decimal import Decimal

from django.db import transaction

from invoicing.recognition.models import Deferral
from invoicing.services import use_deferred
from marketplace.core.actors import Actor
from marketplace.core.money import round_half_up
from marketplace.core.wording import period_words
from marketplace.trading.engagements.models import Engagement, EngagementDate
from marketplace.trading.engagements.retainer_models import Retainer, RetainerPeriod
from marketplace.trading.engagements.rules.retaining import periods_of, usable_to
from marketplace.trading.engagements.rules.terms import CONSULTANT_POLICY, for_units, units_words
from marketplace.trading.engagements.services.agreeing import next_number
from marketplace.trading.engagements.services.charging import payee_of, provider_vat
from marketplace.trading.engagements.services.prepaid import charge_in_advance, prepaid_key
from marketplace.trading.engagements.services.retaining import owe_period, period_key, record
from marketplace.trading.engagements.visit_models import VisitCharge
from providers.accreditation.queries import standing_on

State = EngagementDate.State
RELATED = ("school", "consultant__provider__organisation", "consultant__home_school")


def open_periods(*, on: date, actor: Actor) -> int:
    """Begins each period that is due by ``on`` of the retainers that run, once; one transaction for each.

    A period whose consultant is not accredited on the day waits and is charged when they are again; one that ended without
    is never charged. Returns how many began.
    """
    running = Retainer.objects.filter(state=Retainer.State.RUNNING, valid_from__lte=on).order_by("pk")
    return sum(_open_due(pk, on, actor) for pk in running.values_list("pk", flat=True))


@transaction.atomic
def _open_due(pk: int, on: date, actor: Actor) -> int:
    [retainer] = list(Retainer.objects.select_for_update(of=("self",)).select_related(*RELATED).filter(pk=pk))
    periods = periods_of(retainer.valid_from, termly=retainer.every == Retainer.Every.TERM, count=retainer.periods)
    begun = set(retainer.begun.values_list("ordinal", flat=True))
    current = [
        (number, one)
        for number, one in enumerate(periods)
        if one.start <= on < one.end and number + 1 not in begun
        and (retainer.stopped_from is None or one.start < retainer.stopped_from)
    ]  # fmt: skip
    if not current or not standing_on(retainer.consultant, on).accredited:
        return 0
    [(index, period)] = current
    words = period_words(period.start, period.end)
    made = RetainerPeriod.objects.create(
        retainer=retainer, ordinal=index + 1, starts_on=period.start, ends_on=period.end,
        usable_to=usable_to(periods, index, unused=retainer.unused), engagement=_booking(retainer, words, on),
    )  # fmt: skip
    charge_in_advance(engagement=made.engagement, on=on, actor=actor)
    payee = payee_of(made.engagement)
    owe_period(made, retainer, payee, on, actor, provider_vat(payee, on))
    record("retainer.period_began", retainer, actor, period=made.ordinal, booking=made.engagement.number)
    return 1


def _booking(retainer: Retainer, words: str, on: date) -> Engagement:
    """The period as a booking paid in advance; by its terms the provider is owed by it, or already for the period."""
    by_visit = retainer.owed == Retainer.Owed.VISIT
    much = units_words(retainer.quantity, retainer.unit)
    price = for_units(retainer.sell_pence, retainer.quantity)
    return Engagement.objects.create(
        number=next_number(), school=retainer.school, consultant=retainer.consultant,
        title=f"{retainer.title[:90]}, {words}"[:120], unit=retainer.unit, quantity=retainer.quantity,
        sell_pence=retainer.sell_pence, buy_pence=retainer.buy_pence if by_visit else 0,
        working=[f"Retainer {retainer.number}, {words}", f"{much} for {price} before VAT", "Travel is included"],
        paid_by=Engagement.PaidBy.PREPAID, purchase_order=retainer.purchase_order, policy=dict(CONSULTANT_POLICY),
        agreed_by_id=retainer.school_agreed_by_id, agreed_on=on,
    )  # fmt: skip


def close_periods(*, on: date, actor: Actor, most: int = 200) -> int:
    """Closes periods whose days may not be taken any more: what is left lapses and its money becomes income.

    Waits where a visit is not decided yet or the period's invoice was not issued. Returns how many closed.
    """
    due = RetainerPeriod.objects.filter(closed_on=None, usable_to__lte=on).order_by("usable_to", "pk")
    return sum(_close(pk, on, actor) for pk in due.values_list("pk", flat=True)[:most])


@transaction.atomic
def _close(pk: int, on: date, actor: Actor) -> int:
    locked = RetainerPeriod.objects.select_for_update(of=("self",)).filter(pk=pk, closed_on=None)
    for period in locked.select_related("engagement", "retainer__consultant__provider"):
        booking = Engagement.objects.select_for_update().get(pk=period.engagement_id)
        key = prepaid_key(booking)
        deferral = Deferral.objects.filter(source_key=key).first()
        undecided = booking.dates.filter(state__in=[State.PLANNED, State.WRITTEN_UP, State.QUERIED]).exists()
        used = VisitCharge.objects.filter(visit__date__engagement=booking, kind=VisitCharge.Kind.TIME)
        if undecided or deferral is None or used.filter(used=False).exists():
            return 0
        taken = sum((row.visit.quantity or Decimal(0) for row in used.select_related("visit")), Decimal(0))
        whole = round_half_up(booking.quantity * booking.sell_pence)
        left = min(whole - sum(row.net_pence for row in used), deferral.open_pence)
        if left:
            use_deferred(
                charge_source_key=key, source_key=f"{period_key(period.retainer, period.ordinal)}:lapsed", pence=left,
                on=on, actor=actor,
            )  # fmt: skip
        period.lapsed, period.lapsed_pence, period.closed_on = booking.quantity - taken, left, on
        period.save(update_fields=["lapsed", "lapsed_pence", "closed_on"])
        if booking.state == Engagement.State.AGREED:
            Engagement.objects.filter(pk=booking.pk).update(state=Engagement.State.DONE)
        record("retainer.period_closed", period.retainer, actor, period=period.ordinal, lapsed=str(period.lapsed),
               pence=left)  # fmt: skip
        _end(period.retainer, on, actor)
        return 1
    return 0


def _end(retainer: Retainer, on: date, actor: Actor) -> None:
    """The retainer is over when no period runs and none can begin any more."""
    last = min(retainer.valid_to, retainer.stopped_from or retainer.valid_to)
    if on < last or retainer.begun.filter(closed_on=None).exists():
        return
    if Retainer.objects.filter(pk=retainer.pk, state=Retainer.State.RUNNING).update(state=Retainer.State.ENDED):
        record("retainer.ended", retainer, actor)
