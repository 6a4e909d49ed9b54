"""Querying an invoice: asked on lines, answered by finance, resolved; the rest of the invoice goes on."""

import unicodedata
from collections.abc import Collection, Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from invoicing.credit_control.models import InvoiceQuery, QueryLine, QueryMessage
from invoicing.documents.models import Document, DocumentLine
from marketplace.core import events
from marketplace.core.actors import FINANCE, INVOICED, Actor
from marketplace.core.errors import DomainError, NotAllowed, WrongInput
from marketplace.core.series import claim, ensure_series
from marketplace.core.wording import london_day
from marketplace.organisations.models import Organisation

SERIES = "invoice-query"
TEXT_LIMIT = 2000
State, Outcome, Side = InvoiceQuery.State, InvoiceQuery.Outcome, QueryMessage.Side
_MAY_SAY = {
    Side.CUSTOMER: (Outcome.AGREED, Outcome.WITHDRAWN),
    Side.FINANCE: (Outcome.AGREED, Outcome.CREDITED),
}


class AlreadyInQuery(DomainError):
    """A line is in one query at a time."""

    code = "already_in_query"


class NotQueryable(DomainError):
    """Only lines of an issued invoice that are one's own can be queried."""

    code = "not_queryable"


class QueryIsResolved(DomainError):
    """What is resolved stays as it was left."""

    code = "query_is_resolved"

    def __init__(self, number: str) -> None:
        super().__init__(
            f"{number} is resolved, so nothing was added. Query the invoice again if there is more to ask."
        )


class NothingCredited(DomainError):
    """A query is resolved as credited only once something of its lines is."""

    code = "nothing_credited"


def own_lines(document: Document, organisation: Organisation) -> QuerySet[DocumentLine]:
    """The lines that an organisation may query: all of an invoice to itself, else those that it receives."""
    lines = document.lines.order_by("position")
    return lines if document.customer_id == organisation.pk else lines.filter(consumer=organisation)


@transaction.atomic
def open_query(
    *,
    document: Document,
    organisation: Organisation,
    line_ids: Collection[int] = (),
    text: str,
    at: datetime,
    actor: Actor,
) -> InvoiceQuery:
    """Puts lines of an issued invoice in query: those chosen, or all that the organisation may query.

    Asked by somebody who reads the organisation's invoices. From this day on the lines are not reminded of and bear no
    interest until it is resolved. Raises AlreadyInQuery where another query holds a line; then nothing is written.
    """
    if not (actor.system or organisation.pk in actor.organisations(*INVOICED)):
        raise NotAllowed("You may not query this invoice. Ask somebody who buys for the organisation to do it.")
    said = clean_text(text)
    list(Document.objects.select_for_update(no_key=True).filter(pk=document.pk).values_list("pk"))
    lines = _lines(document, organisation, line_ids)
    ensure_series(code=SERIES, prefix="Q")
    [number] = claim(series=SERIES)
    query = InvoiceQuery.objects.create(
        number=number, document=document, organisation=organisation, opened_on=london_day(at),
        opened_by_id=actor.person_id,
    )  # fmt: skip
    QueryLine.objects.bulk_create([QueryLine(query=query, line=line) for line in lines])
    _say(query, Side.CUSTOMER, said, at, actor)
    _record("query.opened", query, {"lines": len(lines), "pence": sum(one.net_pence + one.vat_pence for one in lines)}, actor)  # fmt: skip
    return query


def _lines(document: Document, organisation: Organisation, line_ids: Collection[int]) -> list[DocumentLine]:
    if document.kind != Document.Kind.INVOICE or document.state != Document.State.ISSUED:
        raise NotQueryable("Only an issued invoice can be queried. Choose the invoice.")
    own = list(own_lines(document, organisation))
    chosen = [line for line in own if line.pk in line_ids] if line_ids else own
    if not chosen or len(chosen) < len(set(line_ids)):
        raise NotQueryable(f"A line that you chose on {document.number} is not yours to query. Nothing was sent.")
    held = QueryLine.objects.filter(live=True, line__in=chosen).select_related("query", "line").order_by("pk")
    if one := held.first():
        raise AlreadyInQuery(
            f"Line {one.line.position} ({one.line.description}) is in query already, in {one.query.number}. Write there, "
            "or choose other lines. Nothing was sent.",
            number=one.query.number,
        )
    return chosen


def side_of(query: InvoiceQuery, actor: Actor) -> QueryMessage.Side:
    """For whom the actor writes: finance, or the organisation that asked. Raises NotAllowed for anybody else."""
    if actor.has(*FINANCE) and not actor.system:
        return Side.FINANCE
    if actor.system or query.organisation_id in actor.organisations(*INVOICED):
        return Side.CUSTOMER
    raise NotAllowed(f"You may read {query.number} but not write in it. Whoever asked, or finance, goes on with it.")


@transaction.atomic
def write_message(*, query: InvoiceQuery, text: str, at: datetime, actor: Actor) -> InvoiceQuery:
    """Adds what one side says. Finance's answer makes it the other side's turn, and the other way round."""
    said = clean_text(text)
    held = _held(query)
    side = side_of(held, actor)
    after = State.ANSWERED if side == Side.FINANCE else State.OPEN
    if held.state != after:
        _move(held, after)
    _say(held, side, said, at, actor)
    _record("query.answered" if side == Side.FINANCE else "query.asked_again", held, {"side": side.value}, actor)
    return held


@transaction.atomic
def resolve_query(*, query: InvoiceQuery, outcome: str, text: str = "", at: datetime, actor: Actor) -> InvoiceQuery:
    """Ends it: the school agrees or withdraws, finance credits or notes the agreement. Its lines are free again.

    ``credited`` needs a credit note on one of its lines. A last message may go with it.
    """
    held = _held(query)
    side = side_of(held, actor)
    if outcome not in _MAY_SAY[side]:
        raise WrongInput(f"Outcome must be one of: {', '.join(one.value for one in _MAY_SAY[side])}")
    credited = DocumentLine.objects.filter(credits_line__queried__query=held, document__state=Document.State.ISSUED)
    if outcome == Outcome.CREDITED and not credited.exists():
        raise NothingCredited(
            f"No line of {held.number} has been credited. Issue the credit note first, then resolve it as credited."
        )
    if text.strip():
        _say(held, side, clean_text(text), at, actor)
    QueryLine.objects.filter(query=held).update(live=False)
    _move(held, State.RESOLVED, outcome=outcome, resolved_on=max(london_day(at), held.opened_on))
    _record("query.resolved", held, {"outcome": str(outcome), "side": side.value}, actor)
    return held


def _held(query: InvoiceQuery) -> InvoiceQuery:
    """The query, locked; raises where it is resolved."""
    held = InvoiceQuery.objects.select_for_update(of=("self",)).select_related("document").get(pk=query.pk)
    if held.state == State.RESOLVED:
        raise QueryIsResolved(held.number)
    return held


def _move(query: InvoiceQuery, state: InvoiceQuery.State, **more: object) -> None:
    if InvoiceQuery.objects.filter(pk=query.pk, state=query.state).update(state=state, **more) != 1:
        raise QueryIsResolved(query.number)
    query.refresh_from_db(fields=["state", "outcome", "resolved_on"])


def _say(query: InvoiceQuery, side: QueryMessage.Side, text: str, at: datetime, actor: Actor) -> None:
    QueryMessage.objects.create(query=query, side=side, person_id=actor.person_id, written_at=at, text=text)


def _record(kind: str, query: InvoiceQuery, payload: Mapping[str, object], actor: Actor) -> None:
    """What was written is personal text and stays out of the log."""
    events.record(
        kind=kind,
        subject_kind="query",
        subject=query.number,
        organisation_ids=[query.organisation_id, query.document.customer_id],
        payload={"invoice": query.document.number, **payload},
        actor=actor,
    )


def clean_text(text: str) -> str:
    """What a person wrote over several lines; refuses nothing written, control characters, and too much."""
    lines = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\t", " ").strip()
    if not lines:
        raise WrongInput("Enter what you want to say")
    if len(lines) > TEXT_LIMIT:
        raise WrongInput(f"What you write must be {TEXT_LIMIT:,} characters or fewer")
    if any(unicodedata.category(char) in ("Cc", "Cs", "Co") for char in lines if char != "\n"):
        raise WrongInput("What you write must not contain control characters. Type it again instead of pasting it")
    return lines
