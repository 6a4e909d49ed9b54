"""What banks and services to schools publish, where the folder of shared data lies beside the project.

The Lloyds layout is what we read and write; every published price rule that the rule form can express gives the
published amounts. Bank holidays and the register's own files are checked beside their code.
"""

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from catalogue.rules.evaluation import NoPrice
from invoicing.banking.demonstration import SampleLine, lloyds_file
from invoicing.banking.rules import lloyds
from tests.browser.site import ROOT
from tests.catalogue.published_shapes import SHAPES
from tests.catalogue.test_pricing import quote

DATA = ROOT.parent / "shared" / "data"

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the folder of shared data does not lie beside the project")

_DAY = date(2027, 3, 31)
Rule = dict[str, Any]
_SHAPES: dict[str, Rule] = {name: rule for name, rule, _ in SHAPES}
# Each rule by its number in the file, with the words of the file's inputs turned into the rule's.
RULES: dict[str, Rule] = {
    "HEP-2": _SHAPES["per pupil with floor for new joiners, cap by kind, and a fixed price for colleges"],
    "TEP-1": _SHAPES["per pupil with a minimum"],
    "OXF-EFS": _SHAPES["whole bands per phase"],
    "OXF-EPS": _SHAPES["per occupied post with a minimum"],
    "OXF-GOV": _SHAPES["a list of items, one free beside others, one with a gap in its bands"],
    "NFK-CLERK": _SHAPES["packages of meetings, longer ones by the hour, subscribers and others"],
    "KNW-EP": _SHAPES["sessions of three hours, two to a day"],
    "AB-LDE": _SHAPES["a year for each new teacher, or single terms"],
    "FTSA-1": _SHAPES["a day rate by grade, half days pro rata"],
}
WORDS: dict[tuple[str, object], dict[str, Any]] = {
    ("phase", "FE"): {"sector": "college"},
    ("phase", "Primary"): {"phase": "primary"},
    ("type", "FGB"): {"type": "board"},
    ("type", "Committee"): {"type": "committee"},
    ("role", "SLE"): {"grade": "leader"},
    ("role", "Senior"): {"grade": "senior"},
}
ITEMS = {"LA Clerking 6 FGB": "Clerking of 6 meetings", "Governor Hub": "Hub"}
# How many are bought; the rest of the file's words explain the example ("label", "best").
QUANTITY, EXPLAINING = ("days", "individual_assessment_days"), ("label", "best")
NAMES = {"ects": "teachers"}


def _asked(given: dict[str, Any]) -> tuple[dict[str, Any], str]:
    """The file's input as facts and quantity of our rule."""
    facts: dict[str, Any] = {}
    quantity = "1"
    for name, value in given.items():
        if name in QUANTITY:
            quantity = str(value)
            facts |= {"length": "day"} if name == "individual_assessment_days" else {}
        elif name == "items":
            facts["items"] = [ITEMS[item] for item in value]
        elif name not in EXPLAINING:
            facts |= WORDS.get((name, value if isinstance(value, str) else None), {NAMES.get(name, name): value})
    return facts, quantity


def _examples() -> list[Any]:
    path = DATA / "prices" / "price_rules.json"
    if not path.is_file():
        return []
    found = json.loads(path.read_text())["rules"]
    return [
        pytest.param(rule["id"], example["input"], example["expected"], id=f"{rule['id']} {example['input']}")
        for rule in found
        for example in rule.get("examples", [])
        if rule["id"] in RULES
    ]


@pytest.mark.parametrize(("number", "given", "expected"), _examples())
def test_a_published_price_comes_out_of_its_rule(number: str, given: dict[str, Any], expected: Any) -> None:
    facts, quantity = _asked(given)
    if number == "NFK-CLERK":  # the file leaves out what its own rule presumes
        facts = {"subscriber": True, "meetings": 1} | facts
    if expected == "no price on the list":
        with pytest.raises(NoPrice):
            quote(RULES[number], facts, quantity)
        return
    pounds = expected["client"] if isinstance(expected, dict) else expected
    assert quote(RULES[number], facts, quantity).net.pence == Decimal(pounds) * 100


def test_every_published_rule_of_a_price_is_among_them() -> None:
    found = json.loads((DATA / "prices" / "price_rules.json").read_text())["rules"]
    # The last one is a rule of cancelling, not of a price.
    assert {rule["id"] for rule in found} - set(RULES) == {"CAN-HTL"}
    assert len(_examples()) >= 20


def test_the_lloyds_layout_is_the_published_one() -> None:
    layouts = json.loads((DATA / "bank" / "uk_csv_layouts.json").read_text())["layouts"]
    published = next(one["header"] for one in layouts if one["bank"].startswith("Lloyds (retail"))
    assert ",".join(lloyds.HEADER) == published
    line = SampleLine("FPI", "A SCHOOL INV-000001", 12_345)
    written = lloyds_file([line], opening_pence=0, days=[_DAY], sort_code="300000", account_number="00012345")
    assert written.decode().splitlines()[0] == published + ","  # "trailing comma on the header in some exports"
    (read,) = lloyds.parse(f"{published}\r\n31/03/2027,FPI,'30-00-00,00012345,A,,123.45,123.45\r\n".encode()).lines
    assert (read.pence, read.balance_pence) == (12_345, 12_345)
