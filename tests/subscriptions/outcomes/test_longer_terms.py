"""A variation may make a contract longer, with statements to its new last day; either side proposes it, both approve."""

from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction

from marketplace.core.errors import NotAllowed, WrongInput
from marketplace.core.money import Money
from marketplace.core.periods import Period
from subscriptions.outcomes.services.changes import Changes
from subscriptions.outcomes.services.ending import end_contracts_over
from subscriptions.outcomes.services.stating import freeze_due
from subscriptions.outcomes.services.terms import ItemTerms, StatementTerms
from subscriptions.outcomes.services.varying import (
    approve_variation,
    decline_variation,
    preview_variation,
    propose_variation,
    withdraw_variation,
)
from tests.subscriptions.outcomes.claims import also
from tests.subscriptions.outcomes.hub_year import hub_cast, hub_contract, owed_pence

pytestmark = pytest.mark.django_db
ON, OVER = date(2027, 3, 1), date(2027, 9, 1)
AUTUMN = Period(OVER, date(2028, 1, 1))


@pytest.fixture
def cast(partnership, oakfield, actor):
    return hub_cast(partnership, oakfield, actor)


@pytest.fixture
def contract(cast):
    """£12,000.00 for the year to 31 August 2027."""
    return hub_contract(cast, years=1)


def one_term_more(**changes):
    """£2,000.00 on time for the autumn after."""
    return {
        "valid_from": OVER, "valid_to": AUTUMN.end, "value": Money(14_000_00),
        "changes": Changes(
            items=[ItemTerms("more", "Autumn more", 2_000_00, AUTUMN, AUTUMN.start, AUTUMN.last_day)],
            statements=[StatementTerms(AUTUMN.start, AUTUMN.last_day, date(2028, 1, 25))],
        ),
    } | changes  # fmt: skip


def agreed(contract, cast, proposer, **terms):
    version = propose_variation(contract=contract, **terms, reason="One term more", on=ON, actor=proposer)
    approve_variation(version=version, on=ON, actor=cast.manager)
    return approve_variation(version=version, on=ON, actor=cast.lead)


def test_both_sides_see_the_new_end_and_it_pays_there(contract, cast):
    preview = preview_variation(contract=contract, **one_term_more())
    assert (preview.term_before.last_day, preview.term_after.last_day) == (date(2027, 8, 31), date(2027, 12, 31))
    assert (preview.periods[-1].service, preview.periods[-1].after) == (AUTUMN, 2_000_00)
    version = agreed(contract, cast, cast.organiser, **one_term_more())
    contract.refresh_from_db()
    assert (version.valid_to, contract.valid_to, contract.value_pence) == (AUTUMN.end, AUTUMN.end, 14_000_00)
    assert end_contracts_over(on=date(2027, 11, 1), actor=cast.manager) == 0, "it runs on"
    freeze_due(on=date(2028, 1, 2), actor=cast.officer)
    assert owed_pence(cast.school) == 2_000_00, "nothing else was verified"


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"valid_to": date(2027, 8, 1), "changes": Changes()}, "may only make it longer. End it early instead"),
        ({"changes": Changes()}, "would run to 31 December 2027, and its last statement ends before"),
        ({"valid_to": date(2028, 1, 15)}, "its last statement ends before"),
        ({"valid_to": None, "valid_from": ON}, "“Autumn more” is for days outside the contract's term"),
        ({"valid_from": AUTUMN.end}, "A variation begins within the contract, 1 September 2026 to 31 December 2027"),
    ],
)
def test_what_does_not_reach_its_end_is_refused(contract, cast, changes, says):
    with pytest.raises(WrongInput, match=says):
        preview_variation(contract=contract, **one_term_more(**changes))


def test_the_other_party_proposes_and_others_approve(contract, cast):
    version = propose_variation(contract=contract, **one_term_more(), reason="More to do", on=ON, actor=cast.lead)
    assert (version.proposed_for, version.proposed_by_id) == ("theirs", cast.lead.person_id)
    with pytest.raises(NotAllowed, match="You proposed this variation, so someone else must approve it"):
        approve_variation(version=version, on=ON, actor=cast.lead)
    with pytest.raises(NotAllowed, match=r"You proposed this variation\. Withdraw it instead"):
        decline_variation(version=version, reason="No", on=ON, actor=cast.lead)
    with pytest.raises(NotAllowed, match=f"{cast.school.name} proposed this variation and may withdraw it"):
        withdraw_variation(version=version, on=ON, actor=cast.organiser)
    approve_variation(version=version, on=ON, actor=cast.organiser)
    assert approve_variation(version=version, on=ON, actor=cast.deputy_head).state == "agreed"


def test_only_the_side_that_proposed_withdraws(contract, cast):
    ours = propose_variation(contract=contract, **one_term_more(), reason="More", on=ON, actor=cast.organiser)
    with pytest.raises(NotAllowed, match="The partnership proposed this variation"):
        withdraw_variation(version=ours, on=ON, actor=cast.lead)
    withdraw_variation(version=ours, on=ON, actor=cast.manager)
    theirs = propose_variation(contract=contract, **one_term_more(), reason="More", on=ON, actor=cast.lead)
    assert withdraw_variation(version=theirs, on=ON, actor=cast.deputy_head).state == "withdrawn"


def test_whoever_proposed_for_one_side_never_approves_for_the_other(contract, cast):
    from marketplace.core.actors import Role

    version = propose_variation(contract=contract, **one_term_more(), reason="More", on=ON, actor=cast.organiser)
    both = also(cast.organiser, Role.HUB_LEAD, cast.school)
    with pytest.raises(NotAllowed, match="You proposed this variation"):
        approve_variation(version=version, on=ON, actor=both)
    for side in ("ours", "theirs"):
        with (
            pytest.raises(IntegrityError, match="contract_version_proposer_approves_not"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(
                f"UPDATE subscriptions_contractversion SET approved_{side}_by_id = proposed_by_id WHERE id = %s",
                [version.pk],
            )


def test_others_propose_nothing(contract, cast):
    for outsider in (cast.officer, cast.verifier):
        with pytest.raises(NotAllowed, match="You may not propose variations of this contract"):
            propose_variation(contract=contract, **one_term_more(), reason="More", on=ON, actor=outsider)
    assert contract.versions.count() == 1
