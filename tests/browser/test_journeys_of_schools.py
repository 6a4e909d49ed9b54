"""Journeys 1 and 3, walked as a school walks them, with and without JavaScript: find and book, cancel one person.

The cast: Marrambridge School, whose invoices wait for its purchase order, the head of Saltpans Primary School, who
wants the same last place, and our finance officer.
"""

import re

import pytest
from playwright.sync_api import Page

from tests.browser.site import Site
from tests.browser.visitor import Visitors
from tests.browser.walking import (
    add_places,
    begin,
    button,
    empty_basket,
    fact,
    follow,
    heading,
    issue_batch,
    main,
    open_basket,
    open_dates,
    open_find,
    open_offer,
    order_places,
    pence,
    place_order,
    pounds,
    press,
    roomiest,
    step_sums,
)

COURSE = "Safeguarding for new leaders"
HALF_DAY = "Safer recruitment"
NEARLY_FULL = "Designated safeguarding lead: the two-year refresher"
NAMES = ["Amina Birch", "Callum Eastwick", "Zoë Farrow-Kaur"]

both_ways = pytest.mark.parametrize("scripts", [True, False], ids=["with-scripts", "without-scripts"])


def _search(page: Page) -> int:
    """Finds the course by the word that a school would type; returns the price of one place on the card, in pence."""
    open_find(page)
    page.get_by_label("Search", exact=True).fill("safeguarding")
    press(page, "Search")
    card = page.locator(".app-offers__item", has=page.get_by_role("link", name=COURSE, exact=True))
    return pence(card.get_by_text("Your price").locator("..").inner_text())


@both_ways
def test_a_school_books_three_named_people_and_gives_its_purchase_order_later(
    site: Site, visitors: Visitors, scripts: bool
) -> None:
    page = visitors.page("approver", scripts=scripts)
    begin(page, f"{site.url}/")
    each = _search(page)
    follow(page, COURSE, exact=True)
    date = roomiest(page)
    assert add_places(page, date=date.label, people=3) == 3 * each  # exempt from VAT

    assert heading(page) == "Check your order"
    follow(page, re.compile("^Change, name people"))
    page.get_by_label("I will name everybody now").check()
    for number, name in enumerate(NAMES, 1):
        page.get_by_label(f"Name of person {number}").fill(name)
    press(page, "Save")
    assert f"Coming: {', '.join(NAMES)}." in main(page)
    assert all(sum(steps) == total for steps, total in step_sums(page))
    number = place_order(page, total=3 * each)
    assert f"{pounds(3 * each)} goes on account" in main(page)
    assert "The invoice waits for your purchase order" in main(page)

    follow(page, "Add it now")
    page.get_by_label("Purchase order").fill("MAR-2041")
    press(page, "Save")
    assert heading(page) == f"Order {number}"
    assert fact(page, "Purchase order") == "MAR-2041"
    assert pence(fact(page, "Total with VAT")) == 3 * each
    assert "The invoice waits" not in main(page)
    assert [name in main(page) for name in NAMES] == [True, True, True]
    open_offer(page, COURSE)
    assert {one.label: one.left for one in open_dates(page)}[date.label] == date.left - 3
    page.close()


@both_ways
def test_whoever_comes_second_for_the_last_place_orders_nothing_and_keeps_the_basket(
    site: Site, visitors: Visitors, scripts: bool
) -> None:
    ours, theirs = visitors.page("approver", scripts=scripts), visitors.page("head", scripts=scripts)
    for page in (ours, theirs):
        begin(page, f"{site.url}/")
        open_offer(page, NEARLY_FULL)
    date = min(open_dates(ours), key=lambda one: one.left)
    total = add_places(ours, date=date.label, people=date.left)
    assert heading(ours) == "Check your order"
    place_order(theirs, total=add_places(theirs, date=date.label, people=1))

    press(ours, f"Place order {pounds(total)}")
    assert heading(ours) == "Check your order"
    left = date.left - 1
    refusal = ours.inner_text(".govuk-error-summary")
    assert "Nothing is ordered" in refusal or "nothing is ordered" in refusal, refusal
    assert re.search(rf"{left} places? (is|are) left" if left else "[Nn]o place|full", refusal), refusal
    open_basket(ours)
    assert NEARLY_FULL in main(ours)
    ours.goto(ours.url.replace("/basket", "/orders"))
    assert pounds(total) not in ours.locator("tbody tr").first.inner_text()
    open_basket(ours)
    empty_basket(ours)
    assert "Your basket is empty" in main(ours)
    ours.close()
    theirs.close()


@both_ways
def test_cancelling_one_invoiced_place_says_what_comes_back_and_gives_a_credit_note(
    site: Site, visitors: Visitors, scripts: bool
) -> None:
    page = visitors.page("approver", scripts=scripts)
    number, total = order_places(page, f"{site.url}/", title=HALF_DAY, people=2, purchase_order="MAR-2042")
    finance = visitors.page("finance_officer", scripts=scripts)
    issue_batch(finance, f"{site.url}/")
    finance.close()

    follow(page, "See the order")
    page.get_by_role("main").get_by_role("link", name=re.compile("^Name or cancel")).first.click()
    consequence, cancel = page.get_by_text("Cancel today:"), button(page, re.compile("^Cancel this place"))
    assert cancel.inner_text() == f"Cancel this place, {pounds(total // 2)} back"
    assert consequence.inner_text() == f"Cancel today: {pounds(total // 2)} back."
    said, pressed = consequence.bounding_box(), cancel.bounding_box()
    assert said is not None and pressed is not None and said["y"] < pressed["y"]
    cancel.click()
    assert heading(page) == f"Order {number}"
    note = re.search(r"CN-\d+", main(page))
    assert note is not None, main(page)
    follow(page, note[0])
    assert heading(page) == f"Credit note {note[0]}"
    assert step_sums(page)[-1][1] == total // 2
    page.close()


@both_ways
def test_cancelling_before_the_invoice_makes_the_item_smaller_and_no_credit_note(
    site: Site, visitors: Visitors, scripts: bool
) -> None:
    page = visitors.page("approver", scripts=scripts)
    number, total = order_places(page, f"{site.url}/", title=HALF_DAY, people=2, purchase_order="")
    follow(page, "See the order")
    page.get_by_role("main").get_by_role("link", name=re.compile("^Name or cancel")).first.click()
    press(page, f"Cancel this place, {pounds(total // 2)} back")
    assert heading(page) == f"Order {number}"
    assert f"Taken off since then: {pounds(total // 2)} before VAT" in main(page)
    assert "CN-" not in main(page)
    page.close()
