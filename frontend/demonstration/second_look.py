"""What one of finance prepared and another decided: a refund that waits to be paid, a write-off that waits for approval."""

from datetime import date, datetime, time

from django.utils.timezone import make_aware

from frontend.demonstration.schools import COUNCIL_JOURNAL
from invoicing.receivables.models import ReceivableItem, UnallocatedItem
from invoicing.second_person.models import Action
from invoicing.services import approve, prepare_refund, prepare_write_off, send_back, set_limit
from marketplace.core.actors import Actor

_CREDIT_LIMIT_PENCE = 50_000
_SMALL_DEBT_PENCE = 5_000


def look_twice(*, today: date, officer: Actor, manager: Actor) -> None:
    """Limits from today on; one refund approved, one sent back, and a write-off that waits for the manager."""
    at = make_aware(datetime.combine(today, time(10)))
    set_limit(action=Action.CREDIT_NOTE, pence=_CREDIT_LIMIT_PENCE, valid_from=today, actor=manager)
    set_limit(action=Action.WRITE_OFF, pence=_SMALL_DEBT_PENCE, valid_from=today, actor=manager)
    paid_too_much = UnallocatedItem.objects.filter(remaining_pence__gt=0, kind=UnallocatedItem.Kind.RECEIPT)
    back = list(paid_too_much.select_related("organisation", "document").order_by("received_on", "pk")[:2])
    for source in back[:1]:
        reason = "Paid twice; the school asks for the money"
        prepared = prepare_refund(source=source, pence=source.remaining_pence, reason=reason, actor=officer)
        approve(prepared=prepared, on=today, at=at, actor=manager)
    for source in back[1:]:
        prepared = prepare_refund(source=source, pence=source.remaining_pence, reason="Paid too much", actor=officer)
        send_back(
            prepared=prepared, answer="Their next invoice is due this month: set it against that", at=at, actor=manager
        )
    late = ReceivableItem.objects.filter(outstanding_pence__gt=_SMALL_DEBT_PENCE, due_on__lt=today)
    late = late.exclude(organisation__name__in=COUNCIL_JOURNAL)  # which the council settles
    small = late.select_related("document__customer").order_by("outstanding_pence", "pk").first()
    if small is not None:
        prepare_write_off(
            invoice=small.document, pence=small.outstanding_pence,
            reason="The school does not know of it and who ordered it has left", actor=officer,
        )  # fmt: skip
