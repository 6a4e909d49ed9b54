"""Every price shape that providers use, with its figures: (rule, facts, pounds, or the code of the refusal)."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from catalogue.rules.rule_form import WrongPriceRule, check_rule, depends_on_quantity, facts_asked
from catalogue.services.calculator import Calculation, calculate
from marketplace.core.errors import DomainError

ON = date(2026, 9, 1)
ADVICE = {"sum": [{"flat": "466.14"}, {"rate": "1.14", "per": "pupils"}]}
PHASES = {
    "first": [
        {"when": {"phase": "primary"}, "rate": "5.07", "per": "pupils"},
        {"when": {"phase": "secondary"}, "rate": "6.35", "per": "pupils"},
        {"when": {"phase": "special"}, "rate": "8.39", "per": "pupils"},
    ]
}
DAYS = {
    "first": [
        {"when": {"length": "half day"}, "rate": "300", "per": "quantity", "unit": "half day"},
        {"when": {"length": "twilight"}, "rate": "180", "per": "quantity", "unit": "twilight"},
        {"when": {"sla": True}, "rate": "480", "per": "quantity", "unit": "day"},
        {"rate": "567", "per": "quantity", "unit": "day"},
    ]
}
CLASSES = {
    "first": [
        {"when": {"price_class": "member"}, "rate": "140", "per": "quantity"},
        {"when": {"price_class": "associate"}, "rate": "160", "per": "quantity"},
        {"when": {"price_class": "out_of_area"}, "rate": "215", "per": "quantity"},
        {"when": {"price_class": "la_funded"}, "flat": "0", "label": "Paid by the local authority"},
        {"rate": "180", "per": "quantity"},
    ]
}
TRUST = {"rate": "3.10", "per": "trust_pupils", "less": {"term_years": {"2": "3%", "3": "5%"}}}
NTH = {"rate": "95", "per": "quantity", "nth": {"from": 2, "less": "20%"}}
SUBSCRIPTION = {
    "first": [
        {"when": {"phase": ["nursery", "primary"]}, "flat": "2500"},
        {
            "when": {"phase": "secondary"},
            "by": "pupils",
            "bands": [{"max": 900, "price": "4000"}, {"max": 1200, "price": "4500"}, {"price": "5000"}],
        },
    ]
}
NOMINAL = {"sum": [{"flat": "25", "label": "Membership"}, {"rate": "0.85", "per": "pupils", "cap": "900"}]}
HEADS = {"sum": [{"flat": "400"}, {"rate": "9.50", "per": "staff"}]}
WHOLE = {"by": "pupils", "bands": [{"max": 100, "price": "765"}, {"price": "1224"}]}
MARGINAL = {"by": "pupils", "how": "marginal", "bands": [{"max": 100, "rate": "10"}, {"rate": "8"}]}
BUNDLE = {"chosen": "items", "items": {"Hub": "204", "Clerking": "1734"}, "free_with": {"Hub": ["Clerking"]}}
LIMITED = {"rate": "30", "per": "quantity", "least": "5", "most": "20", "unit": "licence"}
INCLUSIVE = {"rate": "450", "per": "quantity", "unit": "day", "shares": {"hub": "15%", "home": "rest"}}
ADDITIVE = {
    "rate": "420",
    "per": "quantity",
    "unit": "day",
    "plus": {"label": "Brokerage", "percent": "15%"},
    "shares": {"hub": "plus", "consultant": "rest"},
}
FIXED = {
    "rate": "350",
    "per": "quantity",
    "unit": "day",
    "shares": {"hub": {"rate": "40", "per": "quantity"}, "home": "rest"},
}
TRAVEL = {"by": "miles", "how": "marginal", "bands": [{"max": 10_000, "rate": "0.55"}, {"rate": "0.25"}]}

SHAPES: list[tuple[dict[str, Any], dict[str, Any], str]] = [
    ({"flat": "1150"}, {}, "1150.00"),
    (DAYS, {"length": "half day", "quantity": 3}, "900.00"),
    (DAYS, {"length": "twilight"}, "180.00"),
    (DAYS, {"sla": True, "quantity": "2.5"}, "1200.00"),
    (DAYS, {"quantity": 1}, "567.00"),
    ({"rate": "65", "per": "hours"}, {"hours": "1.5"}, "97.50"),
    (PHASES, {"phase": "primary", "pupils": 210}, "1064.70"),
    (PHASES, {"phase": "secondary", "pupils": 1051}, "6673.85"),
    (PHASES, {"phase": "special", "pupils": 96}, "805.44"),
    (PHASES, {"phase": "nursery", "pupils": 40}, "no_price"),
    (ADVICE, {"pupils": 210}, "705.54"),
    (HEADS, {"staff": 38}, "761.00"),
    (WHOLE, {"pupils": 101}, "1224.00"),
    (MARGINAL, {"pupils": 101}, "1008.00"),
    (TRUST, {"trust_pupils": [412, 210, 95], "term_years": 3}, "2111.57"),  # 2,222.70 less 111.135
    (TRUST, {"trust_pupils": 717, "term_years": 1}, "2222.70"),
    (TRUST, {"pupils": 412}, "fact_missing"),
    (CLASSES, {"price_class": "member"}, "140.00"),
    (CLASSES, {"price_class": "associate", "quantity": 2}, "320.00"),
    (CLASSES, {"price_class": "non_member"}, "180.00"),
    (CLASSES, {"price_class": "out_of_area"}, "215.00"),
    (CLASSES, {"price_class": "la_funded"}, "0.00"),
    (NTH, {"quantity": 3}, "247.00"),
    (SUBSCRIPTION, {"phase": "primary"}, "2500.00"),
    (SUBSCRIPTION, {"phase": "secondary", "pupils": 901}, "4500.00"),
    (SUBSCRIPTION, {"phase": "secondary", "pupils": 1500}, "5000.00"),
    (NOMINAL, {"pupils": 420}, "382.00"),
    (NOMINAL, {"pupils": 1400}, "925.00"),
    (BUNDLE, {"items": ["Hub", "Clerking"]}, "1734.00"),
    (BUNDLE, {"items": ["Hub"]}, "204.00"),
    (LIMITED, {"quantity": 5}, "150.00"),
    (LIMITED, {"quantity": 20}, "600.00"),
    (LIMITED, {"quantity": 4}, "number_not_sold"),
    (LIMITED, {"quantity": 21}, "number_not_sold"),
    (INCLUSIVE, {"quantity": 1}, "450.00"),
    (ADDITIVE, {"quantity": 2}, "966.00"),
    (FIXED, {"quantity": "1.5"}, "525.00"),
    (TRAVEL, {"miles": 42}, "23.10"),
    (TRAVEL, {"miles": 10_100}, "5525.00"),
]


def worked(rule: dict[str, Any], facts: dict[str, Any]) -> Calculation:
    return calculate(rule=rule, facts=facts, on=ON)


@pytest.mark.parametrize(("rule", "facts", "expected"), SHAPES)
def test_every_shape_comes_to_its_figure(rule: dict[str, Any], facts: dict[str, Any], expected: str) -> None:
    if not expected[0].isdigit():
        with pytest.raises(DomainError) as refused:
            worked(rule, facts)
        assert refused.value.code == expected
        return
    found = worked(rule, facts)
    assert found.total.pence == Decimal(expected) * 100
    assert sum(step.pence or 0 for step in found.steps) == found.total.pence


def test_the_price_is_divided_to_the_penny() -> None:
    assert [(share.name, share.pence) for share in worked(INCLUSIVE, {}).shares] == [("hub", 6750), ("home", 38250)]
    assert [share.pence for share in worked(ADDITIVE, {"quantity": 2}).shares] == [12600, 84000]
    assert [share.pence for share in worked(FIXED, {"quantity": 2}).shares] == [8000, 62000]
    odd = worked({"flat": "0.33", "shares": {"hub": "15%", "home": "rest"}}, {})
    assert [share.pence for share in odd.shares] == [5, 28]
    with pytest.raises(DomainError, match="come to more than") as refused:
        worked({"flat": "10", "shares": {"hub": {"flat": "11"}, "home": "rest"}}, {})
    assert refused.value.code == "shares_too_much"


def test_what_is_taken_for_granted_is_said_and_gives_way() -> None:
    rule = {"rate": "276", "per": "meetings", "assume": {"meetings": "1"}}
    assert facts_asked(rule) == ["meetings"]
    assert [step.sentence for step in worked(rule, {}).steps] == [
        "Taken for granted: meetings 1",
        "1 meeting × £276.00: £276.00",
    ]
    assert worked(rule, {"meetings": 2}).total.pence == 55200


def test_a_refused_number_says_which_would_do() -> None:
    with pytest.raises(DomainError, match=r"at least 5 licences, and you asked for 4 licences\. Change the number"):
        worked(LIMITED, {"quantity": 4})
    with pytest.raises(DomainError, match="at most 12 pupils, and you asked for 13 pupils"):
        worked({"rate": "9", "per": "pupils", "most": "12"}, {"pupils": 13})
    assert depends_on_quantity({"flat": "20", "least": "2"})


def test_the_pupils_of_a_trust_are_said_with_their_source() -> None:
    [step, less] = worked(TRUST, {"trust_pupils": [412, 305], "term_years": 2}).steps
    assert step.text == "717 pupils × £3.10, sum of 2 schools of the trust, as stated, 1 September 2026"
    assert less.text == "3% less for a term of 2 years"


def test_brokerage_on_top_says_of_what() -> None:
    assert worked(ADDITIVE, {}).steps[1].sentence == "Brokerage, 15% of £420.00: £63.00"


def test_facts_that_no_part_of_the_rule_uses_are_named() -> None:
    assert worked(HEADS, {"staff": 1, "label": "small"}).ignored == ("label",)


@pytest.mark.parametrize(
    "rule",
    [
        {"flat": "1", "least": "5", "most": "4"},
        {"flat": "1", "least": 5},
        {"flat": "1", "plus": "15%"},
        {"flat": "1", "plus": {"label": "", "percent": "15%"}},
        {"flat": "1", "shares": {"hub": "15%"}},
        {"flat": "1", "shares": {"hub": "rest", "home": "rest"}},
        {"flat": "1", "shares": {"hub": "plus", "home": "rest"}},
        {"flat": "1", "shares": {"a": "60%", "b": "41%", "home": "rest"}},
        {"flat": "1", "shares": {"hub": {"flat": 1}, "home": "rest"}},
        {"sum": [{"flat": "1", "shares": {"home": "rest"}}]},
        {"flat": "1", "assume": {"pupils": "100"}},
        {"flat": "1", "assume": {"staff": 3}},
        {"flat": "1", "assume": {}},
        {"items": {"Hub": "1"}, "chosen": "items", "free_with": [1]},
        {"items": {"Hub": "1"}, "chosen": "items", "free_with": {"Hub": [{}]}},
    ],
)
def test_a_rule_that_is_not_of_the_form_is_refused(rule: dict[str, Any]) -> None:
    with pytest.raises(WrongPriceRule, match=r"Price rule: .* must "):
        check_rule(rule)
