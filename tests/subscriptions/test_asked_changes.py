"""A school asks for a pause or an end on its own page; finance grants it in one step, or says why not."""

from datetime import date, timedelta

import pytest
from django.core.management import call_command

from marketplace.core.actors import Actor, Role
from marketplace.core.errors import NotAllowed, NotFound
from marketplace.core.periods import Period
from subscriptions.agreements.services.changing import AmountChanged
from subscriptions.asking.models import AskedChange
from subscriptions.asking.queries import asked_for, one_asked_for
from subscriptions.asking.services import (
    AnsweredAlready,
    AskedAlready,
    ask_change,
    grant_change,
    preview_asked,
    refuse_change,
    withdraw_change,
)
from subscriptions.models import Agreement, Suspension
from tests.shop import buyer, person
from tests.subscriptions.agreements.terms import agreed, line

pytestmark = pytest.mark.django_db
TERM = Period(date(2026, 4, 1), date(2027, 4, 1))
TODAY, FROM, ANSWERED = date(2026, 9, 15), date(2026, 11, 1), date(2026, 9, 20)


@pytest.fixture
def sam(oakfield, actor) -> Actor:
    """Buys for Oakfield."""
    return person(oakfield, actor)


@pytest.fixture
def priya(partnership, actor) -> Actor:
    return person(partnership, actor, name="Priya Finance", role=Role.FINANCE_OFFICER)


def service(oakfield, actor, pence=120_000, key="payroll", **more):
    return agreed(oakfield, line(pence, TERM), actor=actor, on=TERM.start, key=key, term=TERM, **more)


def asking(agreement, sam, *, kind="end", **more):
    given = {"on": FROM, "reason": "Our trust does it", "today": TODAY} | more
    return ask_change(agreement=agreement, kind=kind, actor=sam, **given)


@pytest.mark.parametrize(("pence", "back"), [(120_000, -50_000), (98_765, -41_152)])
def test_an_end_that_is_granted_does_what_was_shown(oakfield, actor, sam, priya, pence, back):
    one = service(oakfield, actor, pence)
    asked = asking(one, sam)
    assert (asked.state, asked.shown_pence) == ("asked", back)
    one.refresh_from_db()
    assert (one.state, one.ended_on) == ("active", None)  # nothing is changed by asking
    granted = grant_change(asked=asked, today=ANSWERED, actor=priya, expected_pence=back)
    one.refresh_from_db()
    assert (granted.state, granted.answered_on, one.ended_on, one.notice_given_on) == ("granted", ANSWERED, FROM, TODAY)
    call_command("verify_ledger")


def test_a_pause_that_is_granted_pauses(oakfield, actor, sam, priya):
    one = service(oakfield, actor)
    grant_change(asked=asking(one, sam, kind="pause"), today=ANSWERED, actor=priya)
    one.refresh_from_db()
    assert one.state == Agreement.State.SUSPENDED
    assert Suspension.objects.get().reason == "Our trust does it"


def test_notice_counts_from_the_day_of_asking(oakfield, actor, sam, priya):
    one = service(oakfield, actor, notice_weeks=8)
    asked = asking(one, sam, on=date(2026, 11, 10))  # eight weeks after 15 September
    late = preview_asked(
        agreement=one, kind="end", on=asked.on, given_on=asked.asked_on + timedelta(days=30), today=TODAY
    )
    assert late.net_pence > asked.shown_pence
    grant_change(asked=asked, today=ANSWERED, actor=priya, expected_pence=asked.shown_pence)
    assert one_asked_for(priya, asked.pk).state == "granted"


def test_refused_it_says_why_and_changes_nothing(oakfield, actor, sam, priya):
    one = service(oakfield, actor)
    refused = refuse_change(asked=asking(one, sam), answer="You agreed to a whole year", today=ANSWERED, actor=priya)
    assert (refused.state, refused.answer) == ("refused", "You agreed to a whole year")
    one.refresh_from_db()
    assert one.ended_on is None
    assert asking(one, sam).state == "asked"  # it may be asked again


def test_one_waits_at_a_time_and_is_answered_once(oakfield, actor, sam, priya):
    one = service(oakfield, actor)
    asked = asking(one, sam)
    with pytest.raises(AskedAlready, match="asked for already"):
        asking(one, sam, kind="pause")
    withdraw_change(asked=asked, today=TODAY, actor=sam)
    with pytest.raises(AnsweredAlready, match="withdrawn already"):
        grant_change(asked=asked, today=ANSWERED, actor=priya)
    one.refresh_from_db()
    assert (one.ended_on, AskedChange.objects.count()) == (None, 1)


def test_another_sum_than_was_seen_grants_nothing(oakfield, actor, sam, priya):
    asked = asking(service(oakfield, actor), sam)
    with pytest.raises(AmountChanged):
        grant_change(asked=asked, today=ANSWERED, actor=priya, expected_pence=-1)
    assert one_asked_for(priya, asked.pk).state == "asked"


def test_only_the_customer_asks_and_only_finance_answers(oakfield, council, actor, sam, priya):
    one = service(oakfield, actor)
    outsider = buyer(council, person_id=777)
    with pytest.raises(NotAllowed):
        asking(one, outsider)
    asked = asking(one, sam)
    for refused in (grant_change, lambda **given: refuse_change(answer="No", **given)):
        with pytest.raises(NotAllowed):
            refused(asked=asked, today=ANSWERED, actor=sam)
    assert list(asked_for(outsider)) == []
    with pytest.raises(NotFound):
        one_asked_for(outsider, asked.pk)
    assert list(asked_for(sam)) == [asked]
