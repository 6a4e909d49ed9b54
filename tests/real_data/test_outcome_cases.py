"""Every published case of the department's payments and of the Crown Commercial Service's commission agrees."""

import json
from pathlib import Path

import pytest

from subscriptions.outcomes.checking import check
from tests.browser.site import ROOT

PUBLISHED = ROOT.parent / "shared" / "data" / "outcomes"
pytestmark = pytest.mark.skipif(
    not PUBLISHED.is_dir(), reason="the folder of shared data does not lie beside the project"
)


@pytest.mark.parametrize("file", sorted(PUBLISHED.glob("*vectors.json")), ids=lambda path: path.stem)
def test_each_case_agrees(file: Path) -> None:
    cases = list(check(json.loads(file.read_text(encoding="utf-8"))))
    assert cases
    assert [f"{case.name}: {case.said}" for case in cases if not case.agrees] == []
