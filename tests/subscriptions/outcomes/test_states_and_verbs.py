"""Every state of an item × every verb of claiming and deciding: done or refused as the table says, and nothing half done."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from marketplace.core.actors import platform
from marketplace.core.errors import DomainError
from marketplace.core.models import Event
from marketplace.organisations.models import Organisation
from subscriptions.outcomes.models import Evidence, OutcomeContract, OutcomeItem, Statement, Submission
from subscriptions.outcomes.services.claiming import submit, take_evidence_off, withdraw_submission
from subscriptions.outcomes.services.contracting import decline_contract, offer_contract
from subscriptions.outcomes.services.deciding import accept, accept_part, extend, mark_not_met, reject, undo_acceptance
from subscriptions.outcomes.services.drafting import discard_contract
from subscriptions.outcomes.services.stating import claw_back, freeze_statement
from tests.subscriptions.outcomes.claims import (
    CLAIMED,
    DECIDED,
    Cast,
    accepted,
    cast_of,
    hub_contract,
    hub_draft,
    item,
    not_met,
    rejected,
    show,
    submitted,
)

LATE, LATER = date(2027, 6, 1), date(2027, 12, 1)
PLATFORM = platform("test")


def _planned(cast: Cast, contract: OutcomeContract) -> None:
    withdraw_submission(submission=submitted(cast, contract), on=CLAIMED, actor=cast.lead)
    show(cast, item(contract))


def _rejected(cast: Cast, contract: OutcomeContract) -> None:
    rejected(cast, contract)
    show(cast, item(contract))


def _payable(cast: Cast, contract: OutcomeContract) -> None:
    accepted(cast, contract)
    for at, on in ((1, date(2027, 1, 12)), (2, date(2027, 5, 4))):
        freeze_statement(statement=contract.statements.get(ordinal=at), on=on, actor=cast.manager)


def _paid(cast: Cast, contract: OutcomeContract) -> None:
    _payable(cast, contract)
    OutcomeItem.objects.filter(contract=contract, state="payable").update(state="paid")


def _clawed_back(cast: Cast, contract: OutcomeContract) -> None:
    _payable(cast, contract)
    claw_back(item=item(contract), pence=2_800_00, reason="It proved wrong", on=date(2027, 5, 5), actor=cast.manager)


def _cancelled(cast: Cast, contract: OutcomeContract) -> None:
    _planned(cast, contract)
    OutcomeItem.objects.filter(pk=item(contract).pk).update(state="cancelled", reason="Left out by a variation")


REACH: dict[str, Callable[[Cast, OutcomeContract], object]] = {
    "planned": _planned,
    "submitted": submitted,
    "rejected": _rejected,
    "eligible": accepted,
    "not_met": not_met,
    "not_met, by a claim of nothing": lambda cast, contract: accepted(cast, contract, "0"),
    "payable": _payable,
    "paid": _paid,
    "clawed_back": _clawed_back,
    "cancelled": _cancelled,
}
DONE = {
    "planned": {"add_evidence", "take_evidence_off", "submit", "mark_not_met", "extend"},
    "submitted": {"withdraw_submission", "accept", "accept_part", "reject", "mark_not_met"},
    "rejected": {"add_evidence", "take_evidence_off", "submit", "mark_not_met", "extend"},
    "eligible": {"undo_acceptance"},
    "not_met": {"extend"},
    "not_met, by a claim of nothing": {"extend", "undo_acceptance"},
    "payable": set(),
    "paid": set(),
    "clawed_back": set(),
    "cancelled": set(),
}
AFTER = {
    "submit": "submitted",
    "withdraw_submission": "planned",
    "accept": "eligible",
    "accept_part": "eligible",
    "reject": "rejected",
    "undo_acceptance": "submitted",
    "mark_not_met": "not_met",
}


def _last(one: OutcomeItem) -> Submission:
    return Submission.objects.filter(item=one).latest("ordinal")


def _evidence(one: OutcomeItem) -> Evidence:
    return Evidence.objects.filter(item=one).latest("pk")


def _part(one: OutcomeItem) -> Decimal:
    return (_last(one).claimed or Decimal(0)) / 2


VERBS: dict[str, Callable[[Cast, OutcomeItem], Any]] = {
    "add_evidence": lambda cast, one: show(cast, one),
    "take_evidence_off": lambda cast, one: take_evidence_off(evidence=_evidence(one), on=CLAIMED, actor=cast.lead),
    "submit": lambda cast, one: submit(item=one, claimed=Decimal(40), on=CLAIMED, actor=cast.lead),
    "withdraw_submission": lambda cast, one: withdraw_submission(submission=_last(one), on=CLAIMED, actor=cast.lead),
    "accept": lambda cast, one: accept(submission=_last(one), on=DECIDED, actor=cast.vic),
    "accept_part": lambda cast, one: accept_part(
        submission=_last(one), accepted=_part(one), reason="Half", on=DECIDED, actor=cast.vic
    ),
    "reject": lambda cast, one: reject(submission=_last(one), reason="No", on=DECIDED, actor=cast.vic),
    "undo_acceptance": lambda cast, one: undo_acceptance(
        submission=_last(one), reason="No", on=DECIDED, actor=cast.vic
    ),
    "mark_not_met": lambda cast, one: mark_not_met(item=one, reason="No", on=LATE, actor=cast.vic),
    "extend": lambda cast, one: extend(item=one, due_on=LATER, reason="Snow", on=DECIDED, actor=cast.vic),
}


def _everything() -> list[object]:
    models = (OutcomeItem, Submission, Evidence, Statement, OutcomeContract)
    rows: list[object] = [list(model._default_manager.order_by("pk").values()) for model in models]
    return [*rows, Event.objects.count()]


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("state", REACH)
def test_each_verb_is_done_or_refused_whole(state: str, verb: str, partnership: Organisation, actor: object) -> None:
    cast = cast_of(partnership, PLATFORM)
    contract = hub_contract(cast)
    REACH[state](cast, contract)
    one, before = item(contract), _everything()
    assert one.state == state.partition(",")[0]
    if verb in DONE[state]:
        VERBS[verb](cast, one)
        after = "rejected" if (state, verb) == ("rejected", "extend") else AFTER.get(verb, one.state)
        expected = "planned" if verb == "extend" and state.startswith("not_met") else after
        assert item(contract).state == expected
        assert item(contract).earned_pence == (
            0 if expected != "eligible" else 1_400_00 if verb == "accept_part" else 2_800_00
        )
        return
    with pytest.raises(DomainError) as refused:
        VERBS[verb](cast, one)
    assert refused.value.code in ("outcome_item_stands", "wrong_input"), refused.value
    assert _everything() == before


def test_the_table_tries_every_state_that_there_is() -> None:
    assert {state.partition(",")[0] for state in REACH} == set(OutcomeItem.State.values)
    assert set(DONE) == set(REACH)


@pytest.mark.parametrize("state", ["draft", "discarded", "offered", "declined"])
def test_under_a_contract_that_is_not_in_force_nothing_is_claimed(
    state: str, partnership: Organisation, actor: object
) -> None:
    cast = cast_of(partnership, PLATFORM)
    contract = hub_draft(cast)
    if state == "discarded":
        discard_contract(contract=contract, on=CLAIMED, actor=cast.organiser)
    elif state != "draft":
        offer_contract(contract=contract, on=CLAIMED, actor=cast.organiser)
    if state == "declined":
        decline_contract(contract=contract, reason="Too little", on=CLAIMED, actor=cast.lead)
    before = _everything()
    for verb in ("add_evidence", "submit", "mark_not_met", "extend"):
        with pytest.raises(DomainError, match=f"is {state}, so nothing is claimed under it"):
            VERBS[verb](cast, item(contract))
    assert _everything() == before
