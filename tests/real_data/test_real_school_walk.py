"""A real school of the public register buys, is invoiced and pays, and finance reconciles: all on the pages.

The school's buyer is invented, and so is every amount; the school is whichever the register lists first. The register's
file lies beside the project where it is at hand; without it, or without a browser, this walk is skipped.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.site import CHROMIUM, ROOT, Site
from tests.browser.visitor import Visitors
from tests.browser.walking import (
    add_places,
    bank_agrees_at,
    begin,
    closing_pence,
    confirm_sure,
    fact,
    follow,
    heading,
    issue_batch,
    main,
    match_the_rest,
    open_offer,
    pence,
    place_order,
    pounds,
    press,
    roomiest,
    step_sums,
    upload_bank_file,
)

REGISTER = ROOT.parent / "shared" / "data" / "gias" / "edubasealldata20231116_reduced.csv"
AUTHORITY = "202"

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not REGISTER.is_file(), reason="the register's file does not lie beside the project"),
    pytest.mark.skipif(not CHROMIUM.exists(), reason="no chromium here: install Debian's package chromium"),
]

# Three places at the list price of £95.00, exempt: the school is no member. Advice for 38 staff: £400.00 + 38 × £9.50
# = £761.00, with VAT of £152.20 (20%). Together £285.00 + £913.20.
COURSE, PEOPLE, COURSE_PENCE = "Safer recruitment", 3, 28_500
SERVICE, STAFF, SERVICE_NET_PENCE, SERVICE_VAT_PENCE = "Human resources advice", 38, 76_100, 15_220
NET_PENCE, VAT_PENCE, GROSS_PENCE = 104_600, 15_220, 119_820


@pytest.fixture(scope="module")
def real_site() -> Iterator[Site]:
    var_dir = Path(os.environ.get("VAR_DIR", ROOT / "var")) / "real-site"
    with Site(var_dir, "--gias", str(REGISTER), "--la", AUTHORITY) as running:
        yield running


def test_a_real_school_buys_is_invoiced_and_pays_and_the_books_agree(
    real_site: Site, browser: Browser, tmp_path: Path
) -> None:
    visitors, home = Visitors(browser, real_site), f"{real_site.url}/"
    school, finance = visitors.page("buyer"), visitors.page("finance_officer")

    order = _buys(school, home)
    preview, numbers = issue_batch(finance, home)
    assert preview == [NET_PENCE, VAT_PENCE, GROSS_PENCE] and len(numbers) == 1
    assert _invoice_state(school, numbers[0]) == ("Open", GROSS_PENCE)

    file = tmp_path / "lloyds.csv"
    real_site.manage("demo_statement", "--bank", "lloyds", "--output", str(file))
    upload_bank_file(finance, home, file)
    assert fact(finance, "Closing balance") == f"{pounds(closing_pence(file))}, ties"
    press(finance, "Match lines")
    assert confirm_sure(finance) == 1
    others = match_the_rest(finance)
    assert pence(finance.inner_text(".govuk-panel")) == closing_pence(file)
    assert GROSS_PENCE + sum(others["unidentified"]) - sum(others["charges"]) == closing_pence(file)
    assert bank_agrees_at(finance, home, closing_pence(file))

    assert _invoice_state(school, numbers[0]) == ("Paid", 0)
    verified = real_site.manage("verify_ledger")  # raises unless every invariant holds
    assert "checks hold" in verified
    urn = school.url.split("/school/")[1].split("/")[0]
    print(
        f"\nURN {urn}: {order} {pounds(GROSS_PENCE)} = {pounds(NET_PENCE)} + VAT {pounds(VAT_PENCE)}; {numbers[0]} paid"
    )
    print(f"Bank closes at {pounds(closing_pence(file))} and agrees with the ledger\n{verified}")


def _buys(page: Page, home: str) -> str:
    """A course for three and a yearly service in one order; returns its number."""
    begin(page, home)
    open_offer(page, COURSE)
    assert add_places(page, date=roomiest(page).label, people=PEOPLE) == COURSE_PENCE
    open_offer(page, SERVICE)
    page.get_by_label("Number of staff").fill(str(STAFF))
    press(page, "Update price")
    ((steps, total),) = step_sums(page)
    assert total == SERVICE_NET_PENCE + SERVICE_VAT_PENCE == sum(steps)
    press(page, "Add to basket")
    steps, total = step_sums(page)[-1]
    assert sum(steps) == total == GROSS_PENCE and sorted(steps) == [0, VAT_PENCE, NET_PENCE]
    number = place_order(page, total=GROSS_PENCE)
    assert f"{pounds(GROSS_PENCE)} goes on account" in main(page)
    return number


def _invoice_state(page: Page, number: str) -> tuple[str, int]:
    """What the school's own page of an invoice says: its state, and the pence left to pay."""
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Invoices").click()
    follow(page, number)
    assert heading(page) == f"Invoice {number}"
    return page.locator("main .govuk-tag").first.inner_text(), pence(fact(page, "Left to pay"))
