"""Who may deliver on a day: half-open everywhere, the same in Python and in the database, in constant queries."""

from datetime import date, timedelta

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from providers.models import Accreditation, Consultant, Evidence, Requirement, Suspension
from providers.queries import standing_on, standings_on
from tests.providers.making import accredited, consultant, provider

pytestmark = pytest.mark.django_db
FIRST = date(2026, 9, 1)


def in_database(one: Consultant, on: date) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT providers_accredited(%s, %s)", [one.pk, on])
        return bool(cursor.fetchone()[0])


@pytest.fixture
def dana(oakfield, actor):
    return consultant(provider(oakfield, actor), actor)


def test_nobody_is_accredited_without_a_decision(dana):
    stands = standing_on(dana, FIRST)
    assert (stands.accredited, stands.until) == (False, None)
    assert stands.missing == ("Accreditation: nothing accepted yet.",)
    assert not in_database(dana, FIRST)


def test_the_last_day_counts_and_the_end_does_not(dana):
    accredited(dana, FIRST, date(2027, 9, 1))
    assert standing_on(dana, date(2027, 8, 31)).accredited and in_database(dana, date(2027, 8, 31))
    assert standing_on(dana, FIRST).until == date(2027, 9, 1)
    lapsed = standing_on(dana, date(2027, 9, 1))
    assert "Accreditation ended before 1 September 2027." in lapsed.missing
    assert "Enhanced DBS check ended before 1 September 2027." in lapsed.missing
    assert not in_database(dana, date(2027, 9, 1))
    assert not standing_on(dana, date(2026, 8, 31)).accredited and not in_database(dana, date(2026, 8, 31))


def test_insurance_that_ends_first_ends_the_standing_and_a_renewal_carries_it_on(dana):
    accredited(dana, FIRST, date(2028, 9, 1), ends={"public-liability": date(2027, 3, 1)})
    insured = Evidence.objects.get(requirement__code="public-liability")
    assert standing_on(dana, FIRST).until == date(2027, 3, 1)
    assert standing_on(dana, date(2027, 3, 1)).missing == ("Public liability insurance ended before 1 March 2027.",)
    Evidence.objects.create(
        requirement=insured.requirement, provider=dana.provider, valid_from=date(2027, 2, 1), valid_to=date(2028, 2, 1),
        given_on=FIRST, checked_on=FIRST, state="accepted",
    )  # fmt: skip
    assert standing_on(dana, FIRST).until == date(2028, 2, 1)
    assert in_database(dana, date(2027, 3, 1))


def test_a_suspension_counts_from_its_first_day_to_the_day_before_its_end(dana):
    accredited(dana)
    Suspension.objects.create(
        provider=dana.provider, starts_on=FIRST, ends_on=FIRST + timedelta(days=2), words="Bookings are paused."
    )  # fmt: skip
    answers = [standing_on(dana, FIRST + timedelta(days=days)).accredited for days in (-1, 0, 1, 2)]
    assert answers == [True, False, False, True]
    assert [in_database(dana, FIRST + timedelta(days=days)) for days in (-1, 0, 1, 2)] == answers
    assert standing_on(dana, FIRST).missing == ("Bookings are paused.",)
    assert standing_on(dana, FIRST - timedelta(days=1)).until == FIRST


def test_the_standings_of_many_take_as_many_queries_as_of_one(dana, actor, django_assert_num_queries):
    many = [dana, *(consultant(dana.provider, actor, name=f"Lee Number{letter}") for letter in "abcde")]
    for one in many:
        accredited(one)
    with django_assert_num_queries(4):
        standings_on([dana], FIRST)
    with django_assert_num_queries(4):
        found = standings_on(many, FIRST)
    assert all(found[one.pk].accredited for one in many) and len(found) == 6


DAYS = st.integers(0, 12).map(lambda days: FIRST + timedelta(days=days))
SPANS = st.tuples(DAYS, st.one_of(st.none(), st.integers(1, 9)))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    accreditation=st.lists(SPANS, max_size=1),
    shown=st.lists(st.tuples(SPANS, st.sampled_from(["identity", "public-liability"]),
                             st.sampled_from(["submitted", "accepted", "refused"])), max_size=6),
    suspended=st.lists(st.tuples(SPANS, st.booleans()), max_size=1),
    left=st.one_of(st.none(), DAYS.filter(lambda day: day > FIRST)),
    on=DAYS,
)  # fmt: skip
def test_the_database_agrees_with_the_rule_on_any_world(dana, accreditation, shown, suspended, left, on):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        for table in ("providers_evidence", "providers_suspension", "providers_accreditation"):
            cursor.execute(f"DELETE FROM {table}")
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")
    needs = {
        code: Requirement.objects.get_or_create(code=code, defaults={
            "label": code, "holder": "consultant" if code == "identity" else "provider", "position": 1, "words": "x",
        })[0]
        for code in ("identity", "public-liability")
    }  # fmt: skip
    dana.joined_on, dana.left_on = FIRST, left
    dana.save()

    def end(span):
        return None if span[1] is None else span[0] + timedelta(days=span[1])

    for span in accreditation:
        Accreditation.objects.create(
            consultant=dana, valid_from=span[0], valid_to=end(span) or date(2030, 1, 1), decided_on=FIRST
        )
    for span, code, state in shown:
        holder = {"consultant": dana} if code == "identity" else {"provider": dana.provider}
        Evidence.objects.create(
            requirement=needs[code], valid_from=span[0], valid_to=end(span), state=state, given_on=FIRST,
            checked_on=None if state == "submitted" else FIRST, reason="no" if state == "refused" else "", **holder,
        )  # fmt: skip
    for span, whole in suspended:
        holder = {"provider": dana.provider} if whole else {"consultant": dana}
        Suspension.objects.create(starts_on=span[0], ends_on=end(span), words="Paused.", **holder)
    stands = standing_on(dana, on)
    assert stands.accredited == in_database(dana, on)
    assert stands.accredited == (stands.missing == ())
    if stands.accredited and stands.until is not None:
        last, after = stands.until - timedelta(days=1), stands.until
        assert in_database(dana, last) and not in_database(dana, after)
