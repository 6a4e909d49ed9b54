"""Registers and evaluations fill in returns of contracts: once, by difference, and only dates that the contract counts."""

from typing import Any

import pytest
from django.utils import timezone

from marketplace.core import outbox
from marketplace.core.actors import Actor, platform
from marketplace.core.models import Delivery
from marketplace.organisations.models import Organisation
from marketplace.trading.models import Evaluation
from marketplace.trading.services import correct_attendance
from marketplace.trading.services.counting import count_date, count_for_contract, measures_of, runs_of
from subscriptions.outcomes.models import MeasuredFact, OutcomeContract
from subscriptions.outcomes.services.claiming import filled_in
from tests.subscriptions.outcomes import claims
from tests.trading.days.conftest import Held, at, meetings_of

pytestmark = pytest.mark.django_db
PLATFORM = platform("test")


@pytest.fixture
def cast(partnership: Organisation, actor: Actor) -> claims.Cast:
    return claims.cast_of(partnership, actor)


def hub(cast: claims.Cast, code: str = "safeguarding", counts: str = "attended", **more: Any) -> OutcomeContract:
    return claims.hub_contract(cast, measures=claims.measures(counts=counts), analysis_code=code, **more)


def deliver() -> None:
    Delivery.objects.update(next_at=timezone.now())
    while outbox.deliver():
        pass
    ours = Delivery.objects.filter(handler__startswith="trading.").exclude(last_error="")
    assert list(ours.values_list("handler", "last_error")) == []


def counted(contract: OutcomeContract) -> str:
    found = filled_in(claims.item(contract))
    return found.words if found else ""


def test_the_last_register_fills_in_the_return(held: Held, cast: claims.Cast) -> None:
    contract = hub(cast)
    for meeting in (0, 1):
        held.mark(meeting, "here", "late", "absent", "absent")
        held.close(meeting)
    deliver()
    assert counted(contract) == "0 attended: no register yet", "the date is not over"
    held.mark(2, "absent", "here", "absent", "here")
    held.close(2)
    deliver()
    deliver()
    assert counted(contract) == "3 attended, from your register", "each person once, whoever came to something"
    assert count_date(run=held.run, actor=PLATFORM) == 0
    fact = MeasuredFact.objects.get()
    assert (fact.label, fact.on) == ("Safeguarding for new leaders", held.meetings[0].held_on)


def test_a_correction_pushes_the_difference(held: Held, cast: claims.Cast) -> None:
    contract = hub(cast)
    held.hold("here", "here", "absent", "absent")
    deliver()
    for meeting in held.meetings:
        correct_attendance(
            booking=held.places[1], meeting=meeting, mark="absent", reason="It was somebody else", at=at(meeting.held_on),
            actor=held.organiser,
        )  # fmt: skip
    deliver()
    assert counted(contract) == "1 attended, from your register"
    assert list(MeasuredFact.objects.order_by("pk").values_list("value", flat=True)) == [2, -1]


def test_what_was_over_before_is_counted_when_the_contract_is_agreed(held: Held, cast: claims.Cast) -> None:
    held.hold("here", "here", "here", "here")
    deliver()
    contract = hub(cast)
    deliver()
    assert counted(contract) == "4 attended, from your register"
    assert count_for_contract(contract=contract, actor=PLATFORM) == 0


def test_evaluations_count_likewise(held: Held, cast: claims.Cast) -> None:
    contract = hub(cast, counts="evaluations")
    held.hold("here", "here", "here", "here")
    for place in held.places[:2]:
        Evaluation.objects.create(booking=place, run=held.run, score=5, recommends=True, given_on=held.run.ends_on)
    deliver()
    assert counted(contract) == "2 evaluations, from your course date"
    assert not MeasuredFact.objects.filter(label__contains="Ann").exists()


def test_only_dates_of_the_code_the_term_and_the_two_parties_count(
    held: Held, cast: claims.Cast, course: Any, actor: Actor
) -> None:
    mine = hub(cast)
    by_theme = hub(cast, code="leadership")
    others = [hub(cast, code="phonics"), hub(cast, code="")]
    offered = claims.hub_draft(cast, measures=claims.measures(counts="attended"), analysis_code="safeguarding")
    late = meetings_of(course, actor, 1, first=claims.YEAR.end)
    course.themes = ["leadership"]
    course.save(update_fields=["themes"])
    held.run.offer.refresh_from_db()
    assert {one.contract_id for one in measures_of(held.run)} == {mine.pk, by_theme.pk}
    assert not measures_of(late).exists(), "after the term"
    held.hold("here", "here", "here", "here")
    assert [list(runs_of(one)) for one in (mine, by_theme)] == [[held.run]] * 2
    deliver()
    for other in (*others, offered):
        assert not MeasuredFact.objects.filter(measure__contract=other).exists()


def test_another_providers_course_counts_for_its_own_hub_alone(held: Held, cast: claims.Cast) -> None:
    contract = hub(cast)
    provider = held.run.offer.provider
    type(provider).objects.filter(pk=provider.pk).update(organisation=cast.moor)
    held.run.offer.provider.refresh_from_db()
    assert not measures_of(held.run).exists() and not runs_of(contract).exists()
    type(provider).objects.filter(pk=provider.pk).update(organisation=cast.elm)
    held.run.offer.provider.refresh_from_db()
    assert [one.contract_id for one in measures_of(held.run)] == [contract.pk]
