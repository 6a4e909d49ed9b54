"""The kinds of the tests are known while a test runs, and a test that stops workers lets them go on afterwards."""

from collections.abc import Iterator

import pytest

from marketplace.core.jobs import registry, stopping
from tests.core.jobs.kinds import KINDS


@pytest.fixture(autouse=True)
def kinds(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name, kind in KINDS.items():
        monkeypatch.setitem(registry._kinds, name, kind)
    yield
    stopping.clear()
