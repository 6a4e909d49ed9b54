"""Support plans: agreed by the school, looked at on their days, taken over by others, and known to few."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from marketplace.core.actors import Actor, Role
from marketplace.core.errors import NotAllowed, NotFound, WrongInput
from marketplace.core.models import Event
from marketplace.core.periods import Period
from marketplace.organisations.models import Organisation
from marketplace.organisations.services.registry import add_organisation
from subscriptions.support.models import SupportPlan
from subscriptions.support.queries import plan_for, plans_for
from subscriptions.support.rules import review_days
from subscriptions.support.services.planning import (
    PartTerms,
    PlanStands,
    agree_plan,
    draft_plan,
    end_plans_over,
    rebroker_plan,
    record_review,
    withdraw_plan,
)
from tests.conftest import START
from tests.shop import person, schools

pytestmark = pytest.mark.django_db
TERM = Period(date(2026, 9, 1), date(2027, 7, 24))
TODAY = date(2026, 9, 1)


class Cast:
    def __init__(self, partnership: Organisation, council: Organisation, actor: Actor, folder) -> None:
        self.school, self.other = schools(
            folder, actor, {}, {"EstablishmentName": "Elm Park Primary School", "EstablishmentNumber": "2002"}
        )
        self.council = council
        self.home = add_organisation(kind=Organisation.Kind.PROVIDER, name="Hill Top", valid_from=START, actor=actor)
        self.later = add_organisation(kind=Organisation.Kind.PROVIDER, name="Low Mead", valid_from=START, actor=actor)
        self.head = person(self.school, actor, name="Hana Head", role=Role.APPROVER)
        self.buyer = person(self.school, actor, name="Bo Buyer", role=Role.BUYER)
        self.neighbour = person(self.other, actor, name="Noor Neighbour", role=Role.APPROVER)
        self.organiser = person(partnership, actor, name="Olu Organiser", role=Role.ORGANISER)
        self.auditor = person(partnership, actor, name="Ada Auditor", role=Role.AUDITOR)
        self.board = person(partnership, actor, name="Bea Board", role=Role.BOARD_MEMBER)
        self.commissioner = person(council, actor, name="Cal Council", role=Role.COMMISSIONER)

    def plan(self, **more: object) -> SupportPlan:
        values: dict[str, object] = {
            "school": self.school, "title": "Reading in key stage 1", "need": "Phonics is taught in three ways.",
            "programme": "Coaching, then a shared scheme.", "term": TERM, "funder": self.council, "every_weeks": 6,
            "parts": [PartTerms(self.home, "Coaching", Decimal(10), 4_500_00)], "on": TODAY, "actor": self.organiser,
        }  # fmt: skip
        return draft_plan(**{**values, **more})  # type: ignore[arg-type]


@pytest.fixture
def cast(partnership, council, actor, tmp_path) -> Cast:
    return Cast(partnership, council, actor, tmp_path)


def test_a_plan_runs_once_the_school_agreed_and_ends_by_itself(cast, actor):
    plan = cast.plan()
    assert (plan.number, plan.state, plan.cost_pence) == ("SP-000001", "draft", 4_500_00)
    for nobody in (cast.organiser, cast.neighbour, cast.buyer, cast.commissioner):
        with pytest.raises(NotAllowed):
            agree_plan(plan=plan, on=TODAY, actor=nobody)
    agree_plan(plan=plan, on=TODAY, actor=cast.head)
    assert plan.state == "agreed"
    with pytest.raises(PlanStands):
        agree_plan(plan=plan, on=TODAY, actor=cast.head)
    assert end_plans_over(on=TERM.last_day, actor=actor) == 0
    assert end_plans_over(on=TERM.end, actor=actor) == 1
    plan.refresh_from_db()
    assert (plan.state, plan.ended_on) == ("ended", TERM.end)


def test_reviews_are_held_once_and_only_while_it_runs(cast):
    plan = cast.plan()
    first = plan.reviews.first()
    given = {"rating": "behind", "found": "Two of five sessions were missed.", "next_steps": "Weekly coaching."}
    with pytest.raises(PlanStands, match="does not run"):
        record_review(review=first, **given, on=first.due_on, actor=cast.organiser)
    agree_plan(plan=plan, on=TODAY, actor=cast.head)
    first = plan.reviews.first()
    record_review(review=first, **given, on=first.due_on, actor=cast.organiser)
    with pytest.raises(PlanStands, match="already"):
        record_review(review=first, **given, on=first.due_on, actor=cast.organiser)
    with pytest.raises(WrongInput):
        record_review(
            review=plan.reviews.last(), rating="fine", found="x", next_steps="", on=TODAY, actor=cast.organiser
        )


def test_others_take_over_on_the_day_that_the_school_agrees_to(cast):
    plan = agree_plan(plan=cast.plan(), on=TODAY, actor=cast.head)
    given = {
        "from_day": date(2027, 1, 4), "parts": [PartTerms(cast.later, "Coaching", Decimal(8), 3_600_00)],
        "reason": "Hill Top has no coach any more.", "every_weeks": 6, "on": date(2026, 12, 7), "actor": cast.organiser,
    }  # fmt: skip
    follows = rebroker_plan(plan=plan, **given)
    plan.refresh_from_db()
    assert (plan.state, plan.valid_to) == ("agreed", TERM.end), "nothing changes before the school agrees"
    with pytest.raises(PlanStands, match="waits already"):
        rebroker_plan(plan=plan, **given)
    agree_plan(plan=follows, on=date(2026, 12, 9), actor=cast.head)
    plan.refresh_from_db()
    assert (plan.state, plan.valid_to, plan.end_reason) == (
        "rebrokered", date(2027, 1, 4), f"{follows.number} took over"
    )  # fmt: skip
    assert not plan.reviews.filter(due_on__gte=date(2027, 1, 4)).exists()
    assert (follows.valid_from, follows.valid_to) == (date(2027, 1, 4), TERM.end)


def test_a_draft_that_was_taken_back_leaves_room_for_another(cast):
    plan = agree_plan(plan=cast.plan(), on=TODAY, actor=cast.head)
    given = {
        "from_day": date(2027, 1, 4), "parts": [PartTerms(cast.later, "Coaching", Decimal(8), 0)], "reason": "Moved.",
        "every_weeks": 6, "on": date(2026, 12, 7), "actor": cast.organiser,
    }  # fmt: skip
    withdraw_plan(
        plan=rebroker_plan(plan=plan, **given), reason="Too early", on=date(2026, 12, 8), actor=cast.organiser
    )
    assert rebroker_plan(plan=plan, **given).state == "draft"


def test_a_confidential_plan_is_known_to_its_parties_only(cast):
    plan = cast.plan(confidential=True)
    knows = [cast.organiser, cast.head, cast.commissioner]
    for one in knows:
        assert plan_for(one, plan.number) == plan
    for one in (cast.buyer, cast.auditor, cast.board, cast.neighbour):
        assert list(plans_for(one)) == []
        with pytest.raises(NotFound):
            plan_for(one, plan.number)
    opened = cast.plan(title="Open to read")
    assert list(plans_for(cast.buyer)) == [opened] == list(plans_for(cast.auditor))
    assert list(plans_for(cast.neighbour)) == [] == list(plans_for(cast.board))


def test_events_of_a_plan_say_nothing_of_the_need(cast):
    plan = agree_plan(plan=cast.plan(confidential=True), on=TODAY, actor=cast.head)
    told = Event.objects.filter(subject_kind="support_plan", subject=plan.number)
    assert told.count() == 2
    assert all("Phonics" not in str(one.payload) and "Reading" not in str(one.payload) for one in told)


def test_the_database_refuses_what_the_verbs_refuse(cast):
    plan = agree_plan(plan=cast.plan(), on=TODAY, actor=cast.head)
    with pytest.raises(IntegrityError, match="no legal move"), transaction.atomic():
        SupportPlan.objects.filter(pk=plan.pk).update(state="draft")
    with pytest.raises(IntegrityError, match="support_plan_two_people"), transaction.atomic():
        SupportPlan.objects.filter(pk=plan.pk).update(drafted_by=plan.agreed_by)


@pytest.mark.parametrize(
    ("weeks", "days"),
    [
        (16, [date(2026, 12, 22), date(2027, 4, 13)]),
        (30, [date(2027, 3, 30)]),
        (60, []),
    ],
)
def test_the_days_of_reviews(weeks, days):
    assert review_days(TERM, every_weeks=weeks) == days
