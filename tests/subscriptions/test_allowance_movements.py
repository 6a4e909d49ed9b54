"""Whatever an allowance does is told by a movement that the database writes and nobody changes."""

from datetime import date

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction

from marketplace.core.errors import NotAllowed, WrongInput
from marketplace.core.models import Event
from subscriptions.allowances.changing import (
    AllowanceChanged,
    AllowanceEnded,
    BelowUse,
    CarriesNothing,
    name_allowance,
)
from subscriptions.allowances.duties import announce_lapses, carry_into_next
from subscriptions.allowances.rules.units import amount, counted
from subscriptions.models import Allowance, AllowanceMovement, AllowanceUse
from subscriptions.queries import included_on, lapsing, movements_of, standings_of
from subscriptions.services import (
    carry_over,
    consume_places,
    correct_allowance,
    expire_allowances,
    grow_allowance,
    release_included,
    reserve_places,
    shrink_allowance,
)
from tests.invoicing.books import run_sql
from tests.shop import buyer
from tests.subscriptions.test_allowances import END, ON, grant, keep, left

pytestmark = pytest.mark.django_db
LATER, NEXT_END = date(2026, 11, 2), date(2028, 9, 1)


@pytest.fixture
def gold(oakfield, actor) -> Allowance:
    return grant(oakfield, actor, carry_most=3)


@pytest.fixture
def next_gold(oakfield, actor) -> Allowance:
    return grant(oakfield, actor, source_key="gold:2", valid_from=END, valid_to=NEXT_END)


def told(allowance: Allowance) -> list[tuple[str, int, int]]:
    """Kind, units and what was left afterwards, the first first."""
    return [(one.kind, one.units, one.left_after) for one in movements_of([allowance]).order_by("pk")]


def test_each_change_is_told_with_its_day_and_what_is_left_afterwards(gold):
    keep(gold, 4)
    release_included(source_key="line:1", places=1, on=LATER)
    consume_places(source_key="line:1", on=LATER)
    release_included(source_key="line:1", places=1, after_use=True, on=LATER)
    expire_allowances(on=END)
    assert told(gold) == [
        ("granted", 6, 6), ("reserved", 4, 2), ("released", 1, 3), ("consumed", 3, 3), ("consumed", -1, 3),
        ("released", 1, 4), ("expired", 4, 0),
    ]  # fmt: skip
    days = AllowanceMovement.objects.exclude(kind="granted").order_by("pk").values_list("on", flat=True)
    assert list(days) == [ON, LATER, LATER, LATER, LATER, END]
    assert list(movements_of([gold]).values_list("use__label", flat=True)).count("Safeguarding") == 5
    call_command("verify_ledger")


def test_a_source_that_comes_again_writes_nothing(gold):
    keep(gold, 4)
    before = told(gold)
    keep(gold, 4)
    assert (told(gold), left(gold)) == (before, 2)


def test_keeping_takes_two_statements(gold, django_assert_num_queries):
    keep(gold, 1)
    with django_assert_num_queries(1):  # the claim; the prepared insert goes past Django's cursor
        keep(gold, 1, "line:2")


def test_movements_and_uses_are_never_rewritten(gold):
    keep(gold, 4)
    run_sql("SET CONSTRAINTS ALL IMMEDIATE")
    for statement in (
        "UPDATE subscriptions_allowancemovement SET units = 1",
        "DELETE FROM subscriptions_allowancemovement",
        "TRUNCATE subscriptions_allowancemovement CASCADE",
        "UPDATE subscriptions_allowanceuse SET places = 1",
        "DELETE FROM subscriptions_allowanceuse",
    ):
        with pytest.raises(IntegrityError, match="is refused"), transaction.atomic():
            run_sql(statement)
    with pytest.raises(IntegrityError, match="allowance_movement_units"), transaction.atomic():
        AllowanceUse.objects.update(released=2)
        AllowanceUse.objects.update(released=1)
    assert told(gold) == [("granted", 6, 6), ("reserved", 4, 2)]


def test_days_and_downloads_are_counted_in_their_own_words(oakfield, actor, gold):
    days = grant(oakfield, actor, source_key="days", places=5, unit="half_day")
    assert included_on([oakfield.pk], ON)[oakfield.pk].allowance == gold.pk
    with pytest.raises(Exception, match="Only 2½ days included are left"):
        reserve_places(source_key="visit:1", allowance_id=days.pk, places=6, label="Review", on=ON)
    with pytest.raises(WrongInput, match="Half days must be a whole number"):
        grant(oakfield, actor, source_key="none", places=0, unit="half_day")
    assert [counted(n, "half_day", "Gold") for n in (1, 2, 3, 4)] == [
        "½ Gold day", "1 Gold day", "1½ Gold days", "2 Gold days",
    ]  # fmt: skip
    assert (counted(1, "place"), counted(1200, "download"), amount(-1, "half_day")) == (
        "1 place",
        "1,200 downloads",
        "−½",
    )


def test_it_grows_and_shrinks_but_never_below_what_is_used(gold, actor):
    keep(gold, 4)
    assert grow_allowance(allowance=gold, units=6, reason="Platinum", on=LATER, actor=actor).granted == 12
    with pytest.raises(BelowUse, match="4 Gold places are kept or used, so at most 8 places") as refused:
        shrink_allowance(allowance=gold, units=9, reason="Silver", on=LATER, actor=actor)
    assert (refused.value.facts["most"], left(gold)) == (8, 8)
    shrink_allowance(allowance=gold, units=8, reason="Silver", on=LATER, actor=actor)
    assert told(gold)[2:] == [("granted", 6, 8), ("reduced", 8, 0)]
    assert AllowanceMovement.objects.latest("pk").note == "Silver"
    with pytest.raises(AllowanceEnded):
        grow_allowance(allowance=gold, units=1, reason="Late", on=END, actor=actor)
    assert Event.objects.filter(kind="allowance.changed").count() == 2
    call_command("verify_ledger")


def test_the_grant_again_is_the_same_one_after_it_grew_and_was_named_anew(oakfield, gold, actor):
    grow_allowance(allowance=gold, units=2, reason="Platinum", on=LATER, actor=actor)
    for _ in range(2):
        name_allowance(allowance=gold, name="Platinum", actor=actor)
    assert (grant(oakfield, actor).name, told(gold)) == ("Platinum", [("granted", 6, 6), ("granted", 2, 8)])
    assert Event.objects.filter(kind="allowance.named").count() == 1


def test_finance_corrects_what_was_granted_once_and_not_over_somebody_else(oakfield, gold, actor):
    given = {"allowance": gold, "seen": 6, "on": ON, "actor": actor}
    for _ in range(2):
        assert correct_allowance(granted=5, reason="Agreed five", **given).granted == 5
    with pytest.raises(AllowanceChanged, match="5 Gold places are granted, not 6 places"):
        correct_allowance(granted=7, reason="Agreed seven", **given)
    with pytest.raises(WrongInput, match="Enter reason"):
        correct_allowance(granted=7, reason=" ", **given | {"seen": 5})
    with pytest.raises(NotAllowed):
        correct_allowance(granted=9, reason="More", **given | {"seen": 5, "actor": buyer(oakfield)})
    assert told(gold) == [("granted", 6, 6), ("reduced", 1, 5)]


def test_what_is_left_is_carried_over_once_and_at_most_so_much(oakfield, gold, next_gold, actor):
    keep(gold, 2)
    with pytest.raises(CarriesNothing, match="runs until"):
        carry_over(allowance=gold, into=next_gold, on=LATER, actor=actor)
    expire_allowances(on=END)
    for _ in range(2):
        assert carry_over(allowance=gold, into=next_gold, on=END, actor=actor) == 3
    expire_allowances(on=END)
    assert (left(gold), gold.expired, gold.carried) == (0, 1, 3)
    assert (left(next_gold), next_gold.granted, next_gold.carried_in) == (9, 9, 3)
    assert told(gold)[2:] == [("expired", 4, 0), ("expired", -3, 3), ("carried_over", 3, 0)]
    assert told(next_gold) == [("granted", 6, 6), ("carried_in", 3, 9)]
    third = grant(oakfield, actor, source_key="gold:3", valid_from=END, valid_to=NEXT_END)
    with pytest.raises(CarriesNothing, match="carried over before"):
        carry_over(allowance=gold, into=third, on=END, actor=actor)
    call_command("verify_ledger")


def test_nothing_is_carried_to_another_school_unit_or_backwards(oakfield, council, gold, next_gold, actor):
    others = [
        grant(council, actor, source_key="elm", valid_from=END, valid_to=NEXT_END),
        grant(oakfield, actor, source_key="days", unit="half_day", valid_from=END, valid_to=NEXT_END),
        grant(oakfield, actor, source_key="short", valid_to=date(2027, 4, 1)),
    ]
    for other in others:
        with pytest.raises(CarriesNothing, match="same school in the same unit"):
            carry_over(allowance=gold, into=other, on=END, actor=actor)
    assert (left(gold), AllowanceMovement.objects.filter(kind="carried_over").exists()) == (6, False)
    assert carry_over(allowance=next_gold, into=grant(
        oakfield, actor, source_key="far", valid_from=NEXT_END, valid_to=date(2029, 9, 1)
    ), on=NEXT_END, actor=actor) == 0  # fmt: skip


def test_what_may_be_carried_goes_by_itself_into_the_one_that_begins_then(oakfield, gold, next_gold, actor):
    grant(oakfield, actor, source_key="other", valid_from=date(2027, 9, 2), valid_to=NEXT_END)
    assert carry_into_next(on=date(2027, 8, 31), actor=actor) == 0
    expire_allowances(on=END)
    assert [carry_into_next(on=END, actor=actor) for _ in range(2)] == [1, 0]
    assert (left(next_gold), next_gold.carried_in) == (9, 3)


def test_long_after_the_end_nothing_is_carried_by_itself(gold, next_gold, actor):
    assert carry_into_next(on=date(2027, 10, 31), actor=actor) == 0
    assert left(next_gold) == 6


def test_lapsing_is_announced_thirty_days_before_and_once(oakfield, gold, actor):
    assert announce_lapses(on=date(2027, 8, 1), actor=actor) == 0
    assert list(lapsing(organisation_ids=[oakfield.pk], on=date(2027, 8, 2), until=END)) == [gold]
    assert [announce_lapses(on=date(2027, 8, 2), actor=actor) for _ in range(2)] == [1, 0]
    [event] = Event.objects.filter(kind="allowance.lapses_soon")
    assert event.payload == {"unit": "place", "left": 6, "to": "2027-09-01"}


def test_an_allowance_that_is_used_up_lapses_silently(oakfield, gold, actor):
    keep(gold, 6)
    assert announce_lapses(on=date(2027, 8, 10), actor=actor) == 0
    assert not lapsing(organisation_ids=[oakfield.pk], on=date(2027, 8, 10), until=END)


def test_the_standing_tells_used_from_kept(gold, django_assert_num_queries):
    keep(gold, 3)
    keep(gold, 1, "line:2")
    consume_places(source_key="line:1", on=LATER)
    gold.refresh_from_db()
    with django_assert_num_queries(1):
        [stands] = standings_of([gold])
    assert (stands.used, stands.kept, stands.allowance.left, stands.percent) == (3, 1, 2, 66)
