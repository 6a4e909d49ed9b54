"""Filling a basket: what may stand in it, for whom, and what it shows."""

from datetime import date
from decimal import Decimal

import pytest

from catalogue.models import CourseRun
from catalogue.rules.classes import PriceClass
from catalogue.rules.evaluation import FactMissing, NoPrice
from catalogue.rules.facts import IncludedPlaces
from catalogue.services import withdraw_offer
from marketplace.core.actors import Role
from marketplace.core.errors import NotAllowed, NotFound, WrongInput
from marketplace.organisations.services.registry import set_terms
from marketplace.trading.models import Basket, BasketLine
from marketplace.trading.queries import basket_line_of, basket_of
from marketplace.trading.services import (
    AlreadyInBasket,
    BasketClosed,
    CannotBeOrdered,
    add_to_basket,
    change_line,
    check_basket,
    open_basket,
    remove_line,
)
from tests.shop import person, trust_with
from tests.trading.conftest import ON

pytestmark = pytest.mark.django_db
HR = {"sum": [{"flat": "400", "label": "Base charge"}, {"rate": "9.50", "per": "staff"}]}


def test_a_line_shows_the_price_of_its_school(shop, school, sam, course, buying):
    run = shop.run(course)
    basket = buying.add(sam, school, course, 3, run=run, delegates=["Ann Lee", "", "Bo Ray", ""])
    line = basket.lines.get()
    assert (line.quoted_pence, line.delegates) == (42000, ["Ann Lee", "", "Bo Ray"])
    checked = check_basket(basket=basket, on=ON, actor=sam)
    assert [step.sentence for step in checked.lines[0].quote.steps] == [
        "List price £180.00 for each place",
        "3 places × £140.00 at the member price: £420.00",
    ]
    assert checked.missing == [
        "1 name is missing for Safeguarding for new leaders on 24 March 2027. You can add it later."
    ]
    assert checked.problems == []


def test_vat_is_worked_out_per_rate_over_the_whole_basket(shop, school, sam, buying, course):
    for code in ("one", "two", "three"):
        buying.add(sam, school, shop.offer(code, prices={PriceClass.ANY: {"flat": "33.33"}}))
    buying.add(sam, school, course, 1, run=shop.run(course))
    checked = check_basket(basket=basket_of(sam, school), on=ON, actor=sam)
    # Standard: 99.99 at 20% is 20.00, not three times 6.67. Exempt: 140.00.
    assert (checked.total.net.pence, checked.total.vat.pence, checked.total.gross.pence) == (23999, 2000, 25999)
    assert [(group.category, group.amount.vat.pence) for group in checked.groups] == [("E", 0), ("S", 2000)]


def test_a_price_that_needs_a_fact_asks_for_it_and_keeps_it(shop, school, sam, buying):
    hr = shop.offer("hr-advice", prices={PriceClass.ANY: HR}, term_months=12)
    with pytest.raises(FactMissing, match="Enter the number of staff"):
        buying.add(sam, school, hr)
    assert not BasketLine.objects.exists()
    basket = buying.add(sam, school, hr, facts={"staff": 38, "empty": ""})
    assert (basket.lines.get().quoted_pence, basket.lines.get().facts) == (76100, {"staff": "38"})


def test_a_term_of_three_years_is_committed_three_times(shop, school, sam, buying):
    ict = {"rate": "6.35", "per": "pupils", "less": {"term_years": {"3": "5%"}}}
    offer = shop.offer("ict-support", prices={PriceClass.ANY: ict}, term_months=12)
    basket = buying.add(sam, school, offer, facts={"term_years": 3})
    checked = check_basket(basket=basket, on=ON, actor=sam)
    assert checked.total.gross.pence == 298247  # 2,485.39 + 497.08
    assert checked.committed.pence == 894740  # 7,456.17 + 1,491.23


def test_changing_a_line_quotes_it_anew_and_removing_it_empties_the_basket(shop, school, sam, course, buying):
    basket = buying.add(sam, school, course, 1, run=shop.run(course))
    line = basket_line_of(sam, school, basket.lines.get().pk)
    change_line(line=line, quantity=Decimal(2), delegates=["Ann Lee"], on=ON, actor=sam)
    assert basket.lines.get().quoted_pence == 28000
    with pytest.raises(WrongInput, match="You gave 3 names for 2 places"):
        change_line(line=line, delegates=["A", "B", "C"], on=ON, actor=sam)
    line.refresh_from_db()
    assert line.delegates == ["Ann Lee"]
    remove_line(line=line, actor=sam)
    remove_line(line=line, actor=sam)
    assert not basket.lines.exists()
    with pytest.raises(NotFound, match="not in your basket any more"):
        basket_line_of(sam, school, line.pk)


def test_the_same_thing_stands_once_for_a_school(shop, school, sam, course, buying):
    run, other = shop.run(course), shop.run(course, day=date(2027, 5, 11))
    buying.add(sam, school, course, run=run)
    with pytest.raises(AlreadyInBasket, match="in your basket for Oakfield Primary School already"):
        buying.add(sam, school, course, run=run)
    basket = buying.add(sam, school, course, run=other)
    second = basket.lines.get(run=other)
    with pytest.raises(AlreadyInBasket):
        change_line(line=second, run=run, on=ON, actor=sam)
    assert basket.lines.count() == 2


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({}, "Choose a date of Safeguarding"),
        ({"run": "mine", "quantity": "1.5"}, "Places must be a whole number"),
        ({"run": "mine", "quantity": "0"}, "Quantity must be more than 0"),
        ({"run": "mine", "quantity": "-1"}, "Quantity must be more than 0"),
        ({"run": "mine", "quantity": "NaN"}, "Places must be a whole number"),
        ({"run": "mine", "quantity": "0.001"}, "Places must be a whole number"),
        ({"run": "other"}, "Choose a date of Safeguarding"),
        ({"run": "mine", "delegates": ["Ann\x07"]}, "must not contain control characters"),
        ({"run": "mine", "delegates": ["A", "B"]}, "2 names for 1 place. Add places"),
        ({"run": "mine", "delegates": ["x" * 121]}, "120 characters or fewer"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_added(shop, school, sam, course, buying, values, words):
    runs = {"mine": shop.run(course), "other": shop.run(shop.course("phonics", title="Phonics"))}
    if "run" in values:
        values = values | {"run": runs[values["run"]]}
    with pytest.raises(WrongInput, match=words):
        buying.add(sam, school, course, **values)
    assert not BasketLine.objects.exists()


def test_past_cancelled_and_withdrawn_are_not_sold(shop, school, sam, course, buying):
    run, gone = shop.run(course), shop.run(course, day=date(2027, 5, 11))
    with pytest.raises(CannotBeOrdered, match="was on 24 March 2027"):
        buying.add(sam, school, course, run=run, on=date(2027, 3, 25))
    CourseRun.objects.filter(pk=gone.pk).update(state=CourseRun.State.CANCELLED)
    gone.refresh_from_db()
    with pytest.raises(CannotBeOrdered, match="on 11 May 2027 is cancelled"):
        buying.add(sam, school, course, run=gone)
    withdraw_offer(offer=course, actor=shop.actor)
    with pytest.raises(CannotBeOrdered, match="is not sold any more"):
        buying.add(sam, school, course, run=run)


def test_a_school_without_a_price_class_of_its_own_is_told(shop, school, sam, buying):
    offer = shop.offer("associates-only", prices={PriceClass.ASSOCIATE: {"flat": "1"}})
    with pytest.raises(NoPrice, match="has no price for a member"):
        buying.add(sam, school, offer)


def test_what_changed_since_stands_as_a_problem(shop, school, sam, course, buying):
    run = shop.run(course, places=2)
    basket = buying.add(sam, school, course, 3, run=run)
    checked = check_basket(basket=basket, on=ON, actor=sam)
    assert checked.problems == ["2 places are left on 24 March. Book 2, or choose another course"]
    assert checked.lines[0].quote is None


def test_included_places_are_used_up_line_by_line_for_their_school(shop, school, sam, course, buying):
    basket = buying.add(sam, school, course, 3, run=shop.run(course))
    buying.add(sam, school, course, 2, run=shop.run(course, day=date(2027, 5, 11)))
    gold = {school.pk: IncludedPlaces("Gold", 4, 6)}
    checked = check_basket(basket=basket, on=ON, actor=sam, included=gold)
    assert [line.quote.included for line in checked.lines] == [3, 1]
    assert checked.lines[1].quote.steps[1].text == "1 place from Gold, 1 of 6 left"
    assert checked.total.gross.pence == 14000


def test_a_trust_buys_for_its_own_schools_only(shop, school, actor, course, buying, tmp_path):
    trust, [harbour, quay] = trust_with(tmp_path, actor, "Harbour Academy", "Quay Academy")
    finance = person(trust, actor, name="Tess Trust", role=Role.TRUST_FINANCE)
    run = shop.run(course)
    for academy in (harbour, quay):
        buying.add(finance, academy, course, 1, run=run, organisation=trust)
    basket = basket_of(finance, trust)
    assert check_basket(basket=basket, on=ON, actor=finance).total.gross.pence == 36000  # non-members
    with pytest.raises(NotAllowed, match="cannot buy for Oakfield Primary School"):
        buying.add(finance, school, course, 1, run=run, organisation=trust)
    assert basket.lines.count() == 2


def test_a_customer_who_needs_a_purchase_order_is_told_and_may_add_it_later(shop, school, sam, actor, course, buying):
    set_terms(organisation=school, actor=actor, purchase_order_rule="required")
    basket = buying.add(sam, school, course, 1, run=shop.run(course), delegates=["Ann Lee"])
    assert check_basket(basket=basket, on=ON, actor=sam).missing == [
        "Purchase order: Oakfield Primary School needs one. Add it now, or later: the invoice waits for it."
    ]


def test_another_persons_basket_does_not_exist(shop, school, sam, actor, outsider, course, buying):
    basket = buying.add(sam, school, course, 1, run=shop.run(course))
    colleague = person(school, actor, name="Cal Colleague")
    for other in (outsider, colleague):
        with pytest.raises(NotFound):
            check_basket(basket=basket, on=ON, actor=other)
        with pytest.raises(NotFound):
            remove_line(line=basket.lines.get(), actor=other)
    with pytest.raises(NotFound):
        open_basket(organisation=school, actor=outsider)
    with pytest.raises(NotFound):
        basket_of(outsider, school)
    assert basket_of(colleague, school) is None
    assert basket.lines.count() == 1


def test_the_platform_itself_orders_nothing(school, actor, course, shop):
    with pytest.raises(NotFound):
        open_basket(organisation=school, actor=actor)
    assert not Basket.objects.exists()


def test_facts_that_no_rule_reads_are_not_kept_without_end(shop, school, sam, buying):
    hr = shop.offer("hr-advice", prices={PriceClass.ANY: HR})
    with pytest.raises(WrongInput, match="at most 40 facts"):
        buying.add(sam, school, hr, facts={f"fact_{i}": "1" for i in range(41)})
    with pytest.raises(WrongInput):
        buying.add(sam, school, hr, facts={"staff": 2.5})


def test_adding_needs_the_basket_to_be_open(shop, school, sam, course, buying):
    run = shop.run(course)
    basket = buying.add(sam, school, course, 1, run=run)
    buying.order(sam, basket)
    with pytest.raises(BasketClosed, match="was ordered"):
        add_to_basket(basket=basket, offer=course, school=school, quantity=Decimal(1), run=run, on=ON, actor=sam)
    assert open_basket(organisation=school, actor=sam).pk != basket.pk
