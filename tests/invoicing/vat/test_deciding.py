"""The rules as they are seeded, asked without a database: each sentence of what is known of VAT, and all combinations."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import combinations, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invoicing.vat.rules.deciding import NO_SUPPLY, Decision, Facts, NoSupply, NoVatRule, Rule, decide
from invoicing.vat.rules.kinds import FOLLOWING, Buyer, Funding, Place, Question, Relation, Standing, SupplyKind
from invoicing.vat.seeding import PRIVATE_SCHOOLS_TAXED, REASONS, RULES, SINCE
from marketplace.core.errors import WrongInput

SEEDED = [
    Rule(**{**seed.__dict__, "id": number, "category": REASONS[seed.reason][0], "reason": REASONS[seed.reason][1],
            "reason_code": seed.reason})
    for number, seed in enumerate(RULES)
]  # fmt: skip
NOW = date(2026, 9, 1)


def decided(kind: SupplyKind, standing: Standing, on: date = NOW, **more: object) -> Decision:
    return decide(Facts(kind, standing, **more), SEEDED, on)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("kind", "standing", "more", "words"),
    [
        (SupplyKind.TRAINING, Standing.ELIGIBLE_BODY, {}, "VAT exempt: training by an eligible body"),
        (SupplyKind.TRAINING, Standing.REGISTERED, {}, "VAT at 20%"),
        (SupplyKind.TRAINING, Standing.PRIVATE_SCHOOL, {}, "VAT at 20%"),
        (SupplyKind.CONSULTANCY, Standing.ELIGIBLE_BODY, {}, "VAT at 20%"),
        (SupplyKind.OTHER, Standing.ELIGIBLE_BODY, {}, "VAT at 20%"),  # HR, payroll, ICT, administrators on loan
        (SupplyKind.GOODS, Standing.ELIGIBLE_BODY, {}, "VAT at 20%"),  # audiobooks too
        (SupplyKind.PRINTED, Standing.REGISTERED, {}, "VAT zero rated: printed books and e-books"),
        (SupplyKind.PRINTED, Standing.PRIVATE_SCHOOL, {}, "VAT zero rated: printed books and e-books"),
        (SupplyKind.SECONDMENT, Standing.ELIGIBLE_BODY, {"buyer": Buyer.ELIGIBLE_BODY},
         "VAT exempt: teacher seconded between eligible bodies"),
        (SupplyKind.SECONDMENT, Standing.ELIGIBLE_BODY, {"buyer": Buyer.OTHER}, "VAT at 20%"),
        (SupplyKind.SECONDMENT, Standing.REGISTERED, {"buyer": Buyer.ELIGIBLE_BODY}, "VAT at 20%"),
        (SupplyKind.CONSULTANCY, Standing.REGISTERED, {"place": Place.ABROAD},
         "Outside the scope of VAT: supplied abroad"),
        (SupplyKind.TRAINING, Standing.ELIGIBLE_BODY, {"place": Place.ABROAD},
         "Outside the scope of VAT: supplied abroad"),
        (SupplyKind.GOODS, Standing.REGISTERED, {"place": Place.ABROAD}, "VAT zero rated: goods exported"),
        (SupplyKind.GRANT, Standing.REGISTERED, {}, "Outside the scope of VAT: a grant, not a supply"),
        (SupplyKind.GRANT, Standing.REGISTERED, {"place": Place.ABROAD},
         "Outside the scope of VAT: a grant, not a supply"),
        (SupplyKind.GRANT, Standing.NOT_REGISTERED, {}, "Outside the scope of VAT: a grant, not a supply"),
        (SupplyKind.LATE_PAYMENT, Standing.REGISTERED, {},
         "Outside the scope of VAT: compensation for late payment, not a supply"),
        (SupplyKind.CONSULTANCY, Standing.NOT_REGISTERED, {},
         "Outside the scope of VAT: supplier not registered for VAT"),
        (SupplyKind.GOODS, Standing.NOT_REGISTERED, {"place": Place.ABROAD},
         "Outside the scope of VAT: supplier not registered for VAT"),
        # A grant that the school holds buys a supply like any other money.
        (SupplyKind.CONSULTANCY, Standing.REGISTERED, {"funding": Funding.GRANT}, "VAT at 20%"),
    ],
)  # fmt: skip
def test_what_is_supplied_by_whom_to_whom_decides(kind, standing, more, words):
    assert decided(kind, standing, **more).sentence == words


def test_a_private_schools_training_is_taxed_since_january_2025():
    before = decided(SupplyKind.TRAINING, Standing.PRIVATE_SCHOOL, PRIVATE_SCHOOLS_TAXED - timedelta(days=1))
    after = decided(SupplyKind.TRAINING, Standing.PRIVATE_SCHOOL, PRIVATE_SCHOOLS_TAXED)
    assert (before.treatment.category, after.treatment.category) == ("E", "S")
    assert after.rule.source.startswith("Finance Act 2025, section 47;")


def test_the_standard_rate_is_that_of_the_day():
    assert decided(SupplyKind.OTHER, Standing.REGISTERED, date(2009, 6, 1)).treatment.rate == Decimal("0.15")


@pytest.mark.parametrize(
    ("part_of", "buyer", "words"),
    [
        (SupplyKind.CONSULTANCY, Buyer.OTHER, "VAT at 20%"),
        (SupplyKind.TRAINING, Buyer.OTHER, "VAT exempt: training by an eligible body"),
        (SupplyKind.SECONDMENT, Buyer.ELIGIBLE_BODY, "VAT exempt: teacher seconded between eligible bodies"),
    ],
)
@pytest.mark.parametrize("kind", sorted(FOLLOWING))
def test_mileage_and_cancellation_fees_take_the_vat_of_what_they_belong_to(kind, part_of, buyer, words):
    assert decided(kind, Standing.ELIGIBLE_BODY, part_of=part_of, buyer=buyer).sentence == words


def test_mileage_that_belongs_to_nothing_is_refused():
    with pytest.raises(WrongInput, match="Recharged mileage and travel follows the VAT of what it belongs to"):
        decided(SupplyKind.TRAVEL, Standing.REGISTERED)


def test_one_legal_person_supplies_itself_nothing():
    with pytest.raises(NoSupply, match=r"makes no supply to the customer \(they are one legal person\)") as refused:
        decided(SupplyKind.TRAINING, Standing.ELIGIBLE_BODY, relation=Relation.SAME_PERSON)
    assert "Settle it by a journal" in refused.value.message


@pytest.mark.parametrize("funding", [Funding.OWN, Funding.DELEGATED, Funding.GRANT])
def test_a_council_supplies_its_own_schools_nothing_from_public_money(funding):
    with pytest.raises(NoSupply):
        decided(SupplyKind.CONSULTANCY, Standing.ELIGIBLE_BODY, relation=Relation.COUNCIL_OWN_SCHOOL, funding=funding)


def test_a_private_school_fund_is_another_person_and_is_charged():
    found = decided(
        SupplyKind.CONSULTANCY, Standing.ELIGIBLE_BODY, relation=Relation.COUNCIL_OWN_SCHOOL,
        funding=Funding.PRIVATE_SCHOOL_FUND,
    )  # fmt: skip
    assert found.sentence == "VAT at 20%"


def test_a_supplier_abroad_is_refused_until_somebody_writes_a_rule():
    with pytest.raises(NoVatRule, match="No VAT rule says how consultancy by the supplier to the customer is taxed"):
        decided(SupplyKind.CONSULTANCY, Standing.ABROAD)
    reverse = Rule(
        id=99, question=Question.CHARGES, category="AE", reason="supplied from abroad", reason_code="ae",
        source="VAT Act 1994, section 8", valid_from=SINCE, standing=Standing.ABROAD, place=Place.UK,
    )  # fmt: skip
    found = decide(Facts(SupplyKind.CONSULTANCY, Standing.ABROAD), [*SEEDED, reverse], NOW)
    assert found.sentence == "VAT reverse charge: supplied from abroad"


def all_facts() -> list[Facts]:
    parts = (SupplyKind, Standing, Place, Relation, Funding, Buyer)
    known = product(*([value for value in part if value] for part in parts))
    return [Facts(*each) for each in known if each[0] not in FOLLOWING]


@pytest.mark.parametrize("on", [SINCE, PRIVATE_SCHOOLS_TAXED - timedelta(days=1), PRIVATE_SCHOOLS_TAXED, NOW])
def test_every_combination_has_exactly_one_winner_or_a_clear_refusal(on):
    """Of the rules that fit within the first question that is answered, one alone weighs most."""
    seen = {"decided": 0, "no supply": 0, "no rule": 0}
    for facts in all_facts():
        fitting = [rule for rule in SEEDED if rule.fits(facts, on)]
        first = [rule for rule in fitting if rule.question == min(rule.question for rule in fitting)]
        heaviest = [rule for rule in first if rule.weight == max(rule.weight for rule in first)]
        if not fitting:
            assert facts.standing == Standing.ABROAD and facts.place == Place.UK
            with pytest.raises(NoVatRule):
                decide(facts, SEEDED, on)
            seen["no rule"] += 1
            continue
        assert len(heaviest) == 1, facts
        if heaviest[0].category == NO_SUPPLY:
            with pytest.raises(NoSupply):
                decide(facts, SEEDED, on)
            seen["no supply"] += 1
        else:
            assert decide(facts, SEEDED, on).rule == heaviest[0]
            seen["decided"] += 1
    assert min(seen.values()) >= 60 and sum(seen.values()) == 8 * 5 * 2 * 3 * 4 * 2


def test_before_the_act_nothing_is_decided():
    with pytest.raises(NoVatRule):
        decided(SupplyKind.TRAINING, Standing.ELIGIBLE_BODY, SINCE - timedelta(days=1))


def _any_of(part: type) -> st.SearchStrategy:  # type: ignore[type-arg]
    return st.sampled_from(list(part))


KEYS = st.tuples(
    _any_of(Question), st.sampled_from([k for k in SupplyKind if k not in FOLLOWING]), _any_of(Standing),
    _any_of(Place), _any_of(Relation), _any_of(Funding), _any_of(Buyer),
)  # fmt: skip


@given(keys=st.sets(KEYS, max_size=12), facts=st.sampled_from(all_facts()), shuffled=st.randoms())
def test_any_table_without_two_rows_of_one_key_has_at_most_one_winner(keys, facts, shuffled):
    """Whatever rules people write and in whatever order they are read: no tie, and the order does not matter."""
    table = [
        Rule(number, key[0], "S", "", "standard", "Test", SINCE, None, *key[1:]) for number, key in enumerate(keys)
    ]
    fitting = [rule for rule in table if rule.fits(facts, NOW)]
    assert all((a.question, a.weight) != (b.question, b.weight) for a, b in combinations(fitting, 2))
    if fitting:
        winner = decide(facts, table, NOW).rule
        shuffled.shuffle(table)
        assert decide(facts, table, NOW).rule == winner
    else:
        with pytest.raises(NoVatRule):
            decide(facts, table, NOW)


def test_a_rule_does_not_hold_on_the_day_of_its_end():
    ended = replace(SEEDED[0], valid_to=NOW)
    facts = Facts(SupplyKind.OTHER, Standing.REGISTERED, relation=Relation.SAME_PERSON)
    assert ended.fits(facts, NOW - timedelta(days=1)) and not ended.fits(facts, NOW)
