"""Evaluations: by a signed link that needs no account, once for each place, told to nobody with a name.

The link says which place may answer and nothing else; opening it uses nothing up, since mail scanners open links.
"""

from datetime import date, timedelta

from django.core import signing
from django.db import IntegrityError, transaction

from catalogue.services.ratings import record_rating
from marketplace.core import events
from marketplace.core.actors import Actor
from marketplace.core.errors import DomainError, WrongInput
from marketplace.core.text import clean_line
from marketplace.trading.models import Attendance, Booking, Evaluation, Register
from marketplace.trading.rules.attending import PRESENT

SALT = "trading.evaluation"
OPEN_DAYS = 90
WORDS_LIMIT = 500
# Who answers is told to nobody, so nobody is said to have acted.
SOMEBODY = Actor(person_id=None, user_id=None, name="Somebody who attended")


class EvaluationGone(DomainError):
    """The link is of no place that may answer, or is too old. Never says which."""

    code = "evaluation_gone"
    status = 404


class EvaluatedAlready(DomainError):
    """An evaluation of this place was sent before."""

    code = "evaluated_already"


def evaluation_token(*, booking: Booking) -> str:
    """The end of the address ``/evaluate/{token}``: signed, for this one purpose, kept nowhere."""
    return signing.dumps(booking.pk, salt=SALT, compress=False)


def place_to_evaluate(*, token: str, on: date) -> Booking:
    """The place that a link is for. Uses nothing up. Raises EvaluationGone, and EvaluatedAlready."""
    try:
        pk = signing.loads(token, salt=SALT)
    except signing.BadSignature as error:
        raise EvaluationGone("This link no longer works.") from error
    found = Booking.objects.filter(pk=pk, state=Booking.State.BOOKED).select_related("run__offer").first()
    if found is None or not may_evaluate(found, on):
        raise EvaluationGone("This link no longer works.")
    if Evaluation.objects.filter(booking=found).exists():
        raise EvaluatedAlready("You have sent your evaluation of this course already. Thank you.")
    return found


def may_evaluate(booking: Booking, on: date) -> bool:
    """Whether the course is over, its person attended some of it, and it was not more than 90 days ago."""
    if not booking.run.ends_on <= on <= booking.run.ends_on + timedelta(days=OPEN_DAYS):
        return False
    registers = booking.run.meetings.exclude(register__state=Register.State.CLOSED)
    return not registers.exists() and Attendance.objects.filter(booking=booking, state__in=PRESENT).exists()


@transaction.atomic
def evaluate(*, token: str, score: int, recommends: bool, on: date, change: str = "", comment: str = "") -> Evaluation:
    """Records what somebody thought of a course, from 1 to 5, and tells the catalogue the score without the person.

    ``change`` (what will change in their practice) and ``comment`` are for organisers, who see them without names.
    Refuses a link that does not work (EvaluationGone), a second answer (EvaluatedAlready) and another score (WrongInput).
    """
    booking = place_to_evaluate(token=token, on=on)
    if isinstance(score, bool) or not 1 <= score <= 5:
        raise WrongInput("Choose a score from 1 to 5")
    try:
        with transaction.atomic():
            made = Evaluation.objects.create(
                booking=booking,
                run_id=booking.run_id,
                score=score,
                recommends=recommends,
                change=clean_line(change, what="What will change", limit=WORDS_LIMIT, required=False),
                comment=clean_line(comment, what="Comment", limit=WORDS_LIMIT, required=False),
                given_on=on,
            )
    except IntegrityError as error:
        raise EvaluatedAlready("You have sent your evaluation of this course already. Thank you.") from error
    record_rating(source_key=f"evaluation:{made.pk}", offer=booking.run.offer, score=score, given_on=on)
    events.record(
        kind="evaluation.given",
        subject_kind="run",
        subject=booking.run.code,
        organisation_ids=[],
        payload={},  # neither the score nor the place: with the time of the event they would name the person
        actor=SOMEBODY,
    )
    return made
