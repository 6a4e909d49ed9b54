"""No test is left out where the suite runs as two halves."""

from pathlib import Path

from tests.halves import TESTS, halves


def test_every_file_of_tests_is_in_exactly_one_half() -> None:
    files = set(TESTS.rglob("test_*.py"))
    found = [
        path
        for places in halves().values()
        for place in map(Path, places)
        for path in ([place] if place.is_file() else place.rglob("test_*.py"))
    ]
    assert len(found) == len(set(found))
    assert set(found) == files
