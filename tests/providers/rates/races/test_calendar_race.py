"""Eight people book one consultant's day, and a rate is pinned while another replaces it: one of them wins."""

import threading
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from django.core.management import call_command
from django.db import connection

from providers.models import Rate, Slot
from providers.rates import making
from providers.services import (
    RateEnded,
    RateInUse,
    SlotTaken,
    agree_rates,
    pin_rate,
    propose_rates,
    reserve_slot,
    withdraw_rates,
)
from tests.providers.rates.tampering import without_exclusion
from tests.providers.rates.world import ON, TERMS, RateWorld, rate_world
from tests.shop import LONDON

PEOPLE, TRIALS = 8, 6
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]


def together(*doing: Callable[[], None]) -> Counter[str]:
    """What came of each when all began at one moment."""
    ready, told = threading.Barrier(len(doing)), []

    def one(do: Callable[[], None]) -> None:
        ready.wait()
        try:
            do()
            told.append("done")
        except (SlotTaken, RateEnded, RateInUse) as error:
            told.append(type(error).__name__)
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=(do,)) for do in doing]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(told) == len(doing), "everybody gets an answer"
    return Counter(told)


def booked_together(world: RateWorld) -> list[Counter[str]]:
    """Every trial a day of its own; each of eight wants other hours of it, all overlapping at noon."""

    def booking(trial: int, number: int) -> Callable[[], None]:
        day = datetime(2027, 3, 1 + trial, tzinfo=LONDON)
        return lambda: (
            reserve_slot(
                source_key=f"race:{trial}:{number}",
                consultant=world.consultant,
                starts_at=day + timedelta(hours=8, minutes=15 * number),
                ends_at=day + timedelta(hours=13, minutes=15 * number),
                kind=Slot.Kind.VISIT,
                label=f"School {number}",
            )
            and None
        )

    return [together(*(booking(trial, number) for number in range(PEOPLE))) for trial in range(TRIALS)]


def test_one_of_eight_gets_the_day(partnership, actor):
    told = booked_together(rate_world(actor))
    print(f"consultant's day: {TRIALS} days, {PEOPLE} people each, {Slot.objects.count()} booked")
    assert told == [Counter({"SlotTaken": PEOPLE - 1, "done": 1})] * TRIALS
    assert Slot.objects.count() == TRIALS
    call_command("verify_ledger")


def test_control_without_the_constraint_all_eight_get_it(partnership, actor):
    [definition] = _definition()
    without_exclusion("providers_slot", "slot_no_overlap")
    try:
        told = booked_together(rate_world(actor))
        print(f"consultant's day, control: {Slot.objects.count()} booked on {TRIALS} days")
        assert told == [Counter({"done": PEOPLE})] * TRIALS
        with pytest.raises(SystemExit):
            call_command("verify_ledger")
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM providers_slot")
            cursor.execute(f"ALTER TABLE providers_slot ADD CONSTRAINT slot_no_overlap {definition}")


def _definition() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'slot_no_overlap'")
        return [row[0] for row in cursor.fetchall()]


def test_a_rate_is_pinned_or_replaced_never_both(partnership, actor):
    told = [pinned_while_replaced(rate_world(actor, f"Provider {n}", f"provider-{n}")) for n in range(TRIALS)]
    print(f"rates: {TRIALS} pinned while replaced, {sum(one['RateInUse'] for one in told)} pinned first")
    for one in told:
        assert one in (Counter({"done": 1, "RateInUse": 1}), Counter({"done": 1, "RateEnded": 1}))
    call_command("verify_ledger")


def test_control_without_the_conditional_update_a_rate_is_used_after_its_end(partnership, actor, monkeypatch):
    """Looking at the rates before, instead of at what they are in the transaction."""
    monkeypatch.setattr(making, "_refuse_used", lambda *_: None)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE providers_rate DISABLE TRIGGER providers_rate_used")
        cursor.execute("ALTER TABLE providers_rate DROP CONSTRAINT rate_used_from_to")
    try:
        world = rate_world(actor)
        world.agreed()
        pin_rate(world.rate(), DAY)
        replace_rates(world)
        rate = Rate.objects.get(unit="day", audience="member", valid_to=REPLACED)
        assert rate.last_used_on is not None and rate.last_used_on >= REPLACED
        with pytest.raises(SystemExit):
            call_command("verify_ledger")
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM providers_rate")
            cursor.execute("ALTER TABLE providers_rate ENABLE TRIGGER providers_rate_used")
            cursor.execute(
                "ALTER TABLE providers_rate ADD CONSTRAINT rate_used_from_to CHECK ((used_on IS NULL AND last_used_on IS"
                " NULL) OR (used_on IS NOT NULL AND last_used_on >= used_on))"
            )


DAY, REPLACED = date(2027, 3, 1), date(2027, 2, 1)


def replace_rates(world: RateWorld) -> None:
    made = propose_rates(consultant=world.consultant, terms=TERMS, valid_from=REPLACED, on=ON, actor=world.staff)
    try:
        agree_rates(proposal=made, seen=1, on=ON, actor=world.organiser)
    except RateInUse:
        withdraw_rates(proposal=made, on=ON, actor=world.staff)
        raise


def pinned_while_replaced(world: RateWorld) -> Counter[str]:
    world.agreed()
    rate = world.rate()
    return together(lambda: pin_rate(rate, DAY), lambda: replace_rates(world))
