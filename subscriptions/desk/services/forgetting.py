"""What becomes of tickets with time: resolved ones close, and after two years what was written in them is erased."""

from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.utils import timezone

from marketplace.core.actors import Actor
from marketplace.core.models import StoredFile
from marketplace.core.periods import add_months
from marketplace.core.wording import LONDON
from subscriptions.desk.models import Ticket
from subscriptions.desk.queries import OWNER_KIND
from subscriptions.desk.services.answering import may_reopen
from subscriptions.desk.services.writing import ERASED_WORDS, State, held, move, record

KEPT_MONTHS = 24
CHUNK = 100
ERASED_SUBJECT = "Erased"


@transaction.atomic
def close_resolved(*, at: datetime, actor: Actor) -> int:
    """The duty of each hour: what was resolved and can no longer be opened again is closed. Returns how many."""
    before = at - timedelta(days=14)
    found = Ticket.objects.select_for_update(skip_locked=True, of=("self",)).filter(
        state=State.RESOLVED, resolved_at__lt=before
    )
    over = [one for one in found.order_by("pk")[:CHUNK] if not may_reopen(one, at)]
    for ticket in over:
        move(ticket, State.CLOSED, closed_at=at)
        record("ticket.closed", ticket, actor, side="desk")
    return len(over)


@transaction.atomic
def forget_tickets(*, on: date, actor: Actor) -> int:
    """The duty of each hour: two years after a ticket was closed its words and files go for good. Returns how many.

    That there was one, for which service and how long it took stays for the statistics, and the credit that it brought.
    """
    before = timezone.make_aware(datetime.combine(add_months(on, -KEPT_MONTHS), time.min), LONDON)
    found = (
        Ticket.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(state=State.CLOSED, closed_at__lt=before, erased_on__isnull=True)
        .order_by("closed_at", "pk")[:CHUNK]
    )
    gone = list(found)
    for ticket in gone:
        owners = [str(pk) for pk in ticket.messages.values_list("pk", flat=True)]
        StoredFile.objects.filter(owner_kind=OWNER_KIND, owner__in=owners).delete()
        ticket.messages.update(text=ERASED_WORDS, person=None)
        Ticket.objects.filter(pk=ticket.pk).update(subject=ERASED_SUBJECT, opened_by=None, assignee=None, erased_on=on)
        record("ticket.erased", held(ticket), actor)
    return len(gone)
