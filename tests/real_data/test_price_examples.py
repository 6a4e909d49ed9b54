"""Every published example of a price, as its file writes it, put to the rule that stands in docs/price-rules."""

import csv
import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from catalogue.rules.evaluation import NoPrice
from catalogue.services.calculator import calculate_file, read_facts_text
from catalogue.services.rule_files import read_rule_file
from tests.browser.site import ROOT

PUBLISHED = ROOT.parent / "shared" / "data" / "prices" / "price_examples.csv"

pytestmark = pytest.mark.skipif(
    not PUBLISHED.is_file(), reason="the folder of shared data does not lie beside the project"
)


def _examples() -> list[Any]:
    if not PUBLISHED.is_file():
        return []
    with PUBLISHED.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    return [
        pytest.param(row["rule"], row["input"], json.loads(row["expected"]), id=f"{row['rule']} {row['input']}")
        for row in rows
    ]


@pytest.mark.parametrize(("number", "given", "expected"), _examples())
def test_a_published_example_comes_out_as_it_stands(number: str, given: str, expected: Any) -> None:
    path = ROOT / "docs" / "price-rules" / f"{number.lower()}.json"
    file, facts = read_rule_file(path.read_text()), read_facts_text(given)
    if expected == "no price on the list":
        with pytest.raises(NoPrice):
            calculate_file(file=file, facts=facts, on=date(2026, 9, 1))
        return
    found = calculate_file(file=file, facts=facts, on=date(2026, 9, 1))
    shares = expected if isinstance(expected, dict) else {"client": expected}
    assert found.total.pence == Decimal(shares.pop("client")) * 100
    assert {share.name: share.pence for share in found.shares} == {
        name: Decimal(pounds) * 100 for name, pounds in shares.items()
    }


def test_every_published_rule_has_its_file() -> None:
    rules = json.loads((PUBLISHED.parent / "price_rules.json").read_text())["rules"]
    assert len(rules) == 10
    for rule in rules:
        given = json.loads((ROOT / "docs" / "price-rules" / f"{rule['id'].lower()}.json").read_text())
        assert given["source"] == rule["url"]
