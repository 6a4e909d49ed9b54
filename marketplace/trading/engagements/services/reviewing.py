"""Peer review between schools: a round is opened, days are recorded, what is left is settled in money."""

from datetime import date, timedelta
from decimal import Decimal

from django.db import transaction

from invoicing.ledger.chart import CONSULTANTS
from invoicing.services import owe
from marketplace.core import events, series
from marketplace.core.actors import Actor, Role
from marketplace.core.errors import DomainError, WrongInput
from marketplace.core.money import Money
from marketplace.core.periods import Period
from marketplace.core.text import clean_line
from marketplace.core.wording import long_date
from marketplace.organisations.models import Organisation
from marketplace.trading.engagements.review_models import ReviewDay, ReviewRound
from marketplace.trading.engagements.rules.reciprocity import Settlement, balances, settle
from marketplace.trading.engagements.services.charging import STREAM, provider_vat
from marketplace.trading.engagements.services.one_charge import charge_sum

SERIES, PREFIX = "review-rounds", "PR"
MOST_DAYS = Decimal(20)


class ReviewSettled(DomainError):
    """The round was settled."""

    code = "review_settled"


class ReviewChanged(DomainError):
    """What was left came out otherwise than was looked at."""

    code = "review_changed"


@transaction.atomic
def open_review(*, title: str, day_pence: int, on: date, actor: Actor) -> ReviewRound:
    """Opens a round; ``day_pence`` is at what a day that is left over is settled, before VAT."""
    actor.require(Role.ORGANISER, to="open rounds of peer review")
    if not 0 < day_pence <= 5_000_00:
        raise WrongInput("A day must cost more than £0.00 and at most £5,000.00")
    series.ensure_series(code=SERIES, prefix=PREFIX)
    [number] = series.claim(series=SERIES)
    made = ReviewRound.objects.create(
        number=number, title=clean_line(title, what="Title", limit=120), day_pence=day_pence, opened_on=on
    )
    _record("review.opened", made, actor, [], day_pence=day_pence)
    return made


@transaction.atomic
def record_review_day(
    *, round: ReviewRound, giver: Organisation, receiver: Organisation, held_on: date, days: Decimal, actor: Actor
) -> ReviewDay:
    """Days that one school gave to another. Raises ReviewSettled; refuses a school that reviews itself, no days or more
    than twenty, and parts of a day other than quarters."""
    actor.require(Role.ORGANISER, to="record days of peer review")
    round = _open(round)
    if giver.pk == receiver.pk:
        raise WrongInput("A school does not review itself. Choose another school")
    if not 0 < days <= MOST_DAYS or days % Decimal("0.25"):
        raise WrongInput("Days must be quarters of a day, from 0.25 to 20")
    made = ReviewDay.objects.create(round=round, giver=giver, receiver=receiver, held_on=held_on, days=days)
    _record("review.day_recorded", round, actor, [giver.pk, receiver.pk], days=str(days), held_on=held_on.isoformat())
    return made


@transaction.atomic
def settle_review(*, round: ReviewRound, expected_pence: int, on: date, actor: Actor) -> Settlement:
    """Charges the schools that received more than they gave, and owes those that gave more. Once.

    ``expected_pence`` is the sum that was looked at: raises ReviewChanged where it comes out otherwise now, ReviewSettled
    where it was settled before.
    """
    actor.require(Role.ORGANISER, Role.FINANCE_OFFICER, Role.FINANCE_MANAGER, to="settle rounds of peer review")
    round = _open(round)
    due = due_of(round)
    total = sum(due.to_pay.values())
    if total != expected_pence:
        raise ReviewChanged(
            f"{Money(total)} is to be settled now, not {Money(expected_pence)}. Nothing was charged. Look again."
        )
    schools = Organisation.objects.in_bulk([*due.to_pay, *due.owed])
    for pk, pence in due.to_pay.items():
        _charge(round, schools[pk], pence, on, actor)
    for pk, pence in due.owed.items():
        owe(
            source_key=source_key(round, schools[pk]),
            provider=schools[pk],
            description=f"{round.number}, {round.title}: days given beyond those received",
            net=Money(pence),
            vat=provider_vat(schools[pk], on),
            account_code=CONSULTANTS,
            stream_code=STREAM,
            analysis_code=round.number,
            service=Period(on, on + timedelta(days=1)),
            on=on,
            actor=actor,
        )
    ReviewRound.objects.filter(pk=round.pk).update(state=ReviewRound.State.SETTLED, settled_on=on)
    _record("review.settled", round, actor, [*due.to_pay, *due.owed], pence=total)
    return due


def due_of(round: ReviewRound) -> Settlement:
    """What is left of the round's days, in money."""
    rows = ReviewDay.objects.filter(round=round).values_list("giver_id", "receiver_id", "days")
    return settle(balances(rows), round.day_pence)


def source_key(round: ReviewRound, school: Organisation) -> str:
    return f"review:{round.number}:{school.number}"


def _charge(round: ReviewRound, school: Organisation, pence: int, on: date, actor: Actor) -> None:
    charge_sum(
        source_key=source_key(round, school),
        school=school,
        description=f"{round.title}: days received beyond those given",
        pence=pence,
        label=round.number,
        steps=[f"Days received beyond those given, at {Money(round.day_pence)} a day", f"To pay: {Money(pence)}"],
        service=Period(on, on + timedelta(days=1)),
        on=on,
        actor=actor,
    )


def _open(round: ReviewRound) -> ReviewRound:
    """The round, locked until the transaction ends, if it is open."""
    [found] = list(ReviewRound.objects.select_for_update().filter(pk=round.pk))
    if found.state != ReviewRound.State.OPEN:
        on = long_date(found.settled_on) if found.settled_on else "an earlier day"
        raise ReviewSettled(f"{found.number} was settled on {on}. Open a new round instead.")
    return found


def _record(kind: str, round: ReviewRound, actor: Actor, schools: list[int], **payload: object) -> None:
    events.record(
        kind=kind, subject_kind="review", subject=round.number, organisation_ids=schools, payload=payload, actor=actor
    )
