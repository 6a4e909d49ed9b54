"""No named page is forgotten: each has an example that screenshots and accessibility tests visit."""

from frontend.pages import PAGES, missing


def test_every_named_page_has_an_example() -> None:
    assert missing() == []


def test_every_page_that_can_be_wrong_shows_its_error() -> None:
    states = {example.state for examples in PAGES.values() for example in examples}
    assert {"full", "empty", "error"} <= states
