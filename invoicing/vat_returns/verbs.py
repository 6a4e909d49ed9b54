"""Making a VAT return: one person prepares it, another locks it, and what HMRC answered is written down."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, connection, transaction

from invoicing.ledger import chart
from invoicing.ledger.posting import NewEntry, NewMovement, post
from invoicing.vat.standing import known_of
from invoicing.vat_returns.models import VatReturn, VatReturnPart
from invoicing.vat_returns.reckoning import WAITING, Figures, figures_of, first_day
from invoicing.vat_returns.rules import owed, period_problem, period_words
from marketplace.core import events
from marketplace.core.actors import FINANCE, Actor, Role
from marketplace.core.errors import DomainError, WrongInput
from marketplace.core.money import Money
from marketplace.core.text import clean_line
from marketplace.organisations.queries import partnership

State = VatReturn.State


class VatReturnRefused(DomainError):
    """The return cannot be prepared or locked; the message says what to do."""

    code = "vat_return_refused"


class VatReturnMoved(DomainError):
    """The return is not in the state that this needs, or its figures changed since they were looked at."""

    code = "vat_return_moved"


class OwnVatReturn(DomainError):
    """Nobody locks what they prepared."""

    code = "own_vat_return"


def taken_to() -> date | None:
    """The end of the last return that was locked."""
    last = VatReturn.objects.filter(state__in=[State.LOCKED, State.SENT]).order_by("-end").first()
    return last.end if last else None


@transaction.atomic
def prepare_vat_return(*, start: date, end: date, at: datetime, actor: Actor) -> VatReturn:
    """Prepares the return from ``start`` up to but not including ``end``. Finance.

    Raises WrongInput for dates that are no period, VatReturnRefused where we are not registered for VAT or another
    return is prepared for some of those months.
    """
    actor.require(*FINANCE, to="prepare VAT returns")
    if actor.person_id is None:
        raise WrongInput("A person prepares a VAT return.")
    if problem := period_problem(start, end, taken_to=taken_to()):
        raise WrongInput(f"{problem}.", field="last")
    if not known_of(partnership(), end - timedelta(days=1)).registered:
        raise VatReturnRefused(
            "The partnership is not registered for VAT then. Record how it stands under VAT rules first."
        )
    try:
        with transaction.atomic():
            made = VatReturn.objects.create(start=start, end=end, prepared_by_id=actor.person_id, prepared_at=at)
    except IntegrityError as error:
        if "vat_returns_do_not_overlap" not in str(error):
            raise
        raise VatReturnRefused(
            "Another return is prepared for some of these months. Withdraw that one first."
        ) from None
    _record("vat_return.prepared", made, actor, {"start": start.isoformat(), "end": end.isoformat()})
    return made


@transaction.atomic
def withdraw_vat_return(*, found: VatReturn, actor: Actor) -> VatReturn:
    """Takes back a return that is prepared. Raises VatReturnMoved for one that was locked."""
    actor.require(*FINANCE, to="withdraw VAT returns")
    locked = _locked(found, State.PREPARED)
    VatReturn.objects.filter(pk=locked.pk).update(state=State.WITHDRAWN)
    locked.refresh_from_db()
    _record("vat_return.withdrawn", locked, actor, {})
    return locked


@transaction.atomic
def lock_vat_return(*, found: VatReturn, net_vat_pence: int, on: date, at: datetime, actor: Actor) -> VatReturn:
    """A finance manager who did not prepare the return locks it: its boxes stand, and the VAT is owed to HMRC.

    ``net_vat_pence`` is box 5 as it was looked at, below nought where HMRC owes us; where it has changed since, nothing is
    locked. One entry moves the VAT of both kinds to *VAT due to HMRC*, dated the period's last day or the first open one.
    Raises OwnVatReturn, VatReturnMoved, VatReturnRefused.
    """
    actor.require(Role.FINANCE_MANAGER, to="lock VAT returns")
    locked = _locked(found, State.PREPARED)
    if actor.person_id is None or actor.person_id == locked.prepared_by_id:
        raise OwnVatReturn("You prepared this return, so someone else must lock it.")
    figures = figures_of(locked, actor)
    _require_ready(locked, figures, on)
    if owed(figures.sums) != net_vat_pence:
        raise VatReturnMoved(
            f"The figures changed since you looked: box 5 was {Money(net_vat_pence)} and is {Money(owed(figures.sums))}"
            " now. Look at them again."
        )
    values: dict[str, Any] = {"pk": locked.pk, "end": locked.end, "first": first_day(locked)}
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO invoicing_vatreturnentry (entry_id, vat_return_id) SELECT id, %(pk)s FROM ({WAITING}) e",
            values,
        )
    VatReturnPart.objects.bulk_create(
        VatReturnPart(
            vat_return=locked, box=part.box, category=part.category, reason=part.reason, counts=bool(part.counts),
            pence=part.pence, late_pence=part.late,
        )
        for part in figures.parts
    )  # fmt: skip
    sums = figures.sums
    VatReturn.objects.filter(pk=locked.pk).update(
        state=State.LOCKED, locked_by_id=actor.person_id, locked_at=at, entry_id=_settle(locked, figures, actor),
        sales_vat_pence=sums.sales_vat, purchases_vat_pence=sums.purchases_vat,
        sales_net_pence=sums.sales_net, purchases_net_pence=sums.purchases_net,
    )  # fmt: skip
    locked.refresh_from_db()
    _record("vat_return.locked", locked, actor, {f"{name}_pence": pence for name, pence in sums._asdict().items()})
    return locked


def _require_ready(found: VatReturn, figures: Figures, on: date) -> None:
    if found.end > on:
        raise VatReturnRefused(f"{found} is not over yet. The return can be locked from {found.end:%-d %B %Y} on.")
    before = taken_to()
    if before is not None and before != found.start:
        raise VatReturnRefused(f"The return after the last begins on {before:%-d %B %Y}. Withdraw this one.")
    if figures.undecided:
        words = "; ".join(f"{part.category} {part.reason or 'without a reason'}" for part in figures.undecided)
        raise VatReturnRefused(f"Nobody said whether this belongs in box 6: {words}. Decide it under VAT rules first.")


def _settle(found: VatReturn, figures: Figures, actor: Actor) -> int | None:
    """The entry that makes the period's VAT a debt to HMRC, or a claim on it; None where there is none."""
    sales, purchases = figures.sums.sales_vat, figures.sums.purchases_vat
    movements = [
        NewMovement(*((debit, credit) if pence > 0 else (credit, debit)), pence=abs(pence))
        for debit, credit, pence in (
            (chart.VAT_OUTPUT, chart.VAT_TO_HMRC, sales),
            (chart.VAT_TO_HMRC, chart.VAT_INPUT, purchases),
        )
        if pence
    ]
    if not movements:
        return None
    [entry] = post(
        entries=[
            NewEntry(
                kind="vat_return", source_key=f"vat-return:{found.pk}", on=found.end - timedelta(days=1),
                narrative=f"VAT return {period_words(found.start, found.end)}", movements=movements,
            )
        ],
        actor=actor,
    )  # fmt: skip
    return entry


@transaction.atomic
def record_vat_return_sent(*, found: VatReturn, sent_on: date, receipt: str, on: date, actor: Actor) -> VatReturn:
    """Writes down that a locked return was sent to HMRC, with the number that it answered. Finance.

    Raises WrongInput for a day before the period's end or after ``on``, VatReturnMoved.
    """
    actor.require(*FINANCE, to="record that a VAT return was sent")
    locked = _locked(found, State.LOCKED)
    if not locked.end <= sent_on <= on:
        raise WrongInput(
            f"The day must be from {locked.end:%-d %B %Y}, when the period was over, to today.", field="sent_on"
        )
    receipt = clean_line(receipt, what="HMRC's receipt number", limit=60)
    VatReturn.objects.filter(pk=locked.pk).update(state=State.SENT, sent_on=sent_on, receipt=receipt)
    locked.refresh_from_db()
    _record("vat_return.sent", locked, actor, {"sent_on": sent_on.isoformat(), "receipt": receipt})
    return locked


def _locked(found: VatReturn, state: State) -> VatReturn:
    locked = VatReturn.objects.select_for_update().get(pk=found.pk)
    if locked.state != state:
        raise VatReturnMoved(f"The return of {locked} is no longer as you saw it: {locked.get_state_display()}.")
    return locked


def _record(kind: str, found: VatReturn, actor: Actor, payload: dict[str, object]) -> None:
    events.record(
        kind=kind, subject_kind="vat_return", subject=found.key, organisation_ids=[],
        payload={"state": str(found.state), "vat_return": found.pk, **payload}, actor=actor,
    )  # fmt: skip
