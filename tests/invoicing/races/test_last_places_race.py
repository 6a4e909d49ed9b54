"""Sixteen processes buy the last three places, sixty times: never oversold; without the guard nearly always."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import IntegrityError

from catalogue.models import CourseRun, PlaceTaking
from tests.invoicing.books import run_sql
from tests.invoicing.races.places import PLACES, PROCESSES, add_runs, race

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]
TRIALS = 200


@contextmanager
def without_the_databases_own_check() -> Iterator[None]:
    """The CHECK on capacity would refuse what the control is to show; it is put back afterwards."""
    run_sql("ALTER TABLE catalogue_courserun DROP CONSTRAINT run_within_capacity")
    try:
        yield
    finally:
        run_sql("UPDATE catalogue_courserun SET taken = 0")
        run_sql(
            "ALTER TABLE catalogue_courserun ADD CONSTRAINT run_within_capacity"
            " CHECK (taken >= 0 AND taken <= capacity)"
        )


def test_the_last_places_are_sold_once(oakfield, actor):
    run_ids = add_runs(provider_organisation=oakfield, actor=actor, count=TRIALS)
    sold = race(run_ids=run_ids, guarded=True)
    print(f"\n{PROCESSES} processes, {PLACES} last places, {TRIALS} trials: {sold.oversold} oversold")
    assert sold.oversold == 0
    assert sold.sold_out == TRIALS, "places were left though there were more buyers"
    assert PlaceTaking.objects.count() == TRIALS * PLACES


def test_control_looking_first_and_taking_afterwards_oversells(oakfield, actor):
    run_ids = add_runs(provider_organisation=oakfield, actor=actor, count=TRIALS)
    with without_the_databases_own_check():
        sold = race(run_ids=run_ids, guarded=False)
    print(f"\ncontrol without the guard: {sold.oversold} of {TRIALS} trials oversold, at most {max(sold.taken)} sold")
    assert sold.oversold >= TRIALS // 2


def test_the_database_refuses_more_than_the_places_even_without_the_verb(oakfield, actor):
    [run_id] = add_runs(provider_organisation=oakfield, actor=actor, count=1)
    with pytest.raises(IntegrityError, match="run_within_capacity"):
        CourseRun.objects.filter(pk=run_id).update(taken=PLACES + 1)
