"""manage.py price: one object of JSON for programs, readable lines for people, and a sentence where there is no price."""

import json
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from catalogue.services.calculator import calculate_file
from catalogue.services.rule_files import RuleFile, of_data, read_rule_file
from marketplace.core.errors import DomainError
from tests.browser.site import ROOT

RULES = sorted((ROOT / "docs" / "price-rules").glob("*.json"))
EXAMPLES = [
    pytest.param(path, example, id=f"{path.stem} {example['facts']}")
    for path in RULES
    for example in json.loads(path.read_text())["examples"]
]


def run(path: Path, facts: str = "{}", on: str = "2026-09-01") -> tuple[int, dict[str, Any]]:
    """Exit code and the one object of JSON."""
    said, code = StringIO(), 0
    try:
        call_command("price", rule=str(path), facts=facts, on=on, json=True, stdout=said, stderr=StringIO())
    except SystemExit as left:
        code = int(str(left.code))
    return code, json.loads(said.getvalue())


@pytest.fixture
def rule(tmp_path: Path) -> Path:
    path = tmp_path / "rule.json"
    path.write_text('{"rate": "9.50", "per": "staff", "floor": "400"}')
    return path


def test_the_ten_published_rules_are_here_with_their_sources() -> None:
    assert [path.stem for path in RULES] == [
        "ab-lde", "can-htl", "ftsa-1", "hep-2", "knw-ep", "nfk-clerk", "oxf-efs", "oxf-eps", "oxf-gov", "tep-1",
    ]  # fmt: skip
    for path in RULES:
        given = json.loads(path.read_text())
        assert given["source"].startswith("https://")
        assert {"title", "provider", "year", "note", "examples"} <= set(given)


@pytest.mark.parametrize(("path", "example"), EXAMPLES)
def test_the_published_rules_come_to_their_examples(path: Path, example: dict[str, Any]) -> None:
    file, on = read_rule_file(path.read_text()), date.fromisoformat(example["on"])
    if "error" in example:
        with pytest.raises(DomainError) as refused:
            calculate_file(file=file, facts=example["facts"], on=on)
        assert refused.value.code == example["error"]
        return
    found = calculate_file(file=file, facts=example["facts"], on=on).as_json()
    assert found["total_pence"] == example["total_pence"]
    assert sum(step["pence"] or 0 for step in found["steps"]) == example["total_pence"]
    assert found.get("shares") == example.get("shares")


def test_one_object_of_json_asks_no_database(rule: Path) -> None:
    assert run(rule, '{"staff": 50}') == (
        0,
        {
            "title": "",
            "on": "2026-09-01",
            "total_pence": 47500,
            "quantity": "1",
            "steps": [{"text": "50 staff × £9.50", "pence": 47500}],
        },
    )


def test_decimals_of_json_are_kept_exactly(rule: Path) -> None:
    assert run(rule, '{"staff": 100.1}')[1]["total_pence"] == 95095


def test_people_read_lines(capsys: pytest.CaptureFixture[str]) -> None:
    path = ROOT / "docs" / "price-rules" / "ftsa-1.json"
    call_command("price", rule=str(path), facts='{"role": "SLE", "days": "2.5"}', on="2026-09-01")
    assert capsys.readouterr().out.splitlines() == [
        "Days of system leaders, through a hub",
        "  2.5 days × £350.00: £875.00",
        "Total before VAT: £875.00",
        "  of which hub: £131.25",
        "  of which home: £743.75",
    ]


@pytest.mark.parametrize(
    ("facts", "on", "code", "words"),
    [
        ("{}", "2026-09-01", "fact_missing", "Enter the number of staff"),
        ("[]", "2026-09-01", "wrong_facts", "an object of JSON"),
        ('{"staff": NaN}', "2026-09-01", "wrong_facts", "an object of JSON"),
        ('{"staff": -3}', "2026-09-01", "wrong_input", "between 0 and"),
        ('{"staff": 1, "pupils": 2.5}', "2026-09-01", "wrong_facts", "must be a whole number"),
        ('{"staff": 1, "price_class": "friend"}', "2026-09-01", "wrong_facts", "must be one of member"),
        ('{"staff": 1, "term_years": 9}', "2026-09-01", "wrong_input", "from 1 to 7"),
        ('{"staff": 1, "quantity": 2}', "2026-09-01", "wrong_input", "sold once"),
        ('{"staff": 1}', "31/12/2026", "wrong_input", "is not a day of the calendar"),
        ('{"staff": 1}', "2026-02-30", "wrong_input", "is not a day of the calendar"),
    ],
)
def test_what_cannot_be_answered_is_a_sentence_with_a_code(
    rule: Path, facts: str, on: str, code: str, words: str
) -> None:
    left, said = run(rule, facts, on)
    assert (left, said["error"]["code"]) == (1, code)
    assert words in said["error"]["message"]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("{", "wrong_rule_file"),
        ("[]", "wrong_rule_file"),
        ('{"title": "Nothing"}', "wrong_rule_file"),
        ('{"flat": 11.5}', "wrong_price_rule"),
        ('{"rule": {"flat": "x"}}', "wrong_price_rule"),
        ('{"rule": {"flat": "1"}, "rows": []}', "wrong_rule_file"),
        ('{"rows": [{"rule": {"flat": "1"}}, {"rule": {"flat": "2"}, "valid_from": "2026-09-01"}]}', "wrong_rule_file"),
        ('{"rows": [{"rule": {"flat": "1"}, "valid_from": "1/9/26"}]}', "wrong_rule_file"),
        ('{"cancellation": {"free_until": 4}}', "wrong_cancellation_policy"),
    ],
)
def test_a_file_that_holds_no_rule_is_refused(tmp_path: Path, content: str, code: str) -> None:
    (tmp_path / "wrong.json").write_text(content)
    left, said = run(tmp_path / "wrong.json")
    assert (left, said["error"]["code"]) == (1, code)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    left, said = run(tmp_path / "none.json")
    assert left == 1
    assert "cannot be read: No such file" in said["error"]["message"]


def test_rows_are_chosen_by_day_and_class_as_the_price_list_does() -> None:
    mileage: RuleFile = of_data(
        {
            "title": "Mileage",
            "rows": [
                {"valid_to": "2026-04-06", "rule": {"rate": "0.45", "per": "miles"}},
                {"valid_from": "2026-04-06", "rule": {"rate": "0.55", "per": "miles"}},
                {"valid_from": "2026-04-06", "price_class": "member", "rule": {"flat": "0"}},
            ],
        }
    )

    def pence(on: date, **facts: Any) -> int:
        return calculate_file(file=mileage, facts={"miles": 100, **facts}, on=on).total.pence

    assert (pence(date(2026, 4, 5)), pence(date(2026, 4, 6))) == (4500, 5500)
    assert pence(date(2026, 4, 6), price_class="member") == 0
    only = of_data({"rows": [{"valid_from": "2026-09-01", "price_class": "member", "rule": {"flat": "1"}}]})
    with pytest.raises(DomainError, match="no price for a non-member on 1 September 2026"):
        calculate_file(file=only, facts={}, on=date(2026, 9, 1))
