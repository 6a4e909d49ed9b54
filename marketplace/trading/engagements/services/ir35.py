"""Off-payroll working (IR35): the school's determination of a booking, kept before the work starts.

Source: Income Tax (Earnings and Pensions) Act 2003, part 2 chapter 10: a public authority that is the client decides, gives
its reasons, and passes them on. Inside the rules, a provider's gross payment is not ours to make.
"""

from dataclasses import dataclass
from datetime import date

from django.db import transaction

from marketplace.core import events
from marketplace.core.actors import BUYING, Actor, Role
from marketplace.core.errors import DomainError, WrongInput
from marketplace.core.text import clean_line
from marketplace.trading.engagements.models import Engagement
from marketplace.trading.engagements.requests import OffPayrollDetermination
from marketplace.trading.engagements.services.access import refusal
from marketplace.trading.engagements.services.holding import hold_gross

Answer = OffPayrollDetermination.Answer


class WorkStarted(DomainError):
    """The determination comes after the work began."""

    code = "work_started"


@dataclass(frozen=True)
class Ir35Answer:
    """Whether the consultant is paid through their own company, and if so whether the rules apply, with the reasons."""

    own_company: bool
    answer: str = Answer.NOT_NEEDED
    reasons: str = ""


@transaction.atomic
def determine(*, engagement: Engagement, ir35: Ir35Answer, on: date, actor: Actor) -> OffPayrollDetermination:
    """Keeps the school's determination; a later one replaces it for what is paid from then on.

    Those who buy for the school may. Refuses a determination without reasons, and a first one after the first visit was
    written up (WorkStarted).
    """
    if engagement.school_id not in actor.organisations(*BUYING) and not actor.has(Role.ORGANISER):
        parties = [engagement.school_id, engagement.consultant.provider.organisation_id]
        raise refusal(actor, parties, "decide this for the school")
    begun = engagement.dates.exclude(state__in=["planned", "cancelled"]).exists()
    if begun and not engagement.determinations.exists():
        raise WorkStarted(
            "The first visit was written up already, and a determination is made before the work starts. Ask the"
            " partnership's finance team what to do now."
        )
    return write_determination(engagement, ir35, on, actor)


def clean_answer(ir35: Ir35Answer) -> Ir35Answer:
    """The answer with its reasons as one line. Refuses one without reasons, and one that contradicts itself."""
    reasons = clean_line(ir35.reasons, what="Reasons", limit=1000, required=ir35.own_company)
    if ir35.own_company == (ir35.answer == Answer.NOT_NEEDED):
        raise WrongInput("Choose inside or outside the rules where the consultant is paid through their own company")
    return Ir35Answer(ir35.own_company, ir35.answer, reasons)


def write_determination(engagement: Engagement, ir35: Ir35Answer, on: date, actor: Actor) -> OffPayrollDetermination:
    """Writes what was decided, in the caller's transaction, and its event without the reasons."""
    ir35 = clean_answer(ir35)
    made = OffPayrollDetermination.objects.create(
        engagement=engagement,
        own_company=ir35.own_company,
        answer=ir35.answer,
        reasons=ir35.reasons,
        decided_on=on,
        decided_by_id=actor.person_id,
    )
    events.record(
        kind="engagement.determined",
        subject_kind="engagement",
        subject=engagement.number,
        organisation_ids=[engagement.school_id, engagement.consultant.provider.organisation_id],
        payload={"answer": str(ir35.answer), "own_company": ir35.own_company},
        actor=actor,
    )
    hold_gross(engagement=engagement, on=on, actor=actor)
    return made


def determination_of(engagement: Engagement) -> OffPayrollDetermination | None:
    """The latest determination, which is the one that counts."""
    return engagement.determinations.select_related("decided_by").order_by("-pk").first()


def gross_payment_allowed(engagement: Engagement) -> bool:
    """Whether the provider may be paid gross for the booking: not where the school decided that the rules apply."""
    latest = determination_of(engagement)
    return latest is None or latest.answer != Answer.INSIDE
