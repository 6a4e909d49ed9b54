"""Evaluations: by who attended, once, and told without the person."""

import json
from datetime import timedelta

import pytest
from django.core import signing

from catalogue.models import Rating
from marketplace.core.errors import WrongInput
from marketplace.core.models import Event
from marketplace.trading.models import Booking, Evaluation
from marketplace.trading.queries_of_days import figures_of, satisfaction_of_run, words_about
from marketplace.trading.services import (
    EvaluatedAlready,
    EvaluationGone,
    evaluate,
    evaluation_token,
    place_to_evaluate,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def over(held):
    """Three attended, the fourth did not."""
    held.hold("here", "late", "here", "absent")
    return held


def test_who_attended_answers_once_and_opening_the_link_uses_nothing_up(over):
    token, on = evaluation_token(booking=over.places[0]), over.run.ends_on
    assert place_to_evaluate(token=token, on=on) == place_to_evaluate(token=token, on=on) == over.places[0]
    made = evaluate(token=token, score=4, recommends=True, change="Shorter starters", on=on)
    assert (made.score, made.recommends, made.change) == (4, True, "Shorter starters")
    with pytest.raises(EvaluatedAlready):
        evaluate(token=token, score=1, recommends=False, on=on)
    assert Evaluation.objects.count() == Rating.objects.count() == 1
    assert Rating.objects.get().score == 4


def test_neither_the_event_nor_the_rating_leads_to_the_person(over):
    evaluate(token=evaluation_token(booking=over.places[0]), score=2, recommends=False, on=over.run.ends_on)
    event = Event.objects.get(kind="evaluation.given")
    assert (event.payload, event.organisation_ids, event.actor_person_id) == ({}, [], None)
    assert str(over.places[0].pk) not in Rating.objects.get().source_key.split(":")[0]


@pytest.mark.parametrize("who", ["absent", "cancelled", "forged", "late", "before"])
def test_every_other_link_is_gone(over, who):
    place, on = over.places[3] if who == "absent" else over.places[0], over.run.ends_on
    token = evaluation_token(booking=place)
    if who == "cancelled":
        Booking.objects.filter(pk=place.pk).update(state="cancelled", cancelled_on=on)
    if who == "forged":
        token = signing.dumps(place.pk, salt="something.else")
    if who == "late":
        on += timedelta(days=91)
    if who == "before":
        on -= timedelta(days=1)
    with pytest.raises(EvaluationGone):
        evaluate(token=token, score=5, recommends=True, on=on)
    assert not Evaluation.objects.exists()


def test_a_link_is_gone_while_a_register_is_open(held):
    held.mark(0, "here")
    with pytest.raises(EvaluationGone):
        place_to_evaluate(token=evaluation_token(booking=held.places[0]), on=held.run.ends_on)


@pytest.mark.parametrize("score", [0, 6, True])
def test_a_score_is_from_1_to_5(over, score):
    with pytest.raises(WrongInput):
        evaluate(token=evaluation_token(booking=over.places[0]), score=score, recommends=True, on=over.run.ends_on)
    assert not Evaluation.objects.exists()


def test_three_answers_show_no_figure_and_no_words(over):
    for place in over.places[:3]:
        evaluate(
            token=evaluation_token(booking=place), score=5, recommends=True, comment="Ann spoke", on=over.run.ends_on
        )
    [figures] = figures_of([over.run.offer])
    assert (figures.satisfaction.people, figures.satisfaction.tenths, figures.satisfaction.percent) == (3, None, None)
    assert (figures.dates, figures.present, figures.marks, figures.attendance_percent) == (1, 9, 12, 75)
    assert satisfaction_of_run(over.run) is None
    assert words_about(over.run.offer) == []
    assert "Ann" not in json.dumps([event.payload for event in Event.objects.all()])
