"""Pictures of every named page, per role and state, at two widths: ``make screenshots``.

Written to ``VAR_DIR/screenshots``; those that the documentation shows go to ``docs/pictures``. Fails when a named page
has no example.
"""

import os
import sys
from pathlib import Path

import django
from playwright.sync_api import sync_playwright

from tests.browser.site import LAUNCH, ROOT, Site
from tests.browser.visitor import WIDTHS, Visitors

IN_DOCS = {
    ("school-offer", "full"): "offer.png",
    ("finance-invoice-batches", "full"): "invoice-batch.png",
    ("finance-bank-match", "line"): "bank-match.png",
}


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketplace.settings")
    var_dir = Path(os.environ.get("VAR_DIR", ROOT / "var"))
    folder = var_dir / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    django.setup()
    from frontend.pages import missing

    if absent := missing():
        sys.stderr.write(f"Named pages without an example: {', '.join(absent)}\n")
        return 1
    with Site(var_dir / "site") as site, sync_playwright() as playwright:
        browser = playwright.chromium.launch(**LAUNCH)
        visitors = Visitors(browser, site)
        examples = site.examples()
        for example in examples:
            page = visitors.open(example)
            for width, (across, down) in WIDTHS.items():
                page.set_viewport_size({"width": across, "height": down})
                page.screenshot(path=folder / f"{example.title}-{width}.png", full_page=True)
                if width == "desktop" and (name := IN_DOCS.get((example.name, example.state))):
                    (ROOT / "docs" / "pictures").mkdir(exist_ok=True)
                    page.screenshot(path=ROOT / "docs" / "pictures" / name, full_page=True)
        browser.close()
    print(f"{len(examples) * len(WIDTHS)} pictures of {len({e.name for e in examples})} pages in {folder}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
