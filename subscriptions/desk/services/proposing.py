"""What comes back for a missed promise: proposed once for a ticket, within the cap of the month."""

from datetime import datetime

from django.db.models import Sum

from marketplace.core import events
from marketplace.core.actors import Actor
from marketplace.core.periods import Period
from marketplace.core.wording import london_day
from subscriptions.agreements.models import AgreementLine
from subscriptions.agreements.rules.forms import Prorate
from subscriptions.desk.models import MissedPromise, ServiceCredit
from subscriptions.desk.rules.credits import credit_pence, month_of, month_pence
from subscriptions.desk.terms import cap_percent_on

State = ServiceCredit.State


def propose_credit(missed: MissedPromise, at: datetime, actor: Actor) -> ServiceCredit | None:
    """The credit of a locked ticket for the promise that it missed first; none where nothing was agreed to come back,
    the service did not run on that day, or the month's cap is used up. Finance decides on it.
    """
    ticket = missed.ticket
    if ticket.line_id is None or not ticket.credit_percent or ServiceCredit.objects.filter(ticket=ticket).exists():
        return None
    # Whoever else proposes for the same service waits here, so that together they stay within the cap.
    line = AgreementLine.objects.select_for_update(of=("self",)).select_related("agreement").get(pk=ticket.line_id)
    on = london_day(missed.due_at)
    base, valid = Period(line.base_from, line.base_to), _valid(line)
    month = month_of(base, valid, on) if valid else None
    if month is None or valid is None:
        return None
    whole = month_pence(line.base_pence, base, valid, month, Prorate(line.agreement.prorate))
    pence = credit_pence(whole, ticket.credit_percent, cap_percent_on(on), given_for(line, month))
    if not pence:
        return None
    made = ServiceCredit.objects.create(
        ticket=ticket, missed=missed, line=line, month_from=month.start, month_to=month.end, month_pence=whole,
        percent=ticket.credit_percent, pence=pence, proposed_on=london_day(at),
    )  # fmt: skip
    record_credit("service_credit.proposed", made, actor)
    return made


def given_for(line: AgreementLine, month: Period) -> int:
    """What is proposed or given back already for a service's month, in pence."""
    found = ServiceCredit.objects.filter(line=line, month_from=month.start).exclude(state=State.WAIVED)
    return int(found.aggregate(pence=Sum("pence", default=0))["pence"])


def _valid(line: AgreementLine) -> Period | None:
    return Period(line.valid_from, line.valid_to) if line.valid_from < line.valid_to else None


def record_credit(kind: str, credit: ServiceCredit, actor: Actor, reason: str = "") -> None:
    events.record(
        kind=kind,
        subject_kind="ticket",
        subject=credit.ticket.number,
        organisation_ids=[credit.ticket.organisation_id],
        payload={
            "pence": credit.pence, "month_from": credit.month_from.isoformat(), "month_pence": credit.month_pence,
            "percent": str(credit.percent), "agreement": credit.line.agreement.number,
        },
        text={"reason": reason} if reason else None,
        actor=actor,
    )  # fmt: skip
