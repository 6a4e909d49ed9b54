"""The facts of the demonstration hold together on any day, before anything is written."""

from collections import Counter
from datetime import date, timedelta

import pytest

from catalogue.rules.cancellation import check_policy
from catalogue.rules.rule_form import check_rule, facts_asked, kind_of, nodes
from frontend.demonstration import people, schools
from frontend.demonstration.calendar import Year
from frontend.demonstration.courses import FEW_LEFT, FULL
from frontend.demonstration.offers import CODES
from frontend.demonstration.orders import DUE_TODAY, SCHOOLS, PlannedLine, planned
from frontend.demonstration.other_kinds import OTHER_KINDS
from frontend.demonstration.places import address_in
from frontend.demonstration.services import SERVICES
from frontend.demonstration.shop import ALL_COURSES as COURSES
from frontend.demonstration.shop import meeting_days, run_code, run_days
from marketplace.core.actors import Role
from marketplace.core.working_days import is_working_day

OFFERS = COURSES + SERVICES + OTHER_KINDS
# Deliveries, panels, schemes and the board have no pages yet; who works there can sign in and finds only their account.
NOTHING_YET = {
    Role.SCHEME_SUPPLIER, Role.BOARD_MEMBER,
}  # fmt: skip
DAYS = [date(2026, 11, 21) + timedelta(days=23 * step) for step in range(40)] + [date(2028, 2, 29), date(2027, 4, 1)]


def test_the_area_has_100_schools_of_every_kind() -> None:
    kinds = Counter(school.type_code for school in schools.AREA_SCHOOLS)
    assert len(schools.AREA_SCHOOLS) == 100
    assert {"1", "2", "3", "5", "7", "12", "14", "15"} <= set(kinds)  # maintained
    assert {"28", "33", "34", "35", "36", "42", "44"} <= set(kinds)  # academies and free schools
    assert {"8", "10", "11"} <= set(kinds)
    assert set(kinds) <= set(schools.TYPE_NAMES)
    assert Counter(school.trust for school in schools.AREA_SCHOOLS).keys() == {"", *schools.TRUSTS}
    assert [school.type_code for school in schools.BEYOND] == ["1", "37"]


def test_no_two_schools_share_a_name_or_a_code_and_none_could_be_real() -> None:
    assert len({school.name for school in SCHOOLS}) == len({school.urn for school in SCHOOLS}) == len(SCHOOLS)
    assert all(900_000 < int(school.urn) < 901_000 for school in SCHOOLS)  # the register ends far below
    assert all(school.ukprn.startswith("99") and len(school.ukprn) == 8 for school in SCHOOLS)
    assert all(address_in(school.town, school.name).postcode.startswith("ZZ") for school in SCHOOLS)
    names = {school.name for school in SCHOOLS}
    assert names > schools.COUNCIL_JOURNAL | schools.PURCHASE_ORDER_REQUIRED
    assert any("'" in name for name in names) and any(not name.isascii() for name in names)


def test_there_is_a_sign_in_for_every_role_with_something_to_do_at_reserved_domains() -> None:
    held = {role for sign_in in people.SIGN_INS.values() for role in sign_in.roles}
    assert held == set(Role) - NOTHING_YET
    assert all(sign_in.email.endswith(".example") for sign_in in people.SIGN_INS.values())
    assert len({sign_in.email for sign_in in people.SIGN_INS.values()}) == len(people.SIGN_INS) == 19
    assert len(people.PASSWORD) >= 12


def test_offers_use_every_shape_of_price_and_the_codes_of_both_returns() -> None:
    assert len(OFFERS) == len({offer.code for offer in OFFERS}) >= 40
    used = set()
    for offer in OFFERS:
        check_policy(offer.cancellation)
        for rule in offer.prices.values():
            check_rule(rule)
            for node in nodes(rule):
                used |= {kind_of(node), *({"floor", "cap", "less", "nth"} & set(node))}
        assert offer.cfr in CODES
        assert (offer.vat in ("S", "")) == (not offer.reason)
        assert 20 < len(offer.summary) <= 300 and len(offer.title) <= 120
    assert used >= {"flat", "rate", "bands", "packages", "sum", "first", "each", "floor", "cap", "less", "nth"}
    assert {offer.vat for offer in OFFERS} == {"", "S", "Z", "E"}
    assert len({str(offer.cancellation) for offer in OFFERS}) >= 5
    assert {run.mode for offer in COURSES for run in offer.runs} == {"face_to_face", "online", "hybrid"}
    assert {run.shape for offer in COURSES for run in offer.runs} >= {"day", "morning", "twilight", "evening"}


def test_whatever_a_price_asks_is_stated_by_every_order() -> None:
    asked = {offer.code: {n for rule in offer.prices.values() for n in facts_asked(rule)} for offer in OFFERS}
    lines = [line for order in planned(Year(DAYS[0])) for line in order.lines]
    needed = {code: names - {"term_years"} for code, names in asked.items()}
    assert {line.offer for line in lines if needed[line.offer]} >= {"hr-advice", "clerking"}
    assert [line for line in lines if not needed[line.offer] <= set(line.facts)] == []


@pytest.mark.parametrize("today", DAYS, ids=str)
def test_on_any_day_the_plan_keeps_to_the_year(today: date) -> None:
    year = Year(today)
    orders = planned(year)
    todays = [order for order in orders if order.day == today]
    assert sum(len(order.lines) for order in todays) == DUE_TODAY
    assert all(year.first_day <= order.day <= year.last_batch for order in orders if order.day != today)
    assert all(order.purchase_order for order in todays if order.buyer in schools.PURCHASE_ORDER_REQUIRED)
    begins = [line.service_from for order in orders for line in order.lines if line.service_from]
    assert max(begins) <= year.last_batch
    assert 300 <= len(orders) <= 600
    assert planned(Year(today)) == orders


@pytest.mark.parametrize("today", DAYS, ids=str)
def test_on_any_day_courses_lie_in_school_time_and_have_room_for_those_who_book(today: date) -> None:
    days = {run_code(offer.code, day): (run, day) for offer in COURSES for run, day in run_days(offer, today)}
    assert len(days) == sum(len(offer.runs) for offer in COURSES)
    assert all(is_working_day(day) and (day > today) == (run.days > 0) for run, day in days.values())
    taken: Counter[str] = Counter()
    for order in planned(Year(today)):
        for line in [line for line in order.lines if line.run]:
            assert order.day <= days[line.run][1]
            taken[line.run] += line.quantity
    assert all(taken[code] <= run.places for code, (run, _) in days.items())
    assert [_left_on_next(code, today, taken) for code in (FEW_LEFT, FULL)] == [2, 0]


def _left_on_next(code: str, today: date, taken: Counter[str]) -> int:
    offer = next(offer for offer in COURSES if offer.code == code)
    run, day = next(pair for pair in run_days(offer, today) if pair[1] > today)
    return run.places - taken[run_code(code, day)]


@pytest.mark.parametrize("today", DAYS, ids=str)
def test_on_any_day_statements_follow_each_other_up_to_a_week_ago(today: date) -> None:
    year = Year(today)
    ends = year.statements()
    assert ends == sorted(set(ends)) and len(ends) >= 11
    assert timedelta(days=4) <= today - ends[-1] <= timedelta(days=14)
    assert year.batches() == sorted(set(year.batches())) and year.batches()[-1] < today
    assert all(is_working_day(day) for day in [*ends, *year.batches()])


@pytest.mark.parametrize("today", DAYS[:6], ids=str)
def test_there_are_sixty_courses_behind_and_ahead_and_ten_of_several_meetings(today: date) -> None:
    assert len(COURSES) == 60
    for offer in COURSES:
        days = [day for _, day in run_days(offer, today)]
        assert min(days) < today < max(days), offer.code
    series = [(run, day) for offer in COURSES for run, day in run_days(offer, today) if run.meetings > 1]
    assert len({offer.code for offer in COURSES if any(run.meetings > 1 for run in offer.runs)}) >= 10
    for run, day in series:
        days = meeting_days(run, day)
        assert len(days) == len(set(days)) == run.meetings and days == sorted(days) and days[0] == day
        assert all(is_working_day(one) for one in days)


def test_offers_are_of_all_five_kinds() -> None:
    assert {offer.kind for offer in OFFERS} == {"course", "consultancy", "service", "resource", "deal"}


def test_a_line_names_no_more_people_than_places() -> None:
    lines: list[PlannedLine] = [line for order in planned(Year(DAYS[0])) for line in order.lines]
    assert all(0 <= line.named <= line.quantity for line in lines)
    assert any(line.named < line.quantity for line in lines if line.run)
