"""Any sequence of deeds: never paid more than was verified, never more than the contract, paid and taken back = verified."""

from collections import Counter
from datetime import date
from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from marketplace.core.money import Money
from marketplace.core.periods import Period, add_months
from subscriptions.outcomes.services.contracting import agree_contract, offer_contract
from subscriptions.outcomes.services.drafting import draft_contract
from subscriptions.outcomes.services.terms import ContractTerms, ItemTerms, MeasureTerms, StatementTerms
from tests.conftest import OUTSIDE
from tests.subscriptions.outcomes.hub_year import DRAWN, hub_cast
from tests.subscriptions.outcomes.walk_of_a_year import DEEDS, Walk

pytestmark = pytest.mark.django_db
BEGIN = date(2026, 9, 1)
STEP = st.tuples(st.sampled_from(DEEDS), st.integers(0, 25), st.integers(0, 11), st.integers(0, 90_000))
LIKELY = st.one_of(STEP, st.tuples(
    st.sampled_from(["submit", "accept", "freeze", "claw_back", "vary", "move"]), st.integers(0, 20), st.integers(0, 11),
    st.integers(0, 90_000),
))  # fmt: skip


@pytest.fixture
def cast(partnership, oakfield, actor):
    return hub_cast(partnership, oakfield, actor)


def small_contract(cast, retention):
    """Six months with a statement each: an amount on time, one in proportion to 100 and one whole, in odd pence."""
    measures, items, statements = [], [], []
    for month in range(6):
        service = Period.months_from(add_months(BEGIN, month), 1)
        last, until = service.last_day, date(2027, 6, 30)
        measures.append(MeasureTerms(f"done-{month}", "output", "Done", until))
        measures.append(
            MeasureTerms(f"share-{month}", "outcome", "Share", until, target=Decimal(100), partial="proportional")
        )
        items.append(ItemTerms(f"time-{month}", "On time", 100_01, service, service.start, last))
        items.append(ItemTerms(f"done-{month}", "Done", 333_33, service, BEGIN, until, f"done-{month}"))
        items.append(ItemTerms(f"share-{month}", "Share", 250_07, service, BEGIN, until, f"share-{month}"))
        statements.append(StatementTerms(service.start, last, add_months(service.start, 1).replace(day=25)))
    made = draft_contract(
        terms=ContractTerms(
            kind="hub", side="pays", party=cast.school, title="Walked", term=Period.months_from(BEGIN, 6),
            value=Money(sum(one.pence for one in items)), vat=OUTSIDE, account_code="7900", stream_code="GR",
            measures=measures, items=items, statements=statements, retention=retention, retention_due_on=date(2027, 2, 28),
        ), on=DRAWN, actor=cast.organiser,
    )  # fmt: skip
    offer_contract(contract=made, on=DRAWN, actor=cast.organiser)
    return agree_contract(contract=made, on=DRAWN, actor=cast.lead)


done: Counter[str] = Counter()
refused: Counter[str] = Counter()


def test_any_sequence_pays_what_was_verified(cast):
    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(
        st.lists(LIKELY, min_size=12, max_size=30), st.sampled_from([Decimal(0), Decimal("0.05"), Decimal("0.3333")])
    )
    def walk(steps, retention):
        with transaction.atomic():
            one = Walk(small_contract(cast, retention), cast)
            for step in steps:
                one.do(*step)
            done.update(one.done)
            refused.update(one.refused)
            transaction.set_rollback(True)

    walk()
    print(f"{sum(done.values())} deeds: {dict(done)}; {sum(refused.values())} refused: {dict(refused)}")
    assert {"submit", "accept", "freeze", "claw_back", "move", "vary", "lengthen"} <= set(done), done
