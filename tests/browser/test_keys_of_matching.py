"""Keys on the matching page: they press what is there, only while its panel has focus, and can be turned off."""

from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.site import Site
from tests.browser.visitor import Visitors
from tests.browser.walking import confirm_sure, line_pence, main, press, upload_bank_file

PANEL = "[data-match-keys]"


def chosen(page: Page) -> list[int]:
    """Which of the choices is ticked, counted from 1."""
    radios = page.locator(f"{PANEL} input[type=radio]")
    return [index + 1 for index in range(radios.count()) if radios.nth(index).is_checked()]


def key(page: Page, name: str) -> None:
    """Presses a key that leads to another page, and waits for that."""
    with page.expect_navigation():
        page.keyboard.press(name)


@pytest.fixture
def page(site: Site, visitors: Visitors, tmp_path: Path) -> Page:
    """The first line of a fresh statement that is not sure."""
    file = tmp_path / "lloyds.csv"
    site.manage("demo_statement", "--bank", "lloyds", "--output", str(file))
    page = visitors.page("finance_officer", scripts=True)
    upload_bank_file(page, f"{site.url}/", file)
    press(page, "Match lines")
    if page.get_by_role("button", name="sure match").count():
        confirm_sure(page)
    return page


def test_lines_are_skipped_matched_and_undone_by_keys_alone(page: Page) -> None:
    choices = page.locator(f"{PANEL} input[type=radio]").count()
    assert choices and "Keys while this part has focus" in main(page)
    address, amount = page.url, line_pence(page)
    page.locator("h1").click()
    page.keyboard.press("1")
    page.keyboard.press("s")
    assert page.url == address  # the panel has no focus: nothing happens

    page.locator(PANEL).focus()
    page.keyboard.press(str(choices))
    assert chosen(page) == [choices]
    key(page, "s")
    assert "line=" in page.url and page.evaluate("document.activeElement.matches('[data-match-keys]')")

    page.goto(address)
    page.locator(PANEL).focus()
    page.keyboard.press(str(choices))  # the last choice is always the unidentified receipt
    key(page, "Enter")
    assert "unidentified" in page.inner_text(".govuk-notification-banner").lower()
    assert page.evaluate("document.activeElement.matches('[data-match-keys]')")
    key(page, "z")
    assert "Match undone. The line waits again." in main(page)
    assert line_pence(page) == amount
    page.close()


def test_keys_turned_off_do_nothing_and_stay_off(page: Page) -> None:
    address = page.url
    press(page, "Turn keys off")
    for _ in range(2):
        before = chosen(page)
        page.locator(PANEL).focus()
        for name in ("1", "s", "z"):
            page.keyboard.press(name)
        assert (page.url, chosen(page)) == (address, before)
        assert "Keys while this part has focus" not in main(page)
        page.goto(address)
    press(page, "Turn keys on")
    page.keyboard.press("1")
    assert chosen(page) == [1]
    page.close()


def test_without_scripts_the_page_says_nothing_of_keys(page: Page, visitors: Visitors) -> None:
    address = page.url
    page.close()
    plain = visitors.page("finance_officer", scripts=False)
    plain.goto(address)
    assert "Keys while" not in main(plain) and plain.get_by_role("button", name="Turn keys off").count() == 0
    assert plain.get_by_role("radio").count()
    plain.close()
