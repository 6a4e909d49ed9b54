"""Telling customers that an agreement ends, once for each reminder; and renewing those that renew themselves."""

from datetime import date, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from marketplace.core import events
from marketplace.core.actors import Actor
from marketplace.core.bulk import insert_once
from marketplace.core.errors import DomainError
from subscriptions.agreements.models import Agreement
from subscriptions.plans.services import accept
from subscriptions.renewals.models import RenewalReminder
from subscriptions.renewals.preparing import next_term, prepare_renewal
from subscriptions.renewals.rules.dates import BEFORE_END, BEFORE_NOTICE, Remind, reminder_due

TURN = 200
State = Agreement.State
_EARLIEST = max(BEFORE_NOTICE.values())


def _ending(on: date) -> QuerySet[Agreement]:
    """What runs, whose notice nobody gave and whose renewal nobody accepted."""
    renewed = Agreement.objects.filter(succeeds=OuterRef("pk"), state__in=[State.ACTIVE, State.SUSPENDED, State.ENDED])
    running = Agreement.objects.filter(state=State.ACTIVE, notice_given_on=None, ended_on=None, term_to__gt=on)
    return running.filter(~Exists(renewed))


def remind_due(*, on: date, actor: Actor, most: int = TURN) -> int:
    """Records the reminders that are due on a day, each once; those who are told by e-mail hear of it. Returns how many.

    Where one was missed only the latest is sent. An agreement that ends with its term is told of its end alone.
    """
    asks = Q(notice_by__gte=on, notice_by__lte=on + _EARLIEST) & ~Q(renewal=Agreement.Renewal.NONE)
    ends = Q(term_to__lte=on + BEFORE_END)
    sent = RenewalReminder.objects.filter(agreement=OuterRef("pk"))
    rows = _ending(on).filter(
        (ends & ~Exists(sent.filter(kind=Remind.END)))
        | (asks & Q(notice_by__gt=on + BEFORE_NOTICE[Remind.TWO_WEEKS]) & ~Exists(sent))
        | (asks & Q(notice_by__lte=on + BEFORE_NOTICE[Remind.TWO_WEEKS]) & ~Exists(sent.filter(kind=Remind.TWO_WEEKS)))
    )
    return sum(_remind(one, on, actor) for one in rows.order_by("pk")[:most])


@transaction.atomic
def _remind(agreement: Agreement, on: date, actor: Actor) -> int:
    asks = agreement.renewal != Agreement.Renewal.NONE
    kind = reminder_due(notice_by=agreement.notice_by if asks else None, term_to=agreement.term_to, on=on)
    if kind is None or not insert_once(RenewalReminder(agreement=agreement, kind=kind.value, sent_on=on)):
        return 0
    events.record(
        kind="agreement.reminded",
        subject_kind="agreement",
        subject=agreement.number,
        organisation_ids=[agreement.organisation_id],
        payload={"reminder": kind.value, "on": on.isoformat()},
        actor=actor,
    )
    return 1


def renew_by_itself(*, on: date, actor: Actor, most: int = TURN) -> int:
    """Renews what renews itself, once the last day for notice is over and none was given. Returns how many.

    The renewal that was offered is accepted; where none was offered, one year at the prices of the day is. One that cannot
    go on is left for finance, which sees it end.
    """
    without = Q(notice_by=None, term_to__lte=on + BEFORE_END)
    rows = _ending(on).filter(Q(notice_by__lt=on) | without, renewal=Agreement.Renewal.AUTOMATIC)
    rows = rows.filter(term_to__lte=on + timedelta(days=366)).select_related("organisation", "invoice_to")
    return sum(_renew(one, on, actor) for one in rows.order_by("pk")[:most])


def _renew(agreement: Agreement, on: date, actor: Actor) -> int:
    try:
        with transaction.atomic():
            offered = agreement.successors.filter(state=State.OFFERED).first()
            if offered is None:
                if agreement.successors.exists():  # declined or taken back: somebody has decided
                    return 0
                offered = prepare_renewal(agreement=agreement, term=next_term(agreement), on=on, actor=actor)
            accept(agreement=offered, on=on, actor=actor)
    except DomainError:
        return 0
    return 1
