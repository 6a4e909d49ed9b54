"""A variation is approved while its statement is frozen: either the new terms are paid, or the old ones stand."""

from collections import Counter
from datetime import date
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection

from invoicing.models import Charge
from marketplace.core.money import Money
from subscriptions.outcomes.models import ContractVersion, OutcomeItem, Statement
from subscriptions.outcomes.services.varying import approve_variation, propose_variation
from tests.invoicing.races.processes import CONTEXT, run_all
from tests.subscriptions.outcomes.quarters import BEGIN, agreed_contract, cast_of, cut_from_year_three
from tests.subscriptions.races.varying import approve_or_freeze

TRIALS = 12
OLD, NEW = 71_250_00, 47_500_00
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]


@pytest.fixture
def proposed(partnership, council, actor):
    """Contracts whose first quarter would be cut, approved by the partnership: the council's answer is to come."""
    cast = cast_of(partnership, council, actor)
    versions = []
    for _ in range(TRIALS):
        contract = agreed_contract(cast, years=1)
        version = propose_variation(
            contract=contract, valid_from=BEGIN, value=Money(275_000_00), changes=cut_from_year_three(first=1, last=1),
            reason="Cut", on=date(2025, 6, 1), actor=cast.organiser,
        )  # fmt: skip
        versions.append(approve_variation(version=version, on=date(2025, 6, 2), actor=cast.manager).pk)
    return versions, cast


def race(proposed, *, guarded: bool) -> Counter[tuple[str, int, bool]]:
    """Of each contract: the version's state, what its first statement came to, and whether the two agree."""
    versions, cast = proposed
    barrier = CONTEXT.Barrier(2)
    given = (versions, cast.commissioner.person_id, cast.council.pk, guarded, barrier)
    run_all(approve_or_freeze, [(index, *given) for index in range(2)])
    found: Counter[tuple[str, int, bool]] = Counter()
    for version in ContractVersion.objects.filter(pk__in=versions):
        statement = Statement.objects.get(contract=version.contract_id, ordinal=1)
        agreed = version.state == "agreed"
        found[version.state, statement.total_pence, statement.total_pence == (NEW if agreed else OLD)] += 1
    return found


def test_either_the_new_terms_are_paid_or_the_old_ones_stand(proposed):
    found = race(proposed, guarded=True)
    print(f"variation against freezing: {TRIALS} contracts, {dict(found)}")
    assert set(found) <= {("agreed", NEW, True), ("proposed", OLD, True)}
    assert sum(found.values()) == TRIALS == Charge.objects.filter(source_key__startswith="outcome-statement:").count()
    live = OutcomeItem.objects.exclude(state="cancelled").filter(service_from=BEGIN, gate="nothing")
    assert live.count() == TRIALS, "each first quarter is paid once, by the old terms or by the new"
    call_command("verify_ledger", stdout=StringIO())


def test_control_without_the_guards_a_paid_amount_is_varied(proposed):
    found = race(proposed, guarded=False)
    print(f"variation against freezing, control: {dict(found)}")
    assert found["agreed", OLD, False] > 0
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM subscriptions_outcomeitem i JOIN subscriptions_statementline l ON l.item_id = i.id"
            " WHERE i.state = 'cancelled'"
        )
        assert cursor.fetchone()[0] > 0, "an amount that a frozen statement paid was left out"
