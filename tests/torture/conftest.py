"""The races and kills at full length. They take minutes, so a plain run of the tests leaves them out.

Run them by ``make torture``, or ``TORTURE=1 pytest tests/torture -s``. The seed is printed; TORTURE_SEED repeats one.
"""

import os
import random
from pathlib import Path

import pytest

from tests.invoicing.races.conftest import schools

__all__ = ["schools"]


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Collects nothing here unless torture was asked for, by the environment or by ``-m torture``."""
    asked = bool(os.environ.get("TORTURE")) or "torture" in (config.getoption("markexpr") or "")
    return None if asked else True


@pytest.fixture
def chance() -> random.Random:
    """Seeded chance; another seed at every run unless TORTURE_SEED names one."""
    seed = int(os.environ.get("TORTURE_SEED") or random.SystemRandom().randrange(10**6))
    print(f"\nTORTURE_SEED={seed}")
    return random.Random(seed)
