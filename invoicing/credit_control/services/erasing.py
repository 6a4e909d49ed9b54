"""Erasing what a person wrote in a query. That something was written, by which side and when, stays."""

from django.db import transaction

from invoicing.credit_control.models import InvoiceQuery, QueryMessage
from marketplace.core import events
from marketplace.core.actors import Actor, Role
from marketplace.core.erasure import REASONS, NothingToErase
from marketplace.core.errors import WrongInput

ERASED_WORDS = "What stood here was erased."


@transaction.atomic
def erase_query_text(*, query: InvoiceQuery, message: int, reason_code: str, actor: Actor) -> QueryMessage:
    """Puts ``ERASED_WORDS`` for good in place of what the query's ``message``-th entry said (counted from 1).

    ``reason_code`` is a key of ``marketplace.core.erasure.REASONS``. Administrators only, as for the text of events.
    Refuses an entry that is not there or was erased before (NothingToErase). No event ever held the text.
    """
    actor.require(Role.ADMINISTRATOR, to="erase what was written in a query")
    if reason_code not in REASONS:
        raise WrongInput(f"Reason must be one of: {', '.join(REASONS)}")
    written = list(QueryMessage.objects.select_for_update().filter(query=query).order_by("pk"))
    if not 1 <= message <= len(written):
        raise NothingToErase(f"{query.number} has {len(written)} messages and no number {message}. Choose one of them.")
    found = written[message - 1]
    if QueryMessage.objects.filter(pk=found.pk).exclude(text=ERASED_WORDS).update(text=ERASED_WORDS) != 1:
        raise NothingToErase(f"Message {message} of {query.number} was erased before. Nothing is left to erase.")
    events.record(
        kind="query.message_erased",
        subject_kind="query",
        subject=query.number,
        organisation_ids=[query.organisation_id, query.document.customer_id],
        payload={"message": message, "reason": reason_code},
        actor=actor,
    )
    found.refresh_from_db()
    return found
