"""The browser of the page tests, for walks on real schools."""

from tests.browser.conftest import browser

__all__ = ["browser"]
