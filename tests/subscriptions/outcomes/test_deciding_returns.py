"""Deciding on claims: who may, what it earns, on which statement; sent back, undone, not met, more time; what is late."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from marketplace.core.actors import Actor, Role, platform
from marketplace.core.errors import NotAllowed, WrongInput
from marketplace.core.models import Event
from marketplace.organisations.models import Organisation, Person
from subscriptions.outcomes.acting import require_decider
from subscriptions.outcomes.models import OutcomeContract, Submission
from subscriptions.outcomes.queries import item_to_decide, to_verify_for
from subscriptions.outcomes.services.claiming import name_deputy, submit
from subscriptions.outcomes.services.deciding import (
    accept,
    accept_part,
    extend,
    mark_not_met,
    reject,
    undo_acceptance,
)
from subscriptions.outcomes.services.items import ItemStands
from subscriptions.outcomes.services.watching import draw_sample, escalate_due, remind_due
from tests.subscriptions.outcomes import claims
from tests.subscriptions.outcomes.claims import (
    CLAIMED,
    DECIDED,
    Cast,
    accepted,
    also,
    cast_of,
    hub_contract,
    item,
    not_met,
    rejected,
    show,
    submitted,
)

PLATFORM = platform("test")


@pytest.fixture
def cast(partnership: Organisation, actor: Actor) -> Cast:
    return cast_of(partnership, actor)


@pytest.fixture
def contract(cast: Cast) -> OutcomeContract:
    return hub_contract(cast)


def every_decision(one: Submission, actor: Actor) -> list[Callable[[], object]]:
    why, later = "Because", date(2027, 3, 1)
    return [
        lambda: accept(submission=one, on=DECIDED, actor=actor),
        lambda: accept_part(submission=one, accepted=Decimal(1), reason=why, on=DECIDED, actor=actor),
        lambda: reject(submission=one, reason=why, on=DECIDED, actor=actor),
        lambda: undo_acceptance(submission=one, reason=why, on=DECIDED, actor=actor),
        lambda: mark_not_met(item=one.item, reason=why, on=DECIDED, actor=actor),
        lambda: extend(item=one.item, due_on=later, reason=why, on=DECIDED, actor=actor),
    ]


class TestWhoDecides:
    def test_nobody_of_the_claimants_side_decides_anything(self, contract: OutcomeContract, cast: Cast) -> None:
        made = submitted(cast, contract)
        name_deputy(
            contract=contract, person=Person.objects.get(pk=cast.outsider.person_id), valid_from=claims.BEGIN, on=claims.BEGIN,
            actor=cast.lead,
        )  # fmt: skip
        same_person = Actor(cast.lead.person_id, 99_999, "Lena, another login", frozenset())
        barred = {
            "the claimant as a verifier elsewhere": also(cast.lead, Role.VERIFIER, cast.moor),
            "the claimant with a second login": also(same_person, Role.VERIFIER, cast.moor),
            "a colleague who verifies elsewhere": also(cast.teacher, Role.VERIFIER, cast.moor),
            "a verifier of the school itself": also(cast.teacher, Role.VERIFIER, cast.elm),
            "the deputy": also(cast.outsider, Role.VERIFIER, cast.moor),
        }
        for who, actor in barred.items():
            for decide in every_decision(made, actor):
                with pytest.raises(NotAllowed, match="so someone else must decide") as refused:
                    decide()
                if "claimant" not in who:
                    assert str(refused.value) == "You work for Elm Park Primary, so someone else must decide."
            if "second login" not in who:
                assert not to_verify_for(actor).exists(), who
        assert item(contract).state == "submitted"

    def test_nobody_without_a_verifiers_role_decides(self, contract: OutcomeContract, cast: Cast) -> None:
        made = submitted(cast, contract)
        for actor in (cast.organiser, cast.manager, cast.outsider, platform("test")):
            for decide in every_decision(made, actor):
                with pytest.raises(NotAllowed, match="Ask a verifier"):
                    decide()
        assert item(contract).earned_pence == 0

    def test_where_the_measure_names_a_verifier_no_other_decides(self, cast: Cast) -> None:
        contract = hub_contract(cast, measures=claims.measures(verifier=cast.moor))
        made = submitted(cast, contract)
        with pytest.raises(NotAllowed, match="Ask a verifier of Moor End Primary"):
            accept(submission=made, on=DECIDED, actor=cast.vic)
        assert not to_verify_for(cast.vic).exists()
        assert accept(submission=made, on=DECIDED, actor=cast.vera).decided_organisation == cast.moor

    def test_where_the_partnership_earns_the_council_or_a_third_decides(
        self, cast: Cast, council: Organisation
    ) -> None:
        contract = claims.council_contract(cast, council)
        one = item(contract)
        claims.show(Cast(**{**vars(cast), "lead": cast.organiser}), one)
        made = submit(item=one, claimed=Decimal(40), on=CLAIMED, actor=cast.organiser)
        for actor in (cast.vic, also(cast.organiser, Role.VERIFIER, cast.moor)):
            with pytest.raises(NotAllowed, match="so someone else must decide"):
                accept(submission=made, on=DECIDED, actor=actor)
        assert list(to_verify_for(cast.vera)) == [made]
        done = accept(submission=made, on=DECIDED, actor=claims.commissioner_of(council))
        assert done.decided_organisation == council

    def test_another_councils_commissioner_neither_sees_nor_decides(self, cast: Cast, council: Organisation) -> None:
        contract = claims.council_contract(cast, council)
        other = also(Actor(cast.outsider.person_id, None, "Otto", frozenset()), Role.COMMISSIONER, cast.moor)
        one = item(contract)
        claims.show(Cast(**{**vars(cast), "lead": cast.organiser}), one)
        made = submit(item=one, claimed=Decimal(40), on=CLAIMED, actor=cast.organiser)
        assert not to_verify_for(other).exists()
        with pytest.raises(NotAllowed):
            accept(submission=made, on=DECIDED, actor=other)

    def test_the_page_lists_exactly_what_the_rule_lets_one_decide(
        self, contract: OutcomeContract, cast: Cast, council: Organisation
    ) -> None:
        earning = claims.council_contract(cast, council)
        people = [
            *vars(cast).values(), claims.commissioner_of(council), also(cast.teacher, Role.VERIFIER, cast.moor),
            also(cast.organiser, Role.VERIFIER, cast.moor),
        ]  # fmt: skip
        for actor in (one for one in people if isinstance(one, Actor)):
            for one in (item(contract), item(earning)):
                assert _listed(actor, one.contract.number) == _allowed(actor, one.contract), (actor.name, one.contract)

    def test_the_database_refuses_a_decider_of_the_same_side(self, contract: OutcomeContract, cast: Cast) -> None:
        made = submitted(cast, contract)
        same = {"decided_by_id": cast.lead.person_id, "decided_organisation": cast.moor}
        near = {"decided_by_id": cast.vera.person_id, "decided_organisation": cast.elm}
        for wrong in (same, near):
            with pytest.raises(IntegrityError), transaction.atomic():
                Submission.objects.filter(pk=made.pk).update(state="accepted", decided_on=DECIDED, **wrong)


def _listed(actor: Actor, number: str) -> bool:
    try:
        item_to_decide(actor, number, "autumn")
    except Exception:
        return False
    return True


def _allowed(actor: Actor, contract: OutcomeContract) -> bool:
    try:
        require_decider(contract, contract.measures.get(code="autumn-outputs"), actor, DECIDED)
    except NotAllowed:
        return False
    return True


class TestAccepting:
    def test_what_it_earns_goes_on_the_next_open_statement(self, contract: OutcomeContract, cast: Cast) -> None:
        made = accepted(cast, contract)
        one = item(contract)
        assert (one.state, one.earned_pence, one.earned) == ("eligible", 2_800_00, 2800)
        assert one.verified_by_submission == made
        assert one.statement is not None and one.statement.cut_off == date(2027, 4, 30)
        assert (made.accepted, made.decided_by_id, made.decided_on) == (40, cast.vera.person_id, DECIDED)

    def test_a_claim_short_of_the_target_earns_its_share(self, contract: OutcomeContract, cast: Cast) -> None:
        accepted(cast, contract, "30")
        assert item(contract).earned_pence == 2_100_00

    def test_part_of_a_claim(self, contract: OutcomeContract, cast: Cast) -> None:
        made = submitted(cast, contract)
        for too_much in ("40", "41"):
            with pytest.raises(WrongInput, match="less than the 40"):
                accept_part(submission=made, accepted=Decimal(too_much), reason="No", on=DECIDED, actor=cast.vera)
        with pytest.raises(WrongInput, match="Enter reason"):
            accept_part(submission=made, accepted=Decimal(20), reason=" ", on=DECIDED, actor=cast.vera)
        done = accept_part(
            submission=made, accepted=Decimal(20), reason="Twenty were there before", on=DECIDED, actor=cast.vera
        )
        assert (done.state, done.reason, item(contract).earned_pence) == ("part", "Twenty were there before", 1_400_00)

    def test_a_claim_that_reaches_nothing_is_not_met(self, contract: OutcomeContract, cast: Cast) -> None:
        made = accepted(cast, contract, "0")
        one = item(contract)
        assert (made.state, one.state, one.earned_pence, one.statement) == ("accepted", "not_met", 0, None)
        assert one.reason == "What was achieved earns nothing of it."

    def test_an_amount_is_cut_first_where_the_contract_says(self, cast: Cast) -> None:
        contract = hub_contract(cast, cut_places=0)
        accepted(cast, contract, "39")
        assert item(contract).earned_pence == 2_730_00
        other = hub_contract(cast, cut_places=2)
        OutcomeContract.objects.get(pk=other.pk)
        accepted(cast, other, "1.0001")
        assert (item(other).earned, item(other).earned_pence) == (Decimal("70"), 70_00), "£70.007 is cut to £70.00"

    def test_after_the_last_cut_off_a_statement_is_added(self, contract: OutcomeContract, cast: Cast) -> None:
        made = submitted(cast, contract)
        contract.statements.update(state="cancelled")
        accept(submission=made, on=date(2027, 9, 9), actor=cast.vera)
        added = item(contract).statement
        assert added is not None
        assert (added.closing, added.ordinal, added.cut_off) == (True, 4, date(2027, 9, 9))
        assert added.pay_on == date(2027, 10, 4)

    def test_a_second_verifier_comes_too_late(self, contract: OutcomeContract, cast: Cast) -> None:
        made = accepted(cast, contract)
        seen_before = Submission.objects.get(pk=made.pk)
        seen_before.state = "submitted"
        with pytest.raises(ItemStands, match="is verified already"):
            reject(submission=seen_before, reason="No", on=DECIDED, actor=cast.vic)


class TestSendingBack:
    def test_the_school_reads_why_and_may_send_again(self, contract: OutcomeContract, cast: Cast) -> None:
        made = rejected(cast, contract)
        one = item(contract)
        assert (one.state, one.reason, made.reason) == ("rejected",) + ("The register of 12 March is unsigned",) * 2
        assert one.due_on == DECIDED + timedelta(days=28), "later than its own day"
        again = submit(item=one, claimed=Decimal(40), on=date(2027, 2, 8), actor=cast.lead)
        accept(submission=again, on=date(2027, 2, 9), actor=cast.vera)
        assert (again.ordinal, item(contract).earned_pence) == (2, 2_800_00)

    def test_by_a_day_that_the_verifier_gives(self, contract: OutcomeContract, cast: Cast) -> None:
        made = submitted(cast, contract)
        with pytest.raises(WrongInput, match="must be after 11 January 2027"):
            reject(submission=made, reason="No", on=DECIDED, actor=cast.vera, again_by=DECIDED)
        reject(submission=made, reason="No", on=DECIDED, actor=cast.vera, again_by=date(2027, 6, 30))
        assert item(contract).due_on == date(2027, 6, 30)


class TestUndoing:
    def test_the_same_claim_waits_again_as_a_new_one(self, contract: OutcomeContract, cast: Cast) -> None:
        made = accepted(cast, contract)
        waits = undo_acceptance(submission=made, reason="The wrong register", on=DECIDED, actor=cast.vic)
        one = item(contract)
        assert (one.state, one.earned_pence, one.statement, one.verified_by_submission) == ("submitted", 0, None, None)
        assert (waits.ordinal, waits.state, waits.claimed, waits.claimant_id) == (
            2,
            "submitted",
            40,
            cast.lead.person_id,
        )
        made.refresh_from_db()
        assert (made.state, made.reason) == ("undone", "The wrong register")
        accept(submission=waits, on=DECIDED, actor=cast.vera)
        assert item(contract).earned_pence == 2_800_00

    def test_what_was_accepted_as_nothing_too(self, contract: OutcomeContract, cast: Cast) -> None:
        made = accepted(cast, contract, "0")
        undo_acceptance(submission=made, reason="It was the wrong figure", on=DECIDED, actor=cast.vic)
        assert item(contract).state == "submitted"

    def test_what_was_sent_back_is_not_undone(self, contract: OutcomeContract, cast: Cast) -> None:
        one = not_met(cast, contract)
        with pytest.raises(ItemStands, match="nothing to take back"):
            undo_acceptance(submission=one.submissions.get(), reason="x", on=DECIDED, actor=cast.vic)


class TestNotMetAndMoreTime:
    def test_what_nobody_claimed_is_not_met_only_after_its_day(self, contract: OutcomeContract, cast: Cast) -> None:
        one = item(contract)
        with pytest.raises(WrongInput, match="may be claimed until 31 January 2027"):
            mark_not_met(item=one, reason="Nothing came", on=one.due_on, actor=cast.vera)
        mark_not_met(item=one, reason="Nothing came", on=one.due_on + timedelta(days=1), actor=cast.vera)
        assert (item(contract).state, item(contract).reason) == ("not_met", "Nothing came")

    def test_more_time_opens_it_again(self, contract: OutcomeContract, cast: Cast) -> None:
        made = accepted(cast, contract, "0")
        one = item(contract)
        for day in (DECIDED, one.due_on):
            with pytest.raises(WrongInput, match="must be after"):
                extend(item=one, due_on=day, reason="Snow", on=DECIDED, actor=cast.vera)
        extend(item=one, due_on=date(2027, 3, 31), reason="Snow", on=DECIDED, actor=cast.vera)
        assert (item(contract).state, item(contract).due_on) == ("planned", date(2027, 3, 31))
        made.refresh_from_db()
        assert made.state == "undone"
        again = submit(item=item(contract), claimed=Decimal(40), on=date(2027, 3, 31), actor=cast.lead)
        accept(submission=again, on=date(2027, 4, 1), actor=cast.vera)
        assert item(contract).earned_pence == 2_800_00

    def test_what_was_sent_back_keeps_its_reason(self, contract: OutcomeContract, cast: Cast) -> None:
        rejected(cast, contract)
        extend(item=item(contract), due_on=date(2027, 3, 31), reason="Snow", on=DECIDED, actor=cast.vera)
        assert (item(contract).state, item(contract).reason) == ("rejected", "The register of 12 March is unsigned")


class TestWhatIsLate:
    def test_a_decision_that_is_late_is_told_once(self, contract: OutcomeContract, cast: Cast) -> None:
        made = submitted(cast, contract)
        assert escalate_due(on=made.decide_by, actor=PLATFORM) == 0
        late = made.decide_by + timedelta(days=1)
        assert [escalate_due(on=late, actor=PLATFORM), escalate_due(on=late, actor=PLATFORM)] == [1, 0]
        made.refresh_from_db()
        assert made.escalated_on == late
        assert Event.objects.filter(kind="outcome_item.decision_late").count() == 1

    def test_what_falls_due_is_told_once_and_again_after_more_time(self, contract: OutcomeContract, cast: Cast) -> None:
        one = item(contract)
        assert remind_due(on=one.due_on - timedelta(days=15), actor=PLATFORM) == 0
        near = one.due_on - timedelta(days=14)
        assert [remind_due(on=near, actor=PLATFORM), remind_due(on=one.due_on, actor=PLATFORM)] == [1, 0]
        extend(item=one, due_on=one.due_on + timedelta(days=20), reason="Snow", on=one.due_on, actor=cast.vera)
        assert remind_due(on=one.due_on + timedelta(days=19), actor=PLATFORM) == 1

    def test_what_was_sent_is_not_reminded_of(self, contract: OutcomeContract, cast: Cast) -> None:
        submitted(cast, contract)
        assert remind_due(on=item(contract).due_on, actor=PLATFORM) == 0


class TestSampling:
    def test_the_same_seed_draws_the_same_and_nothing_twice(
        self, contract: OutcomeContract, cast: Cast, partnership: Organisation
    ) -> None:
        made = [accepted(cast, hub_contract(cast)) for _ in range(5)]
        auditor = also(Actor(None, None, "Ada Auditor", frozenset()), Role.AUDITOR, partnership)
        first = {one.pk for one in draw_sample(count=2, seed=7, on=DECIDED, actor=auditor)}
        second = {one.pk for one in draw_sample(count=9, seed=7, on=DECIDED, actor=auditor)}
        assert len(first) == 2 and first | second == {one.pk for one in made} and not first & second
        Submission.objects.update(sampled_on=None)
        assert {one.pk for one in draw_sample(count=2, seed=7, on=DECIDED, actor=auditor)} == first

    def test_who_decides_draws_no_sample(self, contract: OutcomeContract, cast: Cast) -> None:
        accepted(cast, contract)
        for wrong in (cast.vera, cast.lead, cast.organiser):
            with pytest.raises(NotAllowed):
                draw_sample(count=1, seed=1, on=DECIDED, actor=wrong)
        assert not Submission.objects.filter(sampled_on__isnull=False).exists()


def test_evidence_of_an_earlier_claim_counts_when_it_is_sent_again(contract: OutcomeContract, cast: Cast) -> None:
    rejected(cast, contract)
    show(cast, item(contract), type="other")
    again = submit(item=item(contract), claimed=Decimal(40), on=CLAIMED, actor=cast.lead)
    assert list(again.evidence.values_list("type", flat=True)) == ["other"]
