"""E-mails about support plans: to agree, agreed and so funded, taken back; a week before each review.

Of a confidential plan they give the number alone.
"""

from datetime import date, timedelta

from django.utils import timezone

from frontend.buying import buyer_of
from frontend.formats import long_date, money
from frontend.jinja import url
from frontend.notices.readers import absolute, to_roles
from frontend.notices.telling import Told, tell
from frontend.notices.topics_of_outcomes import SUPPORT
from marketplace.core import periodic
from marketplace.core.actors import Role
from marketplace.core.models import Event
from marketplace.core.outbox import handles
from marketplace.core.wording import london_day, period_words
from marketplace.messaging.services import To
from marketplace.organisations.models import Organisation
from marketplace.organisations.queries import partnership
from subscriptions.support.models import SupportPlan, SupportReview

BEFORE_DAYS, MOST = 7, 200
State = SupportPlan.State


def _plan(event: Event) -> SupportPlan:
    return SupportPlan.objects.select_related("school", "funder").get(number=event.subject)


def _called(plan: SupportPlan) -> str:
    return f"support plan {plan.number}" if plan.confidential else f"{plan.title}, {plan.school.name}"


def _facts(plan: SupportPlan) -> list[tuple[str, str]]:
    if plan.confidential:
        return [("Support plan", plan.number)]
    return [
        ("Support plan", f"{plan.title}, {plan.number}"), ("School", plan.school.name), ("Paid by", plan.funder.name),
        ("Term", period_words(plan.valid_from, plan.valid_to)), ("Costs, before VAT", money(plan.cost_pence)),
    ]  # fmt: skip


def _of_school(plan: SupportPlan, on: date) -> list[To]:
    return to_roles(plan.school_id, [Role.APPROVER], on)


def _at_school(plan: SupportPlan) -> str:
    school = Organisation.objects.select_related("school").get(pk=plan.school_id)
    return absolute(buyer_of(school).url("school-support-plan", number=plan.number))


def _organisers(on: date) -> list[To]:
    return to_roles(partnership().pk, [Role.ORGANISER], on)


def _at_ours(plan: SupportPlan) -> str:
    return absolute(url("organise-support-plan", number=plan.number))


@handles("support_plan.drafted", "support_plan.withdrawn", name="notices.support_plan_offered")
def offered(event: Event) -> None:
    """Asks the school's approvers to agree; tells them when it was taken back."""
    plan, on, draft = _plan(event), london_day(event.at), event.kind.endswith("drafted")
    if draft and plan.state != State.DRAFT:
        return  # decided before the mail left
    sentence = (
        "Read what was planned, by whom and what it costs whom. It runs once you agree."
        if draft
        else "Why stands on its page. Nothing comes of it."
    )
    said = Told(
        f"{'Agree' if draft else 'Taken back'}: {_called(plan)}", _facts(plan), [sentence], "Open the plan", _at_school(plan)
    )  # fmt: skip
    tell(_of_school(plan, on), said, key=f"support-plan:{event.pk}", topic=SUPPORT, event=event)


@handles("support_plan.agreed", name="notices.support_plan_agreed")
def agreed(event: Event) -> None:
    """Tells who funds it that it is agreed, so paid from their money, and the organisers."""
    plan, on = _plan(event), london_day(event.at)
    subject = f"Agreed by the school: {_called(plan)}"
    council = Told(
        subject, _facts(plan), ["It is paid from your money. Each review's finding stands on its page."], "Open the plan",
        absolute(url("council-support-plan", number=plan.number)),
    )  # fmt: skip
    ours = Told(subject, _facts(plan), ["It runs. Book or contract what it promises."], "Open the plan", _at_ours(plan))
    key = f"support-plan:{event.pk}"
    tell(to_roles(plan.funder_id, [Role.COMMISSIONER], on), council, key=key, topic=SUPPORT, event=event)
    tell(_organisers(on), ours, key=key, topic=SUPPORT, event=event)


def tell_reviews(*, on: date) -> int:
    """Reviews of running plans within a week, to the organisers who hold them and the school's approvers. How many."""
    near = SupportReview.objects.filter(
        held_on=None, due_on__gte=on, due_on__lte=on + timedelta(days=BEFORE_DAYS), plan__state=State.AGREED
    )
    rows = list(near.select_related("plan__school", "plan__funder").order_by("due_on", "pk")[:MOST])
    for review in rows:
        plan, key = review.plan, f"support-review:{review.pk}"
        subject = f"Review on {long_date(review.due_on)}: {_called(plan)}"
        school = Told(subject, _facts(plan), ["Look together at what was done and what comes next."], "Open the plan", _at_school(plan))  # fmt: skip
        ours = Told(subject, _facts(plan), ["Hold it and write down what was found."], "Open the plan", _at_ours(plan))
        tell(_of_school(plan, on), school, key=key, topic=SUPPORT)
        tell(_organisers(on), ours, key=key, topic=SUPPORT)
    return len(rows)


def tell_of_today() -> None:
    """Of the day in London."""
    tell_reviews(on=timezone.localdate())


periodic.every(3600, "notices.support", tell_of_today)
