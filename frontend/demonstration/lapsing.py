"""What subscriptions include beside places of this year: days used, places that lapse soon, and some carried over."""

from datetime import date, timedelta

from frontend.demonstration.directory import Directory
from frontend.demonstration.people import SIGN_INS
from marketplace.organisations.models import Organisation
from subscriptions.allowances.rules.units import Unit
from subscriptions.models import Allowance
from subscriptions.queries import allowances_of
from subscriptions.services import (
    carry_over,
    consume_places,
    correct_allowance,
    expire_allowances,
    grant_allowance,
    release_included,
    reserve_places,
)

SOON, LONG = timedelta(days=21), timedelta(days=344)
CARRIED = "Osierholt Primary School"


def add_lapsing(directory: Directory, *, today: date) -> None:
    """A visit of the buyer's school; at two others places that lapse in three weeks, and some carried over and corrected."""
    manager = directory.signed["finance_manager"]

    def granted(
        key: str, school: Organisation, name: str, units: int, since: date, to: date, **more: object
    ) -> Allowance:
        return grant_allowance(
            source_key=f"demonstration:{key}", organisation=school, name=name, places=units, valid_from=since,
            valid_to=to, actor=manager, on=since, **more,  # type: ignore[arg-type]
        )  # fmt: skip

    def kept(one: Allowance, key: str, units: int, label: str, on: date) -> None:
        reserve_places(source_key=f"demonstration:{key}", allowance_id=one.pk, places=units, label=label, on=on)

    since = date(today.year if today.month >= 9 else today.year - 1, 9, 1)
    end = since.replace(year=since.year + 1)
    own = directory.find(SIGN_INS["buyer"].organisation)
    for days in allowances_of(own).filter(unit=Unit.HALF_DAY)[:1]:
        kept(days, "review", 2, "Adviser: review of reading", since)
        consume_places(source_key="demonstration:review", on=min(since + SOON, today))

    head = directory.find(SIGN_INS["head"].organisation)
    reading = granted("reading", head, "Reading network", 4, today + SOON - LONG, today + SOON)
    kept(reading, "lead", 1, "Leading a subject", today - SOON)
    consume_places(source_key="demonstration:lead", on=today - timedelta(days=7))

    limited = directory.find(CARRIED)
    old = granted("old", limited, "Bronze", 4, since.replace(year=since.year - 1), since, carry_most=2)
    kept(old, "first", 2, "Safeguarding for new leaders", old.valid_from + LONG - SOON * 3)
    release_included(source_key="demonstration:first", places=1, on=old.valid_from + LONG - SOON)
    expire_allowances(on=since)
    new = granted("new", limited, "Bronze", 3, since, end)
    carry_over(allowance=old, into=new, on=since, actor=manager)
    correct_allowance(
        allowance=new, granted=new.granted + 3, seen=new.granted + 2, reason="Four places were agreed", on=since,
        actor=manager,
    )  # fmt: skip
