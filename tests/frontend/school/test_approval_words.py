"""What an order that waits for approval is called in lists and on home."""

from types import SimpleNamespace
from typing import Any

from frontend.school.approval_words import thing_words


def _approval(*lines: tuple[int, str]) -> Any:
    """Lines as the database gives them: in any order, which changes once one of them was written again."""
    found = [SimpleNamespace(pk=pk, description=said) for pk, said in lines]
    return SimpleNamespace(order=SimpleNamespace(number="ORD-000001", lines=SimpleNamespace(all=lambda: found)))


def test_an_order_is_called_by_its_first_line_before_and_after_the_decision() -> None:
    assert thing_words(_approval((1, "Safeguarding"), (2, "Adviser"))) == "Safeguarding and 1 more line"
    assert thing_words(_approval((2, "Adviser"), (1, "Safeguarding"))) == "Safeguarding and 1 more line"
    assert thing_words(_approval()) == "ORD-000001"
