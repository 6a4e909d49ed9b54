"""One site for all tests that look at pages, and a browser for each file of them.

The files run in the order of their names: every page as the demonstration leaves it, then the journeys, which change it.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.site import CHROMIUM, LAUNCH, Site
from tests.browser.visitor import Visitors

ROOT = Path(__file__).resolve().parents[2]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/browser" in str(item.path):
            item.add_marker(pytest.mark.browser)
            if not CHROMIUM.exists():
                item.add_marker(pytest.mark.skip(reason="no chromium here: install Debian's package chromium"))


@pytest.fixture(scope="session")
def site() -> Iterator[Site]:
    var_dir = Path(os.environ.get("VAR_DIR", ROOT / "var")) / "site"
    with Site(var_dir) as running:
        yield running


@pytest.fixture(scope="module")  # not longer: while it runs, Django takes every test for asynchronous code
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**LAUNCH)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def visitors(browser: Browser, site: Site) -> Visitors:
    return Visitors(browser, site)
