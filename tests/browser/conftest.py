"""One site and one browser for all tests that look at pages."""

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


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**LAUNCH)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def visitors(browser: Browser, site: Site) -> Visitors:
    return Visitors(browser, site)
