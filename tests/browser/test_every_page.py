"""Every named page, per role and state, at two widths: accessible, whole, and without errors.

Axe judges a page at both widths whenever there is something on it that it has not judged before: an element of another
make (tag, classes, roles, states, whether it is named, colours, size) in another place, or another order of headings. Pages
that only repeat what was judged, as one list for five roles does, are looked at for everything else.
"""

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
# What axe's rules look at, element by element: two of the same make in the same place are judged the same.
MAKES = """
() => {
  const kept = name => name === "role" || name === "type" || name === "scope" || name === "lang" || name === "tabindex"
    || (name.startsWith("aria-") && !/^aria-(label|labelledby|describedby|controls|owns|activedescendant)$/.test(name));
  const own = element => {
    const attributes = [...element.attributes].map(one => kept(one.name) ? `${one.name}=${one.value}` : one.name);
    const referred = ["aria-labelledby", "aria-describedby", "aria-controls", "for"].filter(name =>
      (element.getAttribute(name) || "").split(/\\s+/).some(id => id && !document.getElementById(id)));
    const label = element.getAttribute("aria-label");
    const named = [element.textContent.trim() !== "", label === null ? "" : label.trim() !== "",
      element.labels ? element.labels.length > 0 : "", (element.getAttribute("alt") || "") !== ""];
    return `${element.localName}.${[...element.classList].sort().join(".")}[${attributes.sort()}]${referred}${named}`;
  };
  const drawn = element => {
    const style = getComputedStyle(element), box = element.getBoundingClientRect();
    const small = element.matches("a, button, input, select, summary") && Math.min(box.width, box.height) < 24;
    return [style.color, style.backgroundColor, style.fontSize, style.fontWeight, style.display, style.visibility, small];
  };
  const makes = new Set();
  const walk = (element, above) => {
    const make = own(element);
    makes.add(`${above.slice(-2).join(" > ")} > ${make} ${drawn(element)}`);
    const ground = getComputedStyle(element).backgroundColor;
    for (const child of element.children) { walk(child, [...above, `${make} ${ground}`]); }
  };
  walk(document.documentElement, []);
  makes.add("headings " + [...document.querySelectorAll("h1,h2,h3,h4,h5,h6")].map(one => one.localName).join());
  const ids = [...document.querySelectorAll("[id]")].map(one => one.id);
  makes.add(`twice the same id: ${ids.filter((id, at) => ids.indexOf(id) !== at)}`);
  return [...makes];
}
"""


class Judge:
    """Axe, at both widths, with a memory of what it has judged already."""

    def __init__(self) -> None:
        self.judged: set[tuple[str, str]] = set()
        self.runs = 0

    def wrong_at(self, page: Page, width: str) -> list[str]:
        """What is wrong with the page as it stands at one width. Widths change without loading again, as a window does."""
        page.set_viewport_size({"width": WIDTHS[width][0], "height": WIDTHS[width][1]})
        makes = {(width, make) for make in page.evaluate(MAKES)}
        found: list[str] = []
        if makes - self.judged:
            self.runs += 1
            if page.evaluate("typeof axe === 'undefined'"):
                page.evaluate(AXE_SCRIPT)
            found = page.evaluate(RUN_AXE, TAGS)
            if not found:  # what is wrong stays new, so that every page that has it says so
                self.judged |= makes
        return [*found, "the page is wider than the window"] if page.evaluate(TOO_WIDE) else found


def _wrong(visitors: Visitors, judge: Judge, example: Shown) -> list[str]:
    page = visitors.open(example)
    found = [f"{width}: {wrong}" for width in WIDTHS for wrong in judge.wrong_at(page, width)]
    if (headings := page.locator("h1").count()) != 1:
        found.append(f"{headings} main headings")
    if example.finds not in page.inner_text("body"):
        found.append(f"{example.finds!r} is not on the page")
    # A refused form is answered with 400 or 409 on purpose, which the browser reports as well.
    return found + [said for said in visitors.complaints if "the server responded with a status of 4" not in said]


def test_every_example_page_is_accessible_and_whole(site: Site, visitors: Visitors) -> None:
    shown, judge = sorted(site.examples(), key=lambda example: example.role), Judge()  # a window for each role
    wrong = [f"{example.title}: {words}" for example in shown for words in _wrong(visitors, judge, example)]
    assert len(shown) > 100
    assert judge.runs > 100
    assert wrong == [], "\n".join(wrong)


def test_these_checks_find_what_is_wrong(visitors: Visitors) -> None:
    page = visitors.page("anonymous")
    page.set_content("<h1>A</h1><input name=a><p style='width: 3000px; color: #eee; background: #fff'>Too pale</p>")
    found = " ".join(Judge().wrong_at(page, "phone"))
    page.close()
    assert [word in found for word in ("label:", "color-contrast:", "wider than the window")] == [True, True, True]


def test_what_was_judged_is_not_judged_again_and_what_differs_is(visitors: Visitors) -> None:
    """Each change is one that a rule of axe looks at: a label gone, a paler colour, a heading skipped, an id twice."""
    sound = (
        "<!doctype html><html lang=en><title>A</title><main><h1>A</h1><h2>B</h2><label for=b>B</label><input id=b>"
        "<p style='color: #111'>Text</p></main></html>"
    )
    changed = [
        sound.replace("<label for=b>B</label>", ""),
        sound.replace("#111", "#eee"),
        sound.replace("<h2>B</h2>", "<h3>B</h3>"),
        sound.replace("<p style", "<p id=b style"),
        sound.replace(">B</label>", "></label>"),
    ]
    page, judge = visitors.page("anonymous"), Judge()
    for content, runs in [(sound, 1), (sound.replace("Text", "Other words"), 1)]:
        page.set_content(content)
        judge.wrong_at(page, "desktop")
        assert judge.runs == runs
    for at, content in enumerate(changed, start=2):
        page.set_content(content)
        judge.wrong_at(page, "desktop")
        assert judge.runs == at, content
    page.close()
