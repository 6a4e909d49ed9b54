"""Other bands and milestones from a day on: earlier heads are not priced again, and go back at what they were paid."""

from datetime import date
from decimal import Decimal

import pytest

from marketplace.core.errors import WrongInput
from marketplace.core.money import Money
from marketplace.core.verification import verify
from subscriptions.outcomes.heads_queries import heads_of
from subscriptions.outcomes.models import Milestone
from subscriptions.outcomes.rules.bands import Heads, InBand, RefundRule, fill, fill_over
from subscriptions.outcomes.services.carrying_out import VariationImpossible
from subscriptions.outcomes.services.changes import Changes, from_facts
from subscriptions.outcomes.services.stating import freeze_statement, work_out
from subscriptions.outcomes.services.terms import BandTerms, MilestoneTerms
from subscriptions.outcomes.services.varying import (
    approve_variation,
    preview_of,
    preview_variation,
    propose_variation,
)
from subscriptions.outcomes.services.volume import return_volume
from tests.subscriptions.outcomes.claims import hub_contract as by_amounts
from tests.subscriptions.outcomes.heads import NOVEMBER, OCTOBER, decided, heads_contract
from tests.subscriptions.outcomes.hub_year import hub_cast, owed_pence, statement
from tests.subscriptions.outcomes.test_drafts import cast_of

pytestmark = pytest.mark.django_db
FROM, ON = date(2026, 11, 1), date(2026, 10, 20)
DEARER = (BandTerms(4, 2_000_00), BandTerms(8, 300_00))


@pytest.fixture
def cast(partnership, oakfield, actor):
    return hub_cast(partnership, oakfield, actor)


@pytest.fixture
def contract(cast):
    """2 heads at £1,000.00, then 10 at £500.00; a quarter when started, the rest when done."""
    return heads_contract(cast)


def counted(contract, cut_off, cast, billable, refundable=0, code="started"):
    """Returned by the lead under the terms that hold, and accepted."""
    milestone = Milestone.objects.filter(version__contract=contract, code=code).latest("version__number")
    one = return_volume(
        statement=statement(contract, cut_off), milestone=milestone, billable=billable, refundable=refundable,
        on=cut_off, actor=cast.lead,
    )  # fmt: skip
    return decided(one, cast, on=cut_off)


def asked(**changes):
    return {"valid_from": FROM, "value": Money(20_000_00), "changes": Changes(**({"bands": DEARER} | changes))}


def proposed(contract, cast, **changes):
    return propose_variation(contract=contract, **asked(**changes), reason="Other prices", on=ON, actor=cast.organiser)


def agreed(contract, cast, **changes):
    version = proposed(contract, cast, **changes)
    approve_variation(version=version, on=ON, actor=cast.manager)
    return approve_variation(version=version, on=ON, actor=cast.lead)


def volume_of(contract, cut_off):
    return [(line.label, line.pence) for line in work_out(statement(contract, cut_off)).lines if line.kind == "volume"]


def test_earlier_heads_take_up_room_and_keep_their_price(contract, cast):
    counted(contract, OCTOBER, cast, 3)  # 2 × £1,000 × 25% + 1 × £500 × 25% = £625.00
    freeze_statement(statement=statement(contract, OCTOBER), on=date(2026, 11, 2), actor=cast.officer)
    agreed(contract, cast)
    assert owed_pence(cast.school) == 625_00
    counted(
        contract, NOVEMBER, cast, 3
    )  # the 3 of October fill 3 of the 4 dear places: 1 × £2,000, 2 × £300, a quarter of each
    assert volume_of(contract, NOVEMBER) == [
        ("Started: 1 head at £500.00", 500_00),
        ("Started: 2 heads at £75.00", 150_00),
    ]
    freeze_statement(statement=statement(contract, NOVEMBER), on=date(2026, 12, 2), actor=cast.officer)
    assert owed_pence(cast.school) == 625_00 + 650_00
    assert [one.invariant.name for one in verify() if one.violations] == []


def test_heads_go_back_at_what_they_were_paid_the_latest_terms_first(contract, cast):
    counted(contract, OCTOBER, cast, 3)
    freeze_statement(statement=statement(contract, OCTOBER), on=date(2026, 11, 2), actor=cast.officer)
    agreed(contract, cast)
    # 1 new head at £2,000; 3 go back: that one, then October's one at £500 and one at £1,000; a quarter of each
    counted(contract, NOVEMBER, cast, 1, 3)
    [shown] = [one for one in heads_of([statement(contract, NOVEMBER)]) if one.milestone.code == "started"]
    assert [(part.count, part.line.pence) for part in shown.parts()] == [(-1, -250_00), (-1, -125_00)]
    assert (shown.before.billable, shown.before.refundable) == (3, 0)


def test_a_milestone_of_another_share_pays_new_heads_by_it(contract, cast):
    counted(contract, OCTOBER, cast, 2)
    shares = [MilestoneTerms("started", "Started", Decimal("0.4")), MilestoneTerms("done", "Done", Decimal("0.6"))]
    version = agreed(contract, cast, bands=(), milestones=shares)
    assert [one.capacity for one in version.bands.all()] == [2, 10], "the bands stay as they were"
    assert work_out(statement(contract, OCTOBER)).total == 500_00
    counted(contract, NOVEMBER, cast, 1, 2)  # +1 × £500 × 40%; back: that one, then one of October's at £1,000 × 25%
    assert volume_of(contract, NOVEMBER) == [("Started: −1 head at £250.00", -250_00)]


def test_both_sides_see_the_prices_now_and_then(contract, cast):
    version = proposed(contract, cast)
    shown = preview_of(version)
    assert [(one.capacity, one.price_pence) for one in shown.prices_before.bands] == [(2, 1_000_00), (10, 500_00)]
    assert [(one.capacity, one.price_pence) for one in shown.prices_after.bands] == [(4, 2_000_00), (8, 300_00)]
    kept = from_facts(version.changes).milestones
    assert [(one.code, one.share) for one in kept] == [("started", Decimal("0.25")), ("done", Decimal("0.75"))]


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"bands": [BandTerms(2, 1_000_00), BandTerms(10, 500_00)]}, "Nothing changes"),
        ({"bands": [BandTerms(0, 1_00)]}, "Each band needs heads and a price above nought"),
        ({"bands": [BandTerms(1, 1_00, Decimal(1))]}, "less than 100% of it paid on time"),
        ({"milestones": [MilestoneTerms("done", "Done", Decimal(1))]}, "Heads were returned for “Started”, so it stays"),
        ({"milestones": [MilestoneTerms("started", "Started", Decimal("0.9"))]}, "must come to exactly 100%"),
    ],
)  # fmt: skip
def test_prices_that_cannot_be_say_what_to_do(contract, cast, changes, says):
    counted(contract, OCTOBER, cast, 1)
    with pytest.raises(WrongInput, match=says):
        preview_variation(contract=contract, **asked(**changes))


def test_a_statement_with_heads_keeps_its_terms(contract, cast):
    version = proposed(contract, cast)
    approve_variation(version=version, on=ON, actor=cast.manager)
    counted(contract, NOVEMBER, cast, 1)
    with pytest.raises(VariationImpossible, match="Heads were returned for the statement to 30 November 2026"):
        approve_variation(version=version, on=ON, actor=cast.lead)


def test_a_contract_by_amounts_gets_no_bands(partnership, actor):
    found = by_amounts(cast_of(partnership, actor))
    with pytest.raises(WrongInput, match="This contract does not pay by heads"):
        preview_variation(
            contract=found, valid_from=date(2027, 1, 1), value=Money(10_400_00), changes=Changes(bands=DEARER)
        )


@pytest.mark.parametrize("rule", RefundRule)
def test_under_one_set_of_terms_it_is_the_plain_rule(rule):
    earlier = [Heads(3, 1), Heads(0, 2), Heads(9, 0)]
    for present in (Heads(2, 0), Heads(1, 3), Heads(0, 20), Heads(30, 1)):
        assert fill_over([([2, 10], earlier)], present, rule) == [fill([2, 10], earlier, present, rule)]


@pytest.mark.parametrize("rule", RefundRule)
def test_what_was_taken_off_earlier_terms_is_taken_once(rule):
    terms = [([2, 10], [Heads(3)]), ([4, 8], [Heads(1, 3)])]
    assert fill_over(terms, Heads(0, 5), rule) == [[InBand(0, 1), InBand(0, 0)], [InBand(0, 0), InBand(0, 0)]]
