"""Counting for contracts that pay on verification: who came to a date, how many said what they thought of it.

A date counts for a contract where the contract's analysis code is the offer's code or one of its themes, the lead's
organisation or the partnership itself runs it, and it began within the contract's term. Each count is pushed down once;
what a correction changes is pushed as a difference.
"""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.db.models import Q, QuerySet, Sum

from catalogue.models import CourseRun
from marketplace.core.actors import Actor
from marketplace.core.wording import london_day
from marketplace.organisations.queries import partnership
from marketplace.trading.models import Attendance, Evaluation, Register
from marketplace.trading.rules.attending import PRESENT
from subscriptions.outcomes.models import Measure, MeasuredFact, OutcomeContract
from subscriptions.outcomes.services.measuring import ATTENDED, EVALUATIONS, record_measure

IN_FORCE = (OutcomeContract.State.ACTIVE, OutcomeContract.State.ENDED, OutcomeContract.State.TERMINATED)


def measures_of(run: CourseRun) -> QuerySet[Measure]:
    """The measures for which a date counts, of contracts in force."""
    day, offer = london_day(run.starts_at), run.offer
    fits = Q(contract__analysis_code__in=[offer.code, *offer.themes]) & ~Q(contract__analysis_code="")
    owner = offer.provider.organisation_id
    ours = Q() if owner == partnership().pk else Q(contract__party=owner)
    return Measure.objects.filter(
        fits & ours, counts__in=list(COUNTS), contract__state__in=IN_FORCE, contract__valid_from__lte=day,
        contract__valid_to__gt=day,
    ).order_by("pk")  # fmt: skip


def runs_of(contract: OutcomeContract) -> QuerySet[CourseRun]:
    """The dates over whose registers count for a contract: the same rule from the other side."""
    fits = Q(offer__code=contract.analysis_code) | Q(offer__themes__contains=[contract.analysis_code])
    owners = [contract.party_id, partnership().pk]
    over = CourseRun.objects.filter(
        fits, offer__provider__organisation__in=owners, starts_at__date__gte=contract.valid_from,
        starts_at__date__lt=contract.valid_to, registers__state=Register.State.CLOSED,
    )  # fmt: skip
    return over.select_related("offer__provider").distinct().order_by("pk")


@transaction.atomic
def count_date(*, run: CourseRun, actor: Actor) -> int:
    """Pushes what a date counts by now to every measure that counts it; how many figures changed. Nothing before its last
    register is closed."""
    if run.meetings.exclude(register__state=Register.State.CLOSED).exists():
        return 0
    return sum(_push(measure, run, actor) for measure in measures_of(run))


def count_for_contract(*, contract: OutcomeContract, actor: Actor) -> int:
    """Pushes the dates that were over before the contract was agreed; how many figures changed."""
    if not contract.analysis_code or not contract.measures.filter(counts__in=list(COUNTS)).exists():
        return 0
    return sum(count_date(run=run, actor=actor) for run in runs_of(contract))


def _push(measure: Measure, run: CourseRun, actor: Actor) -> int:
    """The difference between what the date counts and what was pushed of it; two pushes at once wait for each other."""
    list(Measure.objects.select_for_update().filter(pk=measure.pk))
    source = f"{measure.counts}:{measure.pk}:{run.code}"[:110]
    pushed = MeasuredFact.objects.filter(measure=measure, source_key__startswith=f"{source}:")
    so_far = pushed.aggregate(sum=Sum("value"))["sum"] or Decimal(0)
    change = Decimal(COUNTS[measure.counts](run)) - so_far
    if not change:
        return 0
    made = record_measure(
        source_key=f"{source}:{pushed.count() + 1}", measure=measure, on=_day(run), value=change,
        label=run.offer.title[:160], actor=actor,
    )  # fmt: skip
    return int(made is not None)


def _day(run: CourseRun) -> date:
    return london_day(run.starts_at)


def _attended(run: CourseRun) -> int:
    """People who came to at least one meeting of the date; places cancelled since are left out."""
    came = Attendance.objects.filter(meeting__run=run, state__in=PRESENT, booking__state="booked")
    return came.values("booking").distinct().count()


def _evaluations(run: CourseRun) -> int:
    return Evaluation.objects.filter(run=run).count()


COUNTS: dict[str, Callable[[CourseRun], int]] = {ATTENDED: _attended, EVALUATIONS: _evaluations}
