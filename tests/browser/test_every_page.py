"""Every named page, per role and state, at two widths: accessible, whole, and without errors."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.site import Site
from tests.browser.visitor import WIDTHS, Visitors

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


def _axe(page: Page) -> list[str]:
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": TAGS}})
    return [
        f"{violation['id']}: {violation['help']} at {violation['nodes'][0]['target']}"
        for violation in found.response["violations"]
    ]


@pytest.mark.parametrize("width", WIDTHS)
def test_every_example_page_is_accessible_and_whole(site: Site, visitors: Visitors, width: str) -> None:
    wrong: list[str] = []
    shown = site.examples()
    for example in shown:
        page = visitors.open(example, width)
        here = f"{example.title} at {width}"
        wrong += [f"{here}: {violation}" for violation in _axe(page)]
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth + 1"):
            wrong.append(f"{here}: the page is wider than the window")
        if page.locator("h1").count() != 1:
            wrong.append(f"{here}: {page.locator('h1').count()} main headings")
        if example.finds not in page.inner_text("body"):
            wrong.append(f"{here}: {example.finds!r} is not on the page")
        # A refused form is answered with 400 or 409 on purpose, which the browser reports as well.
        wrong += [
            f"{here}: {said}" for said in visitors.complaints if "the server responded with a status of 4" not in said
        ]
        page.close()
    assert len(shown) > 30
    assert wrong == [], "\n".join(wrong)
