"""Every named page, per role and state, at two widths: accessible, whole, and without errors."""

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

from tests.browser.site import Shown, Site
from tests.browser.visitor import WIDTHS, Visitors

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
# Only what is wrong comes back: the whole report of a long table takes longer to fetch than to make.
RUN_AXE = """
tags => axe.run({runOnly: {type: "tag", values: tags}, resultTypes: ["violations"]}).then(found =>
  found.violations.map(one => `${one.id}: ${one.help} at ${one.nodes.map(node => node.target).slice(0, 3).join(" | ")}`))
"""
TOO_WIDE = "document.documentElement.scrollWidth > document.documentElement.clientWidth + 1"


def _wrong_at(page: Page, width: str) -> list[str]:
    """What is wrong with the page as it stands at one width. Widths change without loading again, as a window does."""
    page.set_viewport_size({"width": WIDTHS[width][0], "height": WIDTHS[width][1]})
    found: list[str] = page.evaluate(RUN_AXE, TAGS)
    return [*found, "the page is wider than the window"] if page.evaluate(TOO_WIDE) else found


def _wrong(visitors: Visitors, example: Shown) -> list[str]:
    page = visitors.open(example)
    page.evaluate(AXE_SCRIPT)
    found = [f"{width}: {wrong}" for width in WIDTHS for wrong in _wrong_at(page, width)]
    if (headings := page.locator("h1").count()) != 1:
        found.append(f"{headings} main headings")
    if example.finds not in page.inner_text("body"):
        found.append(f"{example.finds!r} is not on the page")
    # A refused form is answered with 400 or 409 on purpose, which the browser reports as well.
    return found + [said for said in visitors.complaints if "the server responded with a status of 4" not in said]


def test_every_example_page_is_accessible_and_whole(site: Site, visitors: Visitors) -> None:
    shown = site.examples()
    wrong = [f"{example.title}: {words}" for example in shown for words in _wrong(visitors, example)]
    assert len(shown) > 100
    assert wrong == [], "\n".join(wrong)


def test_these_checks_find_what_is_wrong(visitors: Visitors) -> None:
    page = visitors.page("anonymous")
    page.set_content("<h1>A</h1><input name=a><p style='width: 3000px; color: #eee; background: #fff'>Too pale</p>")
    page.evaluate(AXE_SCRIPT)
    found = " ".join(_wrong_at(page, "phone"))
    page.close()
    assert [word in found for word in ("label:", "color-contrast:", "wider than the window")] == [True, True, True]
