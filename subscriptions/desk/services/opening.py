"""Asking for help: a ticket with the promise of its service frozen on it, and its clocks started."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from marketplace.core.actors import BUYING, Actor
from marketplace.core.errors import NotAllowed, WrongInput
from marketplace.core.series import claim, ensure_series
from marketplace.core.text import clean_line
from marketplace.core.wording import london_day
from marketplace.organisations.models import Organisation
from subscriptions.agreements.models import AgreementLine
from subscriptions.desk.clocks import recompute
from subscriptions.desk.models import Ticket
from subscriptions.desk.queries import is_desk
from subscriptions.desk.rules.promises import Priority
from subscriptions.desk.services.writing import Side, Upload, clean_text, record, say
from subscriptions.desk.terms import promise_for

SERIES = "ticket"
SUBJECT_LIMIT = 120


@transaction.atomic
def open_ticket(
    *,
    organisation: Organisation,
    line: AgreementLine | None,
    priority: str,
    subject: str,
    text: str,
    at: datetime,
    actor: Actor,
    files: Sequence[Upload] = (),
) -> Ticket:
    """A school asks for help with a service that it has, or with something that none covers (``line`` is None).

    Asked by somebody who buys for the organisation, or taken down by the desk for it. What the service promises for that
    urgency is frozen on the ticket. Refused: a service that is not the organisation's on that day, an unknown urgency.
    """
    if not (is_desk(actor) or organisation.pk in actor.organisations(*BUYING)):
        raise NotAllowed("You may not ask for help here. Ask somebody who buys for the organisation to do it.")
    if priority not in list(Priority):
        raise WrongInput(f"How urgent it is must be one of: {', '.join(Priority)}")
    on = london_day(at)
    if line is not None and organisation.pk not in (line.agreement.organisation_id, line.consumer_id):
        raise WrongInput("Choose one of the services that the organisation has")
    promise = promise_for(line, Priority(priority), on)
    ensure_series(code=SERIES, prefix="TK")
    [number] = claim(series=SERIES)
    ticket = Ticket.objects.create(
        number=number,
        organisation=organisation,
        line=line,
        service=line.title if line else "",
        subject=clean_line(subject, what="What it is about", limit=SUBJECT_LIMIT),
        priority=priority,
        opened_at=at,
        opened_by_id=actor.person_id,
        response_minutes=promise.response_minutes if promise else None,
        fix_minutes=promise.fix_minutes if promise else None,
        credit_percent=promise.credit_percent if promise else 0,
    )
    recompute(ticket)
    by_school = organisation.pk in actor.organisations(*BUYING)
    say(ticket, Side.SCHOOL if by_school else Side.DESK, clean_text(text), at, actor, files=files)
    record("ticket.opened", ticket, actor, line=line.pk if line else None, promised=promise is not None)
    return ticket
