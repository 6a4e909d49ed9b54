"""Variations: proposed by one, approved by somebody else there and by the other party, and only then done."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from marketplace.core.actors import Role
from marketplace.core.errors import NotAllowed, WrongInput
from marketplace.core.models import Event
from marketplace.core.money import Money
from subscriptions.outcomes.models import ContractVersion, OutcomeItem
from subscriptions.outcomes.services.carrying_out import VariationImpossible
from subscriptions.outcomes.services.changes import Changes, from_facts, to_facts
from subscriptions.outcomes.services.contracting import ContractStands
from subscriptions.outcomes.services.drafting import draft_contract
from subscriptions.outcomes.services.terms import BandTerms, ContractTerms, ItemTerms, MilestoneTerms
from subscriptions.outcomes.services.varying import (
    VariationStands,
    approve_variation,
    decline_variation,
    preview_of,
    preview_variation,
    propose_variation,
    withdraw_variation,
)
from tests.conftest import STANDARD
from tests.shop import person
from tests.subscriptions.outcomes.quarters import (
    BEGIN,
    agreed_contract,
    cast_of,
    cut_from_year_three,
    quarter_terms,
)

pytestmark = pytest.mark.django_db
FROM, ON = date(2027, 4, 1), date(2026, 12, 1)


@pytest.fixture
def cast(partnership, council, actor):
    return cast_of(partnership, council, actor)


@pytest.fixture
def contract(cast):
    return agreed_contract(cast)


def proposed(contract, cast, *, changes=None, value=Money(800_000_00), valid_from=FROM, **more):
    return propose_variation(
        contract=contract, valid_from=valid_from, value=value, changes=changes or cut_from_year_three(),
        reason="The council's budget for the third year", on=ON, actor=cast.organiser, **more,
    )  # fmt: skip


def states_of(contract):
    found = {}
    for code, state in OutcomeItem.objects.filter(contract=contract).values_list("code", "state"):
        found.setdefault(state, set()).add(code)
    return found


def test_a_preview_writes_nothing_and_shows_both_sides_the_same(contract):
    before = ContractVersion.objects.count(), Event.objects.count()
    preview = preview_variation(
        contract=contract, valid_from=FROM, value=Money(800_000_00), changes=cut_from_year_three()
    )
    assert (ContractVersion.objects.count(), Event.objects.count()) == before
    assert (preview.value_before, preview.value_after, preview.difference) == (900_000_00, 800_000_00, -100_000_00)
    quarters = [(one.before, one.after, one.before_at_risk, one.after_at_risk) for one in preview.periods]
    assert (
        quarters == [(75_000_00, 75_000_00, 3_750_00, 3_750_00)] * 8 + [(75_000_00, 50_000_00, 3_750_00, 2_500_00)] * 4
    )


def test_it_is_in_force_once_both_sides_approved(contract, cast):
    version = proposed(contract, cast)
    assert preview_of(version).difference == -100_000_00
    version = approve_variation(version=version, on=ON, actor=cast.manager)
    contract.refresh_from_db()
    assert (version.state, contract.value_pence, "cancelled" in states_of(contract)) == ("proposed", 900_000_00, False)
    version = approve_variation(version=version, on=ON, actor=cast.commissioner)
    contract.refresh_from_db()
    assert (version.state, contract.value_pence) == ("agreed", 800_000_00)
    assert states_of(contract)["cancelled"] == {f"q{at}-{part}" for at in range(9, 13) for part in ("base", "risk")}
    added = OutcomeItem.objects.filter(version=version).order_by("service_from", "code")
    assert [(one.code, one.pence, one.gate) for one in added][:2] == [
        ("q9-base-v2", 47_500_00, "nothing"),
        ("q9-risk-v2", 2_500_00, "outcome"),
    ]
    kinds = Event.objects.filter(kind__startswith="outcome_variation").order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == [f"outcome_variation.{one}" for one in ("proposed", "approved", "approved", "agreed")]


def test_the_other_side_may_come_first(contract, cast):
    version = approve_variation(version=proposed(contract, cast), on=ON, actor=cast.commissioner)
    assert version.state == "proposed"
    assert approve_variation(version=version, on=ON, actor=cast.manager).state == "agreed"


def test_a_longer_contract_pays_by_added_statements(cast):
    contract = agreed_contract(cast, years=1)
    measures, items, statements = quarter_terms(date(2026, 1, 1), 1, 10_000_00, at_risk_pence=500_00, prefix="extra")
    late = [type(one)(one.cut_off.replace(month=4, day=1), date(2026, 5, 31), date(2026, 6, 25)) for one in statements]
    changes = Changes(measures=measures, items=items, statements=late)
    version = proposed(contract, cast, changes=changes, value=Money(310_000_00), valid_from=date(2026, 1, 1))
    approve_variation(version=version, on=ON, actor=cast.manager)
    approve_variation(version=version, on=ON, actor=cast.commissioner)
    assert [(one.ordinal, one.cut_off) for one in contract.statements.order_by("ordinal")][-1] == (5, date(2026, 5, 31))
    assert contract.measures.get(code="extra1-indicator").version_id == version.pk


def test_notice_is_recorded_with_its_day(contract, cast):
    assert proposed(contract, cast, notice_given_on=ON).notice_given_on == ON


def test_notice_after_the_variation_begins_is_refused(contract, cast):
    with pytest.raises(WrongInput, match="Notice must be given on or before the day"):
        proposed(contract, cast, notice_given_on=date(2027, 4, 2))
    assert ContractVersion.objects.filter(contract=contract).count() == 1


def test_notice_that_was_not_given_yet_is_refused(contract, cast):
    with pytest.raises(WrongInput, match="must be today or in the past"):
        proposed(contract, cast, notice_given_on=ON + timedelta(days=1))


def test_nobody_approves_what_they_proposed(contract, cast):
    version = proposed(contract, cast)
    with pytest.raises(NotAllowed, match="You proposed this variation, so someone else must approve it"):
        approve_variation(version=version, on=ON, actor=cast.organiser)
    with pytest.raises(NotAllowed, match="Withdraw it instead"):
        decline_variation(version=version, reason="No", on=ON, actor=cast.organiser)
    version.refresh_from_db()
    assert (version.state, version.approved_ours_on) == ("proposed", None)


def test_one_person_does_not_approve_for_both_sides(contract, cast, actor):
    version = approve_variation(version=proposed(contract, cast), on=ON, actor=cast.manager)
    both = type(cast.manager)(
        cast.manager.person_id, None, "Mia at the council", cast.manager.grants | cast.commissioner.grants
    )
    with pytest.raises(NotAllowed, match="You approved this variation for the other side"):
        approve_variation(version=version, on=ON, actor=both)
    with pytest.raises(IntegrityError, match="contract_version_two_people"), transaction.atomic():
        ContractVersion.objects.filter(pk=version.pk).update(approved_theirs_by_id=cast.manager.person_id)


def test_one_side_approves_once(contract, cast):
    version = approve_variation(version=proposed(contract, cast), on=ON, actor=cast.manager)
    with pytest.raises(VariationStands, match="Your side has approved this variation"):
        approve_variation(version=version, on=ON, actor=cast.manager)


@pytest.mark.parametrize("role", [Role.BUYER, Role.COUNCIL_PAYMENTS, Role.HUB_LEAD])
def test_other_people_of_the_council_do_not_decide(contract, cast, actor, role):
    outsider = person(cast.council, actor, name="Otto Other", role=role, on=BEGIN)
    version = proposed(contract, cast)
    with pytest.raises(NotAllowed, match="Ask a commissioner of Tidewell Borough Council to do it"):
        approve_variation(version=version, on=ON, actor=outsider)
    with pytest.raises(NotAllowed, match="Ask a commissioner of Tidewell Borough Council to do it"):
        decline_variation(version=version, reason="No", on=ON, actor=outsider)
    with pytest.raises(NotAllowed, match="You may not propose variations of this contract"):
        propose_variation(
            contract=contract, valid_from=FROM, value=Money(1), changes=Changes(), reason="x", on=ON, actor=outsider
        )


def test_declined_or_withdrawn_nothing_changes_and_another_may_follow(contract, cast):
    version = decline_variation(version=proposed(contract, cast), reason="Too early", on=ON, actor=cast.commissioner)
    assert version.state == "declined"
    with pytest.raises(VariationStands, match="This variation is declined"):
        approve_variation(version=version, on=ON, actor=cast.commissioner)
    second = proposed(contract, cast)
    assert (second.number, withdraw_variation(version=second, on=ON, actor=cast.manager).state) == (3, "withdrawn")
    assert set(states_of(contract)) == {"planned"}
    contract.refresh_from_db()
    assert contract.value_pence == 900_000_00


def test_one_variation_waits_at_a_time(contract, cast):
    proposed(contract, cast)
    with pytest.raises(VariationStands, match="A variation of this contract waits to be approved"):
        proposed(contract, cast)


def test_a_contract_that_is_not_in_force_is_not_varied(cast):
    measures, items, statements = quarter_terms(BEGIN, 4, 10_000_00, at_risk_pence=500_00)
    draft = draft_contract(
        terms=ContractTerms(
            kind="council", side="earns", party=cast.council, title="A draft", term=_year(), value=Money(40_000_00),
            vat=STANDARD, account_code="4110", stream_code="CC", measures=measures, items=items, statements=statements,
        ), on=ON, actor=cast.organiser,
    )  # fmt: skip
    with pytest.raises(ContractStands, match="is draft, so its terms change no more"):
        proposed(draft, cast, changes=Changes(left_out=["q1-base"]), valid_from=BEGIN)


def _year():
    from marketplace.core.periods import Period

    return Period.months_from(BEGIN, 12)


def test_an_unknown_measure_and_a_used_code_are_refused(contract, cast):
    [item] = [one for one in cut_from_year_three().items if one.code == "q9-risk-v2"]
    unknown = ItemTerms(item.code, item.name, item.pence, item.service, item.claimed_from, item.due_on, "nothing")
    with pytest.raises(WrongInput, match="There is no measure nothing in this contract"):
        proposed(contract, cast, changes=Changes(left_out=["q9-risk"], items=[unknown]))
    again, _, _ = quarter_terms(FROM, 1, 10_000_00, at_risk_pence=500_00, number=9)
    with pytest.raises(WrongInput, match="The code of a new measure is used in this contract"):
        proposed(contract, cast, changes=Changes(measures=again))


def test_what_was_claimed_meanwhile_stops_the_last_approval_and_nothing_is_written(contract, cast):
    """The claim came between: it stays, the variation waits, and both sides see why."""
    version = approve_variation(version=proposed(contract, cast), on=ON, actor=cast.manager)
    OutcomeItem.objects.filter(contract=contract, code="q9-risk").update(state="submitted")
    with pytest.raises(VariationImpossible, match="“Quarter 9, at risk” was claimed or decided, so it stays"):
        approve_variation(version=version, on=ON, actor=cast.commissioner)
    with pytest.raises(VariationImpossible, match="Withdraw this variation, and propose another"):
        preview_of(version)
    version.refresh_from_db()
    contract.refresh_from_db()
    assert (version.state, version.approved_theirs_on, contract.value_pence) == ("proposed", None, 900_000_00)
    assert not contract.items.filter(code__endswith="-v2").exists()


def test_the_database_keeps_what_was_proposed_and_agreed(contract, cast):
    version = proposed(contract, cast)
    for change in ("value_pence = 1", "changes = '[]'", "valid_from = '2027-05-01'", "reason = 'Other'", "number = 9"):
        with pytest.raises(IntegrityError, match="the terms of version 2"), transaction.atomic():
            _run(f"UPDATE subscriptions_contractversion SET {change} WHERE id = {version.pk}")
    with pytest.raises(IntegrityError, match="contract_version_both_sides"), transaction.atomic():
        _run(f"UPDATE subscriptions_contractversion SET state = 'agreed' WHERE id = {version.pk}")
    approve_variation(version=version, on=ON, actor=cast.manager)
    approve_variation(version=version, on=ON, actor=cast.commissioner)
    with pytest.raises(IntegrityError, match="the terms of version 2"), transaction.atomic():
        _run(f"UPDATE subscriptions_contractversion SET approved_ours_on = '2020-01-01' WHERE id = {version.pk}")


def _run(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)


def test_changes_are_read_again_as_they_were_written(cast):
    measures, items, statements = quarter_terms(BEGIN, 2, 10_000_00, at_risk_pence=500_00)
    measures[0] = type(measures[0])(
        "full", "output", "All of it", BEGIN, definition="What counts", unit="people", baseline=_of("3.5"),
        target=_of("40"), tolerance=_of("0.25"), weight=_of("2"), decide_days=5, evidence_types=("register", "report"),
        partial="steps", steps=((_of("0.8"), _of("0.5")),), counts="attended", verifier=cast.council,
    )  # fmt: skip
    changes = Changes(
        left_out=["a", "b"],
        measures=measures,
        items=items,
        statements=statements,
        bands=[BandTerms(3, 1_50, _of("0.4"))],
        milestones=[MilestoneTerms("done", "Done", _of("1"))],
    )
    assert from_facts(to_facts(changes)) == changes


def _of(text):
    from decimal import Decimal

    return Decimal(text)
