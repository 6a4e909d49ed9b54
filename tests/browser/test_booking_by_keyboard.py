"""The booking journey with the keyboard alone: found, chosen, ordered, without one click."""

import re

from playwright.sync_api import Locator, Page

from tests.browser.site import Site
from tests.browser.visitor import Visitors
from tests.browser.walking import button, heading, main, pence, pounds, roomiest, step_sums

COURSE = "Safeguarding for new leaders"
MOST_TABS = 300


def tab_to(page: Page, wanted: Locator) -> None:
    """Presses Tab until the one element has the focus, which must be seen: it is never hidden behind anything."""
    wanted.wait_for()
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if wanted.evaluate("element => element === document.activeElement"):
            assert wanted.evaluate(
                "element => { const box = element.getBoundingClientRect();"
                " return box.bottom > 0 && box.top < innerHeight; }"
            ), "what has the focus is on the screen"
            return
    raise AssertionError(f"{wanted} is not reached by the Tab key")


def enter(page: Page, wanted: Locator) -> None:
    """Tabs to it and presses Enter, and waits for the page that answers."""
    tab_to(page, wanted)
    with page.expect_navigation(wait_until="load"):
        page.keyboard.press("Enter")


def choose(page: Page, wanted: Locator) -> None:
    """Tabs to the group of radios and moves down with the arrow until the wanted one is chosen."""
    first = page.locator("input[type=radio][name=run]").first
    chosen = page.locator("input[type=radio][name=run]:checked")
    tab_to(page, chosen.first if chosen.count() else first)
    page.keyboard.press("Space")
    for _ in range(page.locator("input[type=radio][name=run]").count()):
        if wanted.is_checked():
            return
        page.keyboard.press("ArrowDown")
    raise AssertionError("The date is not reached by the arrow keys")


def test_a_school_finds_books_and_orders_places_with_the_keyboard_alone(site: Site, visitors: Visitors) -> None:
    page = visitors.page("approver")
    page.goto(f"{site.url}/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent").strip() == "Skip to main content"
    enter(page, page.get_by_role("navigation", name="Main").get_by_role("link", name="Find"))
    tab_to(page, page.get_by_label("Search", exact=True))
    page.keyboard.type(COURSE)
    with page.expect_navigation(wait_until="load"):
        page.keyboard.press("Enter")
    enter(page, page.get_by_role("main").get_by_role("link", name=COURSE, exact=True).first)

    date = roomiest(page)
    choose(page, page.get_by_label(date.label))
    tab_to(page, page.get_by_label("Number of people"))
    page.keyboard.press("Control+a")
    page.keyboard.type("2")
    enter(page, button(page, "Update price"))
    ((steps, total),) = step_sums(page)
    assert sum(steps) == total > 0
    enter(page, button(page, re.compile("^Add 2 places")))
    assert heading(page) == "Check your order"
    order = button(page, re.compile("^Place order "))
    asked = pence(order.inner_text())
    enter(page, order)
    assert heading(page) == "Order placed" and pounds(asked) in main(page)
    page.goto(f"{site.url}/")
    page.close()
