"""A proposed credit is given back or not: finance decides, and the charge of the service is reduced once."""

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import Q

from invoicing.receivables.models import Charge
from invoicing.services import left_of, reduce
from marketplace.core.actors import Actor, Role
from marketplace.core.errors import DomainError, NotAllowed
from marketplace.core.money import Money, TaxedAmount
from marketplace.core.periods import Period
from marketplace.core.text import clean_line
from marketplace.core.wording import period_words
from subscriptions.agreements.models import BillingPeriod
from subscriptions.desk.models import ServiceCredit
from subscriptions.desk.services.proposing import record_credit

State = ServiceCredit.State
REASON_LIMIT = 240
_EVENTS = {State.APPROVED: "service_credit.approved", State.WAIVED: "service_credit.waived"}


class CreditIsDecided(DomainError):
    """What was decided stands."""

    code = "service_credit_is_decided"


class NotChargedYet(DomainError):
    """Nothing of the service's month has been charged, so nothing can come off."""

    code = "service_credit_not_charged"


@dataclass(frozen=True)
class CreditPreview:
    """What approving does: the sum with VAT, and the source of the charge that it comes off (empty: none yet).

    ``invoiced`` says whether it becomes a credit note or comes off the next invoice.
    """

    amount: TaxedAmount
    charge_key: str
    invoiced: bool


def source_of(credit: ServiceCredit) -> str:
    """The source of the one reduction that a ticket can bring."""
    return f"service-credit:{credit.ticket_id}"


def preview_credit(credit: ServiceCredit) -> CreditPreview:
    """The same that ``approve_credit`` does, before it is done."""
    key = credit.charge_key or _charge_of(credit)
    amount = TaxedAmount.at(Money(credit.pence), credit.line.vat_rate)
    invoiced = Charge.objects.filter(source_key=key, state=Charge.State.BILLED).exists() if key else False
    return CreditPreview(amount, key, invoiced)


@transaction.atomic
def approve_credit(*, credit: ServiceCredit, on: date, actor: Actor) -> ServiceCredit:
    """A finance manager gives it back: the charge of the month is reduced, or credited where it was invoiced.

    Whoever answered the ticket does not decide on it. Raises CreditIsDecided a second time, NotChargedYet where the month
    is charged later.
    """
    found = _open(credit, actor, "give back a service credit")
    key = _charge_of(found)
    if not key:
        raise NotChargedYet(
            f"{period_words(found.month_from, found.month_to)} of {found.line.title} is not charged yet. "
            "Approve the credit once it is."
        )
    month = Period(found.month_from, found.month_to)
    reduce(
        source_key=source_of(found),
        of=key,
        pence=found.pence,
        reason=f"Service credit for {found.ticket.number}, {period_words(month.start, month.end)}",
        on=on,
        actor=actor,
        service=month,
    )
    return _decide(found, State.APPROVED, on, actor, charge_key=key)


@transaction.atomic
def waive_credit(*, credit: ServiceCredit, reason: str, on: date, actor: Actor) -> ServiceCredit:
    """A finance manager does not give it back and says why. The school reads that nothing comes back, not why."""
    why = clean_line(reason, what="Why it is not given back", limit=REASON_LIMIT)
    found = _open(credit, actor, "decide on a service credit")
    return _decide(found, State.WAIVED, on, actor, reason=why)


def _open(credit: ServiceCredit, actor: Actor, to: str) -> ServiceCredit:
    actor.require(Role.FINANCE_MANAGER, to=to)
    found = ServiceCredit.objects.select_for_update(of=("self",)).select_related("ticket", "line__agreement")
    one = found.get(pk=credit.pk)
    if one.state != State.PROPOSED:
        raise CreditIsDecided(f"This credit was decided on already: {one.get_state_display().lower()}.")
    if actor.person_id and one.ticket.messages.filter(side="desk", person_id=actor.person_id).exists():
        raise NotAllowed(f"You answered {one.ticket.number}, so someone else must decide on its credit.")
    return one


def _decide(credit: ServiceCredit, state: State, on: date, actor: Actor, **more: str) -> ServiceCredit:
    changed = ServiceCredit.objects.filter(pk=credit.pk, state=State.PROPOSED).update(
        state=state, decided_on=on, decided_by_id=actor.person_id, **more
    )
    if changed != 1:
        raise CreditIsDecided("This credit was decided on already.")
    credit.refresh_from_db()
    record_credit(_EVENTS[state], credit, actor, reason=more.get("reason", ""))
    return credit


def _charge_of(credit: ServiceCredit) -> str:
    """The source of the charge with the days of the month, or of what was charged in its stead before a change."""
    line = credit.line
    same = BillingPeriod.objects.filter(
        Q(line=line) | Q(line__agreement_id=line.agreement_id, line__slot=line.slot),
        state=BillingPeriod.State.CHARGED, valid_from__lt=credit.month_to,
    ).exclude(charge_key="")  # fmt: skip
    exact = same.filter(valid_from__lt=credit.month_to, valid_to__gt=credit.month_from)
    for one in [*exact.order_by("-valid_from", "-pk"), *same.order_by("-valid_from", "-pk")]:
        if left_of(one.charge_key) >= credit.pence:
            return one.charge_key
    return ""
