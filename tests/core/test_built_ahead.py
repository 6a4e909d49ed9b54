"""Building the next part while the one before is written."""

import sys
import threading

import pytest

from marketplace.core.bulk import built_ahead


def test_each_part_comes_in_order_with_what_was_made_of_it() -> None:
    with built_ahead([3, 1, 2], lambda part: part * 10) as parts:
        assert list(parts) == [(3, 30), (1, 10), (2, 20)]


@pytest.mark.parametrize("parts", [[], [7]])
def test_one_part_or_none_is_built_where_it_is_wanted(parts: list[int]) -> None:
    with built_ahead(parts, lambda part: threading.current_thread()) as built:
        assert list(built) == [(part, threading.current_thread()) for part in parts]


def test_the_next_part_is_built_meanwhile_and_none_beyond_it() -> None:
    begun: list[int] = []
    second = threading.Event()

    def build(part: int) -> int:
        begun.append(part)
        if part == 2:
            second.set()
        return part

    with built_ahead([1, 2, 3, 4], build) as parts:
        next(parts)
        assert second.wait(10), "the second part is built while the first is in hand"
        assert begun == [1, 2], "and the third is not yet begun"
        next(parts)
    assert 4 not in begun


def test_what_goes_wrong_is_raised_as_its_part_is_reached() -> None:
    with pytest.raises(ZeroDivisionError), built_ahead([1, 2, 0, 4], lambda part: 1 / part) as parts:
        assert next(parts) == (1, 1.0)
        assert next(parts) == (2, 0.5)
        next(parts)


def test_threads_change_over_as_before_once_it_is_left() -> None:
    usual = sys.getswitchinterval()
    with pytest.raises(KeyError), built_ahead([1, 2], str) as parts:
        next(parts)
        assert sys.getswitchinterval() < usual
        raise KeyError
    assert sys.getswitchinterval() == usual
