"""What is read of heads: what came before, what a return would earn, who decides; few queries, however many statements."""

from datetime import date
from fractions import Fraction

import pytest

from marketplace.core.errors import NotAllowed, NotFound
from subscriptions.outcomes.acting import require_decider
from subscriptions.outcomes.heads_queries import (
    heads_decided_by_organisations_of,
    heads_of,
    heads_of_one,
    heads_sent_back_for,
    heads_to_decide_for,
    statements_to_return_for,
    volume_return_for,
    volume_returns_for,
)
from subscriptions.outcomes.models import Statement
from subscriptions.outcomes.queries import statements_of
from subscriptions.outcomes.rules.bands import Heads
from subscriptions.outcomes.services.stating import freeze_statement, work_out
from tests.subscriptions.outcomes.heads import NOVEMBER, OCTOBER, decided, heads_contract, returned
from tests.subscriptions.outcomes.hub_year import hub_cast, hub_contract, statement

pytestmark = pytest.mark.django_db
AFTER = date(2026, 11, 2)


@pytest.fixture
def cast(partnership, oakfield, actor):
    return hub_cast(partnership, oakfield, actor)


@pytest.fixture
def contract(cast):
    return heads_contract(cast)


def test_what_heads_would_earn_is_what_the_statement_pays_once_they_are_accepted(contract, cast):
    one = heads_of_one(statement(contract, OCTOBER), "started")
    # 2 × £1,000 × 25% and 1 × £500 × 25%
    assert [(part.count, part.each, part.line.pence) for part in one.parts(Heads(3))] == [
        (2, Fraction(250), 500_00), (1, Fraction(125), 125_00),
    ]  # fmt: skip
    waits = returned(contract, OCTOBER, cast, 3)
    assert (one.may_return, heads_of_one(statement(contract, OCTOBER), "started").may_return) == (True, False)
    assert heads_of_one(statement(contract, OCTOBER), "started").parts() == []
    decided(waits, cast)
    found = heads_of_one(statement(contract, OCTOBER), "started")
    assert sum(part.line.pence for part in found.parts()) == work_out(statement(contract, OCTOBER)).total == 625_00
    frozen = freeze_statement(statement=statement(contract, OCTOBER), on=AFTER, actor=cast.officer)
    again = heads_of_one(statement(contract, OCTOBER), "started")
    assert [part.line.label for part in again.parts()] == list(frozen.lines.values_list("label", flat=True))
    assert [part.line.label for part in again.parts()] == ["Started: 2 heads at £250.00", "Started: 1 head at £125.00"]


def test_what_was_accepted_before_fills_the_bands_of_the_next_statement(contract, cast):
    decided(returned(contract, OCTOBER, cast, 2), cast)
    later = heads_of_one(statement(contract, NOVEMBER), "started")
    assert (later.before, later.newest) == (Heads(2, 0), None)
    assert [(part.count, part.each) for part in later.parts(Heads(4))] == [(4, Fraction(125))]
    assert [(part.count, part.line.pence) for part in later.parts(Heads(0, 1))] == [(-1, -250_00)]
    assert heads_of_one(statement(contract, NOVEMBER), "done").before == Heads(0, 0)
    with pytest.raises(NotFound):
        heads_of_one(statement(contract, NOVEMBER), "nothing")


def test_the_queries_are_the_same_for_one_statement_and_for_many(contract, cast, django_assert_num_queries):
    decided(returned(contract, OCTOBER, cast, 2), cast)
    returned(contract, NOVEMBER, cast, 2)
    returned(contract, NOVEMBER, cast, 1, code="done")
    for ordinals in ((1,), (1, 2)):
        rows = list(statements_of(contract).select_related("contract").filter(ordinal__in=ordinals))
        with django_assert_num_queries(6):
            found = heads_of(rows)
        assert len(found) == 2 * len(ordinals)
        with django_assert_num_queries(0):
            assert all(one.returns is not None and one.parts(Heads(1)) for one in found)


def test_a_contract_without_bands_has_no_heads(cast, django_assert_num_queries):
    rows = list(Statement.objects.filter(contract=hub_contract(cast)).select_related("contract"))
    with django_assert_num_queries(1):
        assert heads_of(rows) == []


def test_who_sees_and_who_decides_is_what_the_service_says(contract, cast, actor):
    waits = returned(contract, OCTOBER, cast, 3)
    for one in (cast.lead, cast.verifier, cast.organiser, cast.officer, cast.manager):
        try:
            require_decider(contract, None, one, OCTOBER, claimant_id=waits.claimant_id)
            may = True
        except NotAllowed:
            may = False
        assert heads_to_decide_for(one).filter(pk=waits.pk).exists() == may == (one is cast.verifier)
        assert volume_returns_for(one).filter(pk=waits.pk).exists(), one.name
    decided(waits, cast, accepted=False, reason="Not yet")
    assert not heads_to_decide_for(cast.verifier).exists()
    assert list(heads_decided_by_organisations_of(cast.verifier)) == [waits]
    assert volume_return_for(cast.verifier, contract.number, 1, "started", 1) == waits
    with pytest.raises(NotFound):
        volume_return_for(cast.verifier, contract.number, 1, "started", 2)


def test_what_the_lead_must_return_and_return_again(contract, cast):
    def due():
        return [one.ordinal for one in statements_to_return_for(cast.lead, OCTOBER, NOVEMBER)]

    def back():
        return [one.ordinal for one in heads_sent_back_for(cast.lead, OCTOBER)]

    assert (due(), back()) == ([1, 2], [])
    assert list(statements_to_return_for(cast.organiser, OCTOBER, NOVEMBER)) == []
    decided(returned(contract, OCTOBER, cast, 3), cast, accepted=False, reason="Not yet")
    assert (due(), back()) == ([2], [1])
    returned(contract, OCTOBER, cast, 2)
    assert (due(), back()) == ([2], [])
