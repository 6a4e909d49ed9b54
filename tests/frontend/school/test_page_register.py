"""Every named page of the URL configuration has examples of its states, or a reason why it needs none."""

from frontend.demonstration.people import SIGN_INS
from frontend.pages import NOT_PAGES, PAGES, missing, names


def test_every_named_page_has_an_example_or_a_reason() -> None:
    assert missing() == []


def test_no_example_and_no_reason_is_left_of_a_page_that_is_gone() -> None:
    assert set(PAGES) - names() == set() and set(NOT_PAGES) - names() == set()
    assert set(PAGES) & set(NOT_PAGES) == set()


def test_every_page_is_looked_at_by_a_known_person_in_a_state_named_once() -> None:
    for name, examples in PAGES.items():
        seen = [(example.role, example.state) for example in examples]
        assert examples and len(seen) == len(set(seen)), name
        assert {role for role, _ in seen} <= {*SIGN_INS, "anonymous"}, name


def test_every_role_has_a_home_among_the_examples() -> None:
    assert {example.role for example in PAGES["home"]} == {*SIGN_INS, "anonymous"}
