"""A council's contract that becomes longer owes a return for each quarter more, once; its draft is discarded, not drawn up again."""

from datetime import date

import pytest

from marketplace.core.models import Event
from marketplace.core.money import Money
from marketplace.core.periods import Period, add_months
from subscriptions.commissions.duties import plan_returns_of_longer_contract
from subscriptions.commissions.queries import council_contracts_for
from subscriptions.outcomes.services.changes import Changes
from subscriptions.outcomes.services.drafting import discard_contract
from subscriptions.outcomes.services.terms import ItemTerms, StatementTerms
from subscriptions.outcomes.services.varying import approve_variation, propose_variation
from tests.conftest import START
from tests.subscriptions.commissions.councils import agreed, area, cast_of, drafted

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(tmp_path, actor, partnership):
    council, _ = area(tmp_path, actor)
    return cast_of(council, actor)


def test_half_a_year_more_is_two_returns_more(cast):
    council = agreed(cast)
    contract, on = council.contract, date(START.year, START.month, 15)
    half = Period.months_from(contract.valid_to, 6)
    version = propose_variation(
        contract=contract, valid_from=half.start, valid_to=half.end, value=Money(150_000_00),
        changes=Changes(
            items=[ItemTerms("more", "Half a year more", 50_000_00, half, half.start, half.last_day)],
            statements=[StatementTerms(half.start, half.last_day, add_months(half.end, 1))],
        ), reason="Half a year more", on=on, actor=cast.olga,
    )  # fmt: skip
    approve_variation(version=version, on=on, actor=cast.fatima)
    approve_variation(version=version, on=on, actor=cast.carla)
    event = Event.objects.get(kind="outcome_variation.agreed")
    for _ in range(2):
        plan_returns_of_longer_contract(event)
    quarters = council.returns.order_by("ordinal").values_list("ordinal", "quarter_from", "quarter_to")
    assert [one[0] for one in quarters] == [1, 2, 3, 4, 5, 6]
    assert list(quarters)[4:] == [
        (5, half.start, add_months(half.start, 3)),
        (6, add_months(half.start, 3), half.end),
    ]


def test_a_discarded_draft_is_never_the_commissioners(cast):
    council = drafted(cast)
    assert discard_contract(contract=council.contract, on=START, actor=cast.olga).state == "discarded"
    assert not council_contracts_for(cast.carla).exists()
    assert council_contracts_for(cast.olga).get() == council
