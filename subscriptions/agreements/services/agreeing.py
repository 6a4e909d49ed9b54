"""Making, offering, accepting and declining an agreement; notice, and the agreement that follows."""

from collections.abc import Sequence
from datetime import date

from django.db import connection, transaction

from marketplace.core import events
from marketplace.core.actors import BUYING, FINANCE, Actor
from marketplace.core.bulk import insert_once
from marketplace.core.errors import DomainError, NotAllowed, WrongInput
from marketplace.core.money import Money
from marketplace.core.periods import Period
from marketplace.core.text import clean_line
from marketplace.organisations.models import Organisation
from subscriptions.agreements.models import Agreement
from subscriptions.agreements.queries import whole_term
from subscriptions.agreements.rules.forms import Billing, LineTerms
from subscriptions.agreements.services.charging import charge_periods
from subscriptions.agreements.services.standing import billing_of, locked, require_running
from subscriptions.agreements.services.writing import write_lines

NUMBERS = "subscriptions_agreement_numbers"
MOST_YEARS = 7


class NotOffered(DomainError):
    """It was accepted, declined or withdrawn already."""

    code = "agreement_not_offered"


class TermOverLimit(DomainError):
    """Over the whole term it costs more than this person may commit."""

    code = "term_over_limit"


class DifferentAgreement(DomainError):
    """The same source made another agreement."""

    code = "different_agreement"


class NoticeGiven(DomainError):
    """It ends with its term, so that nothing follows it."""

    code = "notice_given"


class AlreadyRenewed(DomainError):
    """Something follows it already."""

    code = "already_renewed"


def agree(
    *,
    source_key: str,
    kind: str,
    organisation: Organisation,
    title: str,
    term: Period,
    lines: Sequence[LineTerms],
    billing: Billing,
    on: date,
    actor: Actor,
    offered: bool = False,
    accepted_by: int | None = None,
    invoice_to: Organisation | None = None,
    purchase_order: str = "",
    notice_weeks: int = 0,
    renewal: str = Agreement.Renewal.ASK,
    succeeds: Agreement | None = None,
    paper: str = "",
) -> Agreement:
    """What an organisation takes for a term, once for a source; what is due by ``on`` is charged.

    Offered, nothing is charged until it is accepted. The caller has made sure that the actor may commit the
    organisation. Every line runs within the term. Raises DifferentAgreement where the source made another one, WrongInput
    for a term of more than seven years.
    """
    _check(term, lines)
    made = Agreement(
        source_key=source_key,
        number=_next_number(),
        kind=kind,
        organisation=organisation,
        invoice_to=invoice_to,
        title=clean_line(title, what="Title", limit=160),
        term_from=term.start,
        term_to=term.end,
        state=Agreement.State.OFFERED if offered else Agreement.State.ACTIVE,
        every=billing.every,
        timing=billing.timing,
        prorate=billing.prorate,
        term_starts=list(billing.term_starts),
        purchase_order=clean_line(purchase_order, what="Purchase order", limit=20, required=False),
        notice_weeks=notice_weeks,
        notice_by=Agreement.notice_day(term.end, notice_weeks),
        renewal=renewal,
        succeeds=succeeds,
        accepted_by_person_id=None if offered else accepted_by,
        accepted_on=None if offered else on,
        paper=clean_line(paper, what="Reference of the paper", limit=60, required=False),
    )
    with transaction.atomic():
        if not insert_once(made):
            return _same(source_key, organisation, term)
        write_lines(made, lines, billing)
        record("agreement.offered" if offered else "agreement.made", made, _facts(made), actor)
        if not offered:
            charge_periods(agreement=made, on=on, actor=actor)
    return made


def _check(term: Period, lines: Sequence[LineTerms]) -> None:
    if not lines:
        raise WrongInput("Choose at least one service")
    if term.end > Period.months_from(term.start, 12 * MOST_YEARS).end:
        raise WrongInput(f"A term is at most {MOST_YEARS} years")
    if any(line.valid.start < term.start or line.valid.end > term.end for line in lines):
        raise WrongInput("Each service runs within the term of its agreement")


def _next_number() -> str:
    """From a sequence: an agreement is no document, so that a number may be missing."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT nextval('{NUMBERS}')")
        return f"AG-{cursor.fetchone()[0]:06d}"


def _same(source_key: str, organisation: Organisation, term: Period) -> Agreement:
    found = Agreement.objects.filter(source_key=source_key).first()
    if found is None:
        raise AlreadyRenewed("Something follows this agreement already. Open that one instead.")
    if (found.organisation_id, found.term_from, found.term_to) != (organisation.pk, term.start, term.end):
        raise DifferentAgreement(f"{source_key} made {found.number} before, for others or another term.")
    return found


def _facts(agreement: Agreement) -> dict[str, object]:
    value = whole_term(agreement)
    return {
        "kind": str(agreement.kind),
        "from": agreement.term_from.isoformat(),
        "to": agreement.term_to.isoformat(),
        "net_pence": value.net.pence,
    }


def require_to_commit(*, organisation: Organisation, gross_pence: int, actor: Actor) -> None:
    """Refuses unless the actor may commit so much for the organisation over the whole term (finance may: by paper)."""
    if actor.has(*FINANCE):
        return
    if organisation.pk not in actor.organisations(*BUYING):
        raise NotAllowed("You may not agree to services for this organisation. Ask a buyer or an approver to do it.")
    limit = actor.spending_limit(organisation.pk)
    if limit is not None and gross_pence > limit:
        raise TermOverLimit(
            f"Over its whole term this costs {Money(gross_pence)} with VAT, {Money(gross_pence - limit)} over your limit. "
            "Nothing was agreed. Ask somebody with a higher limit to accept it.",
            over=gross_pence - limit,
        )


@transaction.atomic
def accept(*, agreement: Agreement, on: date, actor: Actor) -> Agreement:
    """What was offered runs from now on as agreed, and what is due by ``on`` is charged. Raises NotOffered, TermOverLimit.

    A renewal is refused once notice was given for what it follows (NoticeGiven).
    """
    before = agreement.succeeds
    if before is not None and locked(before).notice_given_on:
        raise NoticeGiven(f"Notice was given for {before.number}, so it is not renewed. Take the notice back first.")
    row = locked(agreement)
    if row.state == Agreement.State.OFFERED:
        require_to_commit(organisation=row.organisation, gross_pence=whole_term(row).gross.pence, actor=actor)
    _move(row, Agreement.State.ACTIVE, accepted_on=on, accepted_by_person_id=actor.person_id)
    record("agreement.accepted", row, _facts(row), actor)
    charge_periods(agreement=row, on=on, actor=actor)
    return locked(row)


def _move(row: Agreement, state: str, **more: object) -> None:
    """From offered to what was decided, by one of those who decide at once."""
    if Agreement.objects.filter(pk=row.pk, state=Agreement.State.OFFERED).update(state=state, **more) != 1:
        words = Agreement.State(row.state).label.lower()
        raise NotOffered(f"{row.number} waits for nobody any more: {words}. Look at it again.")


def require_party(*, agreement: Agreement, actor: Actor) -> None:
    """Refuses unless the actor buys or approves for the agreement's customer, or is finance."""
    if not actor.has(*FINANCE) and agreement.organisation_id not in actor.organisations(*BUYING):
        raise NotAllowed("You may not decide this for the organisation. Ask a buyer or an approver to do it.")


@transaction.atomic
def decline(*, agreement: Agreement, reason: str, on: date, actor: Actor) -> Agreement:
    """The school does not take what was offered. Raises NotOffered."""
    row = locked(agreement)
    require_party(agreement=row, actor=actor)
    _move(row, Agreement.State.DECLINED)
    record("agreement.declined", row, {"on": on.isoformat()}, actor, reason)
    return locked(row)


@transaction.atomic
def withdraw_offer(*, agreement: Agreement, reason: str, on: date, actor: Actor) -> Agreement:
    """The partnership takes back what it offered, with the reason. Raises NotOffered."""
    actor.require(*FINANCE, to="take back what was offered")
    reason = clean_line(reason, what="Reason", limit=240)
    row = locked(agreement)
    _move(row, Agreement.State.WITHDRAWN)
    record("agreement.withdrawn", row, {"on": on.isoformat()}, actor, reason)
    return locked(row)


@transaction.atomic
def give_notice(*, agreement: Agreement, on: date, actor: Actor) -> Agreement:
    """It ends with its term and is not renewed; a renewal that was offered is taken back.

    Refused where a renewal was accepted already (AlreadyRenewed): that one would have to end.
    """
    row = locked(agreement)
    require_party(agreement=row, actor=actor)
    require_running(row)
    if row.notice_given_on:
        return row
    successor = row.successors.exclude(state__in=_GONE).order_by("pk").first()
    if successor is not None:
        if locked(successor).state != Agreement.State.OFFERED:
            raise AlreadyRenewed(f"{row.number} was renewed by {successor.number}. End that one instead.")
        _move(successor, Agreement.State.WITHDRAWN)
        record("agreement.withdrawn", successor, {"on": on.isoformat()}, actor, "Notice was given")
    Agreement.objects.filter(pk=row.pk).update(notice_given_on=on)
    record("agreement.notice_given", row, {"on": on.isoformat(), "ends": row.runs_to.isoformat()}, actor)
    return locked(row)


_GONE = (Agreement.State.DECLINED, Agreement.State.WITHDRAWN)


@transaction.atomic
def renew(
    *,
    agreement: Agreement,
    term: Period,
    lines: Sequence[LineTerms],
    on: date,
    actor: Actor,
    billing: Billing | None = None,
    offered: bool = True,
) -> Agreement:
    """The agreement that follows this one from where it ends: never an edit.

    Refused once notice was given (NoticeGiven), where something follows already (AlreadyRenewed), and for a term that
    does not begin where this one ends.
    """
    row = locked(agreement)
    require_running(row)
    if row.notice_given_on:
        raise NoticeGiven(f"Notice was given for {row.number}, so it is not renewed.")
    if term.start != row.runs_to:
        raise WrongInput(f"The new term must begin on {row.runs_to:%-d %B %Y}, when this one ends")
    if row.successors.exclude(state__in=_GONE).exists():
        raise AlreadyRenewed(f"Something follows {row.number} already. Open that one instead.")
    tries = row.successors.count()
    return agree(
        source_key=f"agreement:{row.pk}:next" + (f":{tries + 1}" if tries else ""),
        kind=row.kind,
        organisation=row.organisation,
        title=row.title,
        term=term,
        lines=lines,
        billing=billing or billing_of(row),
        on=on,
        actor=actor,
        offered=offered,
        accepted_by=actor.person_id,
        invoice_to=row.invoice_to,
        notice_weeks=row.notice_weeks,
        renewal=row.renewal,
        succeeds=row,
    )


def record(kind: str, agreement: Agreement, payload: dict[str, object], actor: Actor, reason: str = "") -> None:
    """An event about an agreement; why is text that can be erased."""
    invoiced = [agreement.invoice_to_id] if agreement.invoice_to_id else []
    events.record(
        kind=kind,
        subject_kind="agreement",
        subject=agreement.number,
        organisation_ids=[agreement.organisation_id, *invoiced],
        payload=payload,
        text={"reason": reason} if reason else None,
        actor=actor,
    )
