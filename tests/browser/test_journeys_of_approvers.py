"""Journey 2, walked as a school and its governors walk it: send for approval, decide by link or signed in.

The cast: Jamie Pell of Osprey Bank Primary School, who may order up to £250.00; its chair of governors, who has no
account; and Tomasz Wrona, who approves for Marrambridge School.
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
    fact,
    follow,
    heading,
    main,
    open_dates,
    open_offer,
    open_section,
    pence,
    pounds,
    press,
    roomiest,
)

COURSE = "Safeguarding for new leaders"
NEW_LINK = (
    "from django.utils import timezone;"
    "from marketplace.trading.models import Approval;"
    "from marketplace.trading.services import new_link;"
    "print(new_link(approval=Approval.objects.get(order__number='{}'), at=timezone.now()))"
)

both_ways = pytest.mark.parametrize("scripts", [True, False], ids=["with-scripts", "without-scripts"])


def _send(page: Page, site: Site) -> tuple[str, int]:
    """Jamie sends places on a course for approval; the order's number and its sum in pence."""
    begin(page, f"{site.url}/")
    open_offer(page, COURSE)
    total = add_places(page, date=roomiest(page).label, people=3)
    assert f"This order is {pounds(total - 25_000)} over your limit, so it goes to the chair of governors" in main(page)
    assert button(page, re.compile("^Place order")).count() == 0
    press(page, f"Send for approval {pounds(total)}")
    assert heading(page) == "Sent for approval", main(page)
    number = re.search(r"ORD-\d+", main(page))
    assert number is not None
    return number[0], total


@both_ways
def test_a_chair_without_an_account_approves_by_a_link_that_works_once(
    site: Site, visitors: Visitors, scripts: bool
) -> None:
    jamie, chair = visitors.page("small_limit", scripts=scripts), visitors.page("anonymous", scripts=scripts)
    number, total = _send(jamie, site)
    address = f"{site.url}/decide/{site.manage('shell', '-v', '0', '-c', NEW_LINK.format(number)).split()[-1]}"
    for _ in range(2):  # opening it, as a mail scanner does too, uses nothing up
        chair.goto(address)
        assert pence(fact(chair, "Whole-term sum with VAT")) == total
    assert chair.get_by_role("navigation").count() == 0
    press(chair, "Record my decision")
    assert "Enter your name" in chair.inner_text(".govuk-error-summary")
    chair.get_by_label("Approve", exact=True).check()
    chair.get_by_label("Your name").fill("Mary Okonkwo")
    chair.get_by_label("Your role").fill("Chair of governors")
    press(chair, "Record my decision")
    assert heading(chair) == "Your decision is recorded"
    chair.goto(address)
    assert heading(chair) == "This link no longer works" and number not in main(chair)
    press(chair, "Send a new one to the same address")
    assert heading(chair) == "Look at your e-mail"

    open_section(jamie, f"{site.url}/", "Approvals")
    follow(jamie, number)
    assert "Recorded by Mary Okonkwo, Chair of governors." in main(jamie)
    follow(jamie, "See the order")
    assert "Not invoiced yet" in main(jamie) and pence(fact(jamie, "Total with VAT")) == total
    jamie.close()
    chair.close()


@both_ways
def test_the_buyer_withdraws_and_the_places_are_free_again(site: Site, visitors: Visitors, scripts: bool) -> None:
    page = visitors.page("small_limit", scripts=scripts)
    begin(page, f"{site.url}/")
    open_offer(page, COURSE)
    before = {one.label: one.left for one in open_dates(page)}
    number, _ = _send(page, site)
    open_offer(page, COURSE)
    assert sum(before.values()) - sum(one.left for one in open_dates(page)) == 3
    open_section(page, f"{site.url}/", "Approvals")
    follow(page, number)
    press(page, re.compile("^Withdraw the order, 3 places given back$"))
    assert f"{number} is withdrawn" in page.inner_text(".govuk-notification-banner")
    open_offer(page, COURSE)
    assert {one.label: one.left for one in open_dates(page)} == before
    page.close()


def test_an_approver_decides_from_home_in_two_clicks(site: Site, visitors: Visitors) -> None:
    page = visitors.page("approver", scripts=False)
    page.goto(f"{site.url}/")
    follow(page, re.compile("^Approve "))
    number = re.search(r"ORD-\d+", heading(page))
    assert number is not None and "over the limit" in fact(page, "Why it needs you")
    press(page, "Record my decision")
    assert "Choose your decision" in page.inner_text(".govuk-error-summary")
    page.get_by_label("Approve", exact=True).check()
    press(page, "Record my decision")
    assert f"{number[0]} is approved and placed" in page.inner_text(".govuk-notification-banner")
    assert "Nothing waits for you to decide." in main(page)
    page.close()
