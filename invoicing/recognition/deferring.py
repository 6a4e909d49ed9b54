"""Opening deferrals: what an invoice batch posts to deferred income, with the schedule in which it becomes income."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta

from django.db import transaction

from invoicing.documents.drafts import DraftDocument, DraftLine
from invoicing.recognition.models import Deferral, DeferralPart
from invoicing.recognition.rules import OVER_TIME, runs_out_on, schedule
from marketplace.core import events
from marketplace.core.actors import Actor
from marketplace.core.bulk import copy_rows, next_ids
from marketplace.core.errors import WrongInput
from marketplace.core.periods import Period
from marketplace.organisations.models import Organisation

_DEFERRAL = (
    "id", "line_id", "source_key", "organisation_id", "pattern", "account_id", "stream_id", "analysis_code", "since",
    "service_from", "service_to", "expires_on", "pence", "open_pence",
)  # fmt: skip
_PART = ("deferral_id", "income_on", "pence", "source_key")


def open_deferrals(
    *,
    drafts: Sequence[DraftDocument],
    spans: Sequence[Sequence[int]],
    source_keys: Callable[[Sequence[int]], Mapping[int, str]],
) -> None:
    """Deferrals with their parts for the deferred lines of invoices just issued, in the caller's transaction.

    ``spans`` are the ids of each invoice's lines in order. ``source_keys`` gives the sources of items by their ids; it is
    asked only where a line is deferred. Four statements whatever their number; none where nothing is deferred.
    """
    lines = [
        (draft, line, line_id)
        for draft, span in zip(drafts, spans, strict=True)
        for line, line_id in zip(draft.lines, span, strict=True)
        if line.deferred_pence
    ]
    if not lines:
        return
    keys = source_keys([line.charge_id or 0 for _, line, _ in lines])
    ids = next_ids(Deferral, len(lines))
    copy_rows(
        Deferral,
        _DEFERRAL,
        (
            (
                pk, line_id, keys[line.charge_id or 0], draft.customer_id, line.recognition, line.account, line.stream,
                line.analysis_code, draft.tax_point, line.service_from, line.service_to,
                runs_out_on(line.recognition, line.service_to), line.net_pence, line.net_pence,
            )
            for pk, (draft, line, line_id) in zip(ids, lines, strict=True)
        ),
    )  # fmt: skip
    copy_rows(
        DeferralPart,
        _PART,
        (
            (pk, income_on, pence, "")
            for pk, (draft, line, _) in zip(ids, lines, strict=True)
            for income_on, pence in _schedule_of(line, draft)
        ),
    )


def _schedule_of(line: DraftLine, draft: DraftDocument) -> list[tuple[date, int]]:
    return schedule(line.recognition, line.net_pence, line.service_from, line.service_to, draft.issued_on)


@transaction.atomic
def take_over_deferred(
    *,
    source_key: str,
    customer: Organisation,
    pence: int,
    service: Period,
    account_code: str,
    stream_code: str,
    since: date,
    actor: Actor,
) -> Deferral:
    """What stood deferred in the books kept before, at the end of ``since``: it becomes income over the days left.

    Posts nothing: the opening entry puts the pence on deferred income of the customer in the same transaction. Raises
    WrongInput where no day of the service is left.
    """
    days = Period(max(service.start, since + timedelta(days=1)), service.end) if service.last_day > since else None
    if days is None or pence <= 0:
        raise WrongInput(f"Deferred income of {customer.name} must be above £0.00 and for days after {since:%-d %B %Y}")
    deferral = Deferral.objects.create(
        source_key=source_key, organisation=customer, pattern=OVER_TIME, account_id=account_code, stream_id=stream_code,
        since=since, service_from=days.start, service_to=days.end, pence=pence, open_pence=pence,
    )  # fmt: skip
    parts = schedule(OVER_TIME, pence, days.start, days.end, since)
    DeferralPart.objects.bulk_create([DeferralPart(deferral=deferral, income_on=on, pence=part) for on, part in parts])
    events.record(
        kind="income.taken_over",
        subject_kind="deferral",
        subject=str(deferral.pk),
        organisation_ids=[customer.pk],
        payload={"pence": pence, "from": days.start.isoformat(), "to": days.end.isoformat()},
        actor=actor,
    )
    return deferral
