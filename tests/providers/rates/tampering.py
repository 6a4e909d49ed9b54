"""How it is broken that rates stay as agreed and used, and that nobody is booked twice."""

from collections.abc import Callable
from datetime import datetime

from marketplace.core.actors import platform
from providers.services import pin_rate, reserve_slot
from tests.invoicing.books import run_sql
from tests.invoicing.tampering import drop_constraints
from tests.providers.rates.world import FROM, ON, RateWorld, rate_world
from tests.shop import LONDON, Shop


def a_rate_and_a_date() -> RateWorld:
    """A used rate, a visit and a course date with its presenter."""
    from catalogue.services import name_presenters

    world = rate_world(platform("tampering"))
    world.agreed()
    pin_rate(world.rate(), FROM)
    starts, ends = (datetime(2027, 3, 23, hour, tzinfo=LONDON) for hour in (9, 12))
    reserve_slot(
        source_key="visit:1",
        consultant=world.consultant,
        starts_at=starts,
        ends_at=ends,
        kind="visit",
        label="Oakfield",
    )
    shop = Shop(platform("tampering"))
    run = shop.run(shop.course("presented"))
    name_presenters(run=run, consultants=[world.consultant], on=ON, actor=world.organiser)
    return world


def without_exclusion(table: str, name: str) -> None:
    run_sql("SET CONSTRAINTS ALL IMMEDIATE")
    run_sql(f"ALTER TABLE {table} DROP CONSTRAINT {name}")


def _sql(statement: str, *, table: str = "", exclusion: str = "") -> Callable[[], None]:
    def tamper() -> None:
        run_sql("SET LOCAL session_replication_role = DEFAULT")
        a_rate_and_a_date()
        if exclusion:
            without_exclusion(table, exclusion)
        elif table:
            drop_constraints(table)
        run_sql("SET LOCAL session_replication_role = replica")
        assert run_sql(statement) >= 1, f"Nothing was tampered with by: {statement}"

    return tamper


TAMPERINGS: dict[str, Callable[[], None]] = {
    "consultants-once": _sql(
        "UPDATE providers_slot SET during = (SELECT during FROM providers_slot WHERE kind = 'course') WHERE kind = 'visit'",
        table="providers_slot", exclusion="slot_no_overlap",
    ),
    "presenters-in-calendar": _sql("DELETE FROM providers_slot WHERE kind = 'course'"),
    "rates-never-overlap": _sql(
        "UPDATE providers_rate SET audience = 'member' WHERE unit = 'day'",
        table="providers_rate", exclusion="rate_no_overlap",
    ),
    "rates-used-stay": _sql("UPDATE providers_rate SET buy_pence = buy_pence + 100 WHERE used_on IS NOT NULL"),
    "rates-agreed-by-two": _sql(
        "UPDATE providers_ratestep SET person_id = (SELECT person_id FROM providers_ratestep WHERE kind = 'propose')"
    ),
}  # fmt: skip
FURTHER = [
    ("rates-used-stay", "used after its end", _sql("UPDATE providers_rate SET valid_to = last_used_on WHERE used_on IS NOT NULL", table="providers_rate")),
    ("rates-used-stay", "another brokerage", _sql("UPDATE providers_rate SET share = 0.1 WHERE used_on IS NOT NULL")),
    ("presenters-in-calendar", "at another hour", _sql("UPDATE providers_slot SET during = tstzrange('2030-01-01', '2030-01-02') WHERE kind = 'course'")),
]  # fmt: skip
