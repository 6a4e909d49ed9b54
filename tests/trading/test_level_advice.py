"""Which level would have cost least, from the orders of record and the levels of today."""

from datetime import date
from decimal import Decimal

import pytest

from catalogue.models import Offer
from catalogue.rules.classes import PriceClass
from frontend.level_words import bought_words
from marketplace.core.actors import Role
from marketplace.core.periods import Period
from marketplace.trading.advice import last_school_year, last_twelve_months, level_advice, purchases_between
from marketplace.trading.services import cancel_booking
from subscriptions.plans.rules.includes import Included, Kind
from subscriptions.services import grant_allowance
from tests.api.calling import Program
from tests.frontend.finance.test_finance_journals import text_of
from tests.frontend.school.visits import signed_in
from tests.shop import person
from tests.subscriptions.plans.levels import published_level
from tests.trading.conftest import ON

pytestmark = pytest.mark.django_db
LATER = date(2027, 3, 1)
YEAR = last_twelve_months(LATER)
SIX = Included(kind=Kind.PLACES, quantity=6)
TEN_OFF = Included(kind=Kind.PERCENT_OFF_THEME, percent=Decimal(10), theme="Leadership")


@pytest.fixture
def levels(partnership, actor):
    """Silver at £300.00 without places; Gold at £500.00 with six, and 10% off Leadership."""
    for code, price, includes in (("silver", "300", []), ("gold", "500", [SIX, TEN_OFF])):
        published_level(actor, code, price, includes, valid_from=date(2026, 1, 1), price_class=PriceClass.MEMBER)


@pytest.fixture
def ordered(shop, school, sam, course, buying):
    """Eight places at £140.00 for members."""
    return buying.order(sam, buying.add(sam, school, course, 8, run=shop.run(course)))


def test_the_orders_of_record_are_priced_for_each_class_on_their_day(school, ordered):
    [bought] = purchases_between(organisation=school, period=YEAR, on=LATER)
    assert (bought.units, bought.unit, bought.paid_pence, bought.on) == (8, "place", 112_000, ON)
    assert {one: bought.at[one] for one in (PriceClass.MEMBER, PriceClass.NON_MEMBER)} == {
        PriceClass.MEMBER: 112_000, PriceClass.NON_MEMBER: 144_000,
    }  # fmt: skip
    assert purchases_between(organisation=school, period=Period(LATER, date(2028, 1, 1)), on=LATER) == []


def test_gold_with_six_places_would_have_cost_least(school, ordered, levels, django_assert_max_num_queries):
    with django_assert_max_num_queries(16):
        advice = level_advice(organisation=school, period=YEAR, on=LATER)
    assert [(one.level.name, one.total_pence, one.saving_pence) for one in advice.outcomes] == [
        ("Gold", 78_000, 34_000), ("Without a level", 112_000, 0), ("Silver", 142_000, -30_000),
    ]  # fmt: skip
    assert advice.finding == "Gold would have cost least: £780.00, £340.00 less than was paid"


def test_cancelled_places_and_what_waits_for_approval_are_left_out(school, sam, course, buying, asking, hana, actor):
    ordered = buying.order(sam, buying.add(sam, school, course, 8, run=asking.run))
    for booking in ordered.lines.get().bookings.order_by("position")[:3]:
        cancel_booking(booking=booking, on=ON, actor=sam)
    asking(person(school, actor, name="Lee Limited", limit=1), 2)
    [bought] = purchases_between(organisation=school, period=YEAR, on=LATER)
    assert (bought.units, bought.paid_pence) == (5, 70_000)


def test_places_that_were_included_count_as_bought_and_cost_nothing(school, sam, actor, course, shop, buying):
    grant_allowance(
        source_key="gold", organisation=school, name="Gold", places=6, valid_from=ON, valid_to=date(2027, 9, 1),
        actor=actor,
    )  # fmt: skip
    buying.order(sam, buying.add(sam, school, course, 8, run=shop.run(course)))
    [bought] = purchases_between(organisation=school, period=YEAR, on=LATER)
    assert (bought.units, bought.paid_pence, bought.at[PriceClass.MEMBER]) == (8, 28_000, 112_000)


def test_a_price_that_asks_for_a_fact_uses_the_one_of_the_order_and_a_theme_is_taken_off(
    school, sam, shop, buying, levels
):
    payroll = shop.offer(
        "payroll", prices={PriceClass.ANY: {"rate": "9.50", "per": "staff"}}, themes=["Leadership"], term_months=12
    )
    buying.order(sam, buying.add(sam, school, payroll, facts={"staff": 40}))
    [bought] = purchases_between(organisation=school, period=YEAR, on=LATER)
    assert (bought.unit, bought.units, bought.usual_pence) == ("", 0, 38_000)
    gold = next(
        one for one in level_advice(organisation=school, period=YEAR, on=LATER).outcomes if one.level.code == "gold"
    )
    assert (gold.rest_pence, gold.sentences[3]) == (34_200, "10% off Leadership: −£38.00.")


def test_a_day_of_consultancy_is_two_half_days_and_a_resource_a_download(school, sam, shop, buying):
    day = shop.offer(
        "adviser", kind=Offer.Kind.CONSULTANCY, prices={PriceClass.ANY: {"rate": "450", "per": "quantity"}}
    )
    buying.order(sam, buying.add(sam, school, day, "2.5"))
    [bought] = purchases_between(organisation=school, period=YEAR, on=LATER)
    assert (bought.unit, bought.units, bought.paid_pence) == ("half_day", 5, 112_500)


def test_one_place_is_told_as_one():
    told = [
        bought_words(*one) for one in ((1, "place"), (2, "place"), (1, "download"), (2, "half_day"), (3, "half_day"))
    ]
    assert told == ["1 place", "2 places", "1 download", "1 day", "1½ days"] and bought_words(1, "") == ""


def test_periods_are_twelve_months_and_the_last_school_year():
    assert (YEAR.start, YEAR.last_day) == (date(2026, 3, 2), LATER)
    assert last_twelve_months(date(2028, 2, 28)).start == date(2027, 3, 1)
    assert last_school_year(date(2026, 8, 31)) == Period(date(2024, 9, 1), date(2025, 9, 1))
    assert last_school_year(date(2026, 9, 1)) == Period(date(2025, 9, 1), date(2026, 9, 1))


class TestOnPagesAndForPrograms:
    @pytest.fixture(autouse=True)
    def today(self, time_machine):
        time_machine.move_to("2027-03-01 10:00:00+00:00")

    def test_a_school_and_finance_see_the_table_the_chart_and_the_working(
        self, school, sam, ordered, levels, partnership, outsider, actor
    ):
        here = f"/school/{school.school.urn}/which-level"
        said = text_of(signed_in(sam).get(here))
        assert "Gold would have cost least: £780.00, £340.00 less than was paid." in said
        assert "Gold (least) £500.00 6 of 6 places £280.00 £780.00 £340.00 less" in said
        assert "The rest at the price for members: £280.00." in said
        officer = signed_in(person(partnership, actor, name="Priya Shah", role=Role.FINANCE_OFFICER))
        assert "Gold would have cost least" in text_of(officer.get(f"/finance/customers/{school.number}/which-level"))
        assert signed_in(outsider).get(here).status_code == 404

    def test_without_purchases_or_levels_the_page_says_so_plainly(self, school, sam, shop, course, buying):
        page, here = signed_in(sam), f"/school/{school.school.urn}/which-level"
        assert "Oakfield Primary School bought nothing from March 2026 to" in text_of(page.get(here)).replace(
            "2 March", "March"
        )
        buying.order(sam, buying.add(sam, school, course, 1, run=shop.run(course)))
        assert "No subscription level is on offer" in text_of(page.get(here))

    def test_programs_ask_for_it(self, school, sam, ordered, levels, outsider, partnership, actor):
        path = f"/organisations/{school.number}/level-advice"
        told = Program(sam).get(path).json()
        assert (told["paid_pence"], told["purchases"], told["levels"][0]["code"]) == (112_000, 1, "gold")
        assert told["levels"][0]["lines"][0]["included"] == 6
        assert Program(sam).get(path, period="school_year").json()["purchases"] == 0
        assert (
            Program(person(partnership, actor, name="Priya Shah", role=Role.FINANCE_OFFICER)).get(path).status_code
            == 200
        )
        assert Program(outsider).get(path).status_code == 404


def test_programs_read_allowances_and_their_movements(school, sam, actor, ordered, outsider):
    gold = grant_allowance(
        source_key="gold", organisation=school, name="Gold", places=6, valid_from=ON, valid_to=date(2027, 9, 1),
        unit="download", actor=actor,
    )  # fmt: skip
    [row] = Program(sam).get("/allowances", unit="download").json()["results"]
    assert (row["id"], row["granted"], row["left"], row["last_day"]) == (gold.pk, 6, 6, "2027-08-31")
    [moved] = Program(sam).get(f"/allowances/{gold.pk}/movements").json()["results"]
    assert (moved["kind"], moved["units"], moved["what_for"]) == ("granted", 6, "")
    assert Program(outsider).get("/allowances").json()["results"] == []
    assert Program(outsider).get(f"/allowances/{gold.pk}/movements").status_code == 404
