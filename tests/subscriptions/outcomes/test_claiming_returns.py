"""Claiming: what is missing, evidence, deputies, figures that the platform counted."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction

from marketplace.core.actors import Actor, platform
from marketplace.core.errors import NotAllowed, NotFound, WrongInput
from marketplace.core.file_checking import WrongFile
from marketplace.core.files import open_file
from marketplace.core.models import Event, StoredFile
from marketplace.organisations.models import Organisation, Person
from subscriptions.outcomes.models import Evidence, MeasuredFact, OutcomeContract, Submission
from subscriptions.outcomes.queries import files_by_evidence, outcome_contract_for, to_verify_for
from subscriptions.outcomes.services.claiming import (
    ReturnIncomplete,
    add_evidence,
    end_deputy,
    filled_in,
    missing_of,
    name_deputy,
    record_measure,
    submit,
    take_evidence_off,
    withdraw_submission,
)
from subscriptions.outcomes.services.evidence import Shown
from subscriptions.outcomes.services.items import ItemStands
from tests.core.small_files import PDF
from tests.subscriptions.outcomes import claims
from tests.subscriptions.outcomes.claims import CLAIMED, Cast, cast_of, hub_contract, item, show, submitted


@pytest.fixture
def cast(partnership: Organisation, actor: Actor) -> Cast:
    return cast_of(partnership, actor)


@pytest.fixture
def contract(cast: Cast) -> OutcomeContract:
    return hub_contract(cast)


def count(contract: OutcomeContract, key: str, value: str, on: date = date(2026, 10, 12)) -> MeasuredFact | None:
    measure = contract.measures.get(code="autumn-outputs")
    return record_measure(
        source_key=key, measure=measure, on=on, value=Decimal(value), label="Phonics, 12 October 2026",
        actor=platform("registers"),
    )  # fmt: skip


def counted_hub(cast: Cast) -> OutcomeContract:
    return hub_contract(cast, measures=claims.measures(counts="attended"))


class TestWhatIsMissing:
    def test_each_thing_has_its_sentence(self, contract: OutcomeContract) -> None:
        assert missing_of(item(contract), CLAIMED) == ["Enter what was achieved, in people.", "Add register."]
        assert missing_of(item(contract), CLAIMED, Decimal(40)) == ["Add register."]
        assert missing_of(item(contract, "base"), CLAIMED) == [
            "Release of the lead is paid by its day: there is nothing to send."
        ]

    def test_the_days_on_which_it_may_be_claimed(self, contract: OutcomeContract) -> None:
        one = item(contract)
        early = missing_of(one, one.claimed_from - timedelta(days=1), Decimal(40))
        assert "Wait until 1 December 2026: it may be claimed from then on." in early
        assert missing_of(one, one.claimed_from, Decimal(40)) == missing_of(one, one.due_on, Decimal(40))
        late = missing_of(one, one.due_on + timedelta(days=1), Decimal(40))
        assert "Ask for more time: it was due on 31 January 2027." in late

    def test_nothing_is_sent_while_something_is_missing(self, contract: OutcomeContract, cast: Cast) -> None:
        with pytest.raises(ReturnIncomplete) as refused:
            submit(item=item(contract), on=CLAIMED, actor=cast.lead)
        assert refused.value.detail == ["Enter what was achieved, in people.", "Add register."]
        assert not Submission.objects.exists()
        assert item(contract).state == "planned"


class TestSending:
    def test_a_return_waits_and_nothing_is_earned(self, contract: OutcomeContract, cast: Cast) -> None:
        made = submitted(cast, contract)
        one = item(contract)
        assert (made.state, made.ordinal, made.claimed) == ("submitted", 1, 40)
        assert (made.claimant_id, made.claimant_organisation_id) == (cast.lead.person_id, cast.elm.pk)
        assert made.decide_by == date(2027, 1, 18), "ten working days on"
        assert (one.state, one.earned_pence, one.statement) == ("submitted", 0, None)
        assert Evidence.objects.get().submission == made
        assert list(to_verify_for(cast.vera)) == [made]

    def test_only_the_lead_and_a_deputy_may(self, contract: OutcomeContract, cast: Cast) -> None:
        for wrong in (cast.teacher, cast.outsider, cast.vera, cast.organiser, cast.manager, platform("test")):
            with pytest.raises(NotAllowed):
                add_evidence(item=item(contract), shown=Shown("x", link="https://a.org"), on=CLAIMED, actor=wrong)
            with pytest.raises(NotAllowed, match="Ask a hub lead of Elm Park Primary"):
                submit(item=item(contract), claimed=Decimal(40), on=CLAIMED, actor=wrong)
        assert not Evidence.objects.exists()

    def test_where_the_partnership_earns_its_organiser_claims(self, cast: Cast, council: Organisation) -> None:
        one = item(claims.council_contract(cast, council))
        with pytest.raises(NotAllowed, match="Ask an organiser of Tidewell Schools Partnership"):
            submit(item=one, claimed=Decimal(40), on=CLAIMED, actor=cast.lead)
        add_evidence(item=one, shown=Shown("x", "register", link="https://a.org"), on=CLAIMED, actor=cast.organiser)
        made = submit(item=one, claimed=Decimal(40), on=CLAIMED, actor=cast.organiser)
        assert made.claimant_organisation.name == "Tidewell Schools Partnership"

    def test_taken_back_it_may_be_claimed_again(self, contract: OutcomeContract, cast: Cast) -> None:
        first = submitted(cast, contract)
        withdraw_submission(submission=first, on=CLAIMED, actor=cast.lead)
        assert item(contract).state == "planned"
        again = submit(item=item(contract), claimed=Decimal(38), on=CLAIMED, actor=cast.lead)
        assert (again.ordinal, first.state) == (2, "withdrawn")

    def test_a_figure_below_nought_or_with_five_decimals_is_refused(
        self, contract: OutcomeContract, cast: Cast
    ) -> None:
        for figure in ("-1", "1.00001", "NaN", "1e12"):
            with pytest.raises(WrongInput):
                submit(item=item(contract), claimed=Decimal(figure), on=CLAIMED, actor=cast.lead)

    def test_what_was_sent_cannot_be_rewritten(self, contract: OutcomeContract, cast: Cast) -> None:
        made = submitted(cast, contract)
        for change in ({"claimed": 44}, {"claimant_organisation": cast.moor}, {"claimant_id": cast.vera.person_id}):
            with pytest.raises(DatabaseError, match="stands as it was"), transaction.atomic():
                Submission.objects.filter(pk=made.pk).update(**change)
        with pytest.raises(DatabaseError, match="belongs to what was sent"), transaction.atomic():
            Evidence.objects.update(label="Another")
        with pytest.raises(DatabaseError, match="belongs to what was sent"), transaction.atomic():
            Evidence.objects.all().delete()


class TestEvidence:
    def test_a_file_is_private(self, contract: OutcomeContract, cast: Cast) -> None:
        one = item(contract)
        made = add_evidence(
            item=one, shown=Shown("Register", "register", upload=PDF, name="register.pdf"), on=CLAIMED,
            actor=cast.lead,
        )  # fmt: skip
        stored = files_by_evidence([made])[made.pk]
        for reader in (cast.lead, cast.organiser, cast.manager):
            assert open_file(file_id=stored.pk, actor=reader).name == "register.pdf"
        for other in (cast.outsider, cast.teacher, cast.vera):
            with pytest.raises(NotFound):
                open_file(file_id=stored.pk, actor=other)
        submit(item=one, claimed=Decimal(40), on=CLAIMED, actor=cast.lead)
        assert open_file(file_id=stored.pk, actor=cast.vera).size == len(PDF), "a verifier once it was sent"

    def test_taking_it_off_deletes_the_file(self, contract: OutcomeContract, cast: Cast) -> None:
        made = add_evidence(
            item=item(contract),
            shown=Shown("R", "register", upload=PDF, name="r.pdf"),
            on=CLAIMED,
            actor=cast.lead,
        )
        take_evidence_off(evidence=made, on=CLAIMED, actor=cast.lead)
        assert not Evidence.objects.exists() and not StoredFile.objects.exists()
        with pytest.raises(NotFound):
            take_evidence_off(evidence=made, on=CLAIMED, actor=cast.lead)

    def test_a_file_that_is_not_what_its_name_says_is_refused(self, contract: OutcomeContract, cast: Cast) -> None:
        with pytest.raises(WrongFile):
            show(cast, item(contract), link="", upload=b"MZ\x00\x00", name="register.pdf")
        assert not Evidence.objects.exists()

    @pytest.mark.parametrize(
        ("values", "said"),
        [
            ({"link": ""}, "one of them"),
            ({"link": "https://a.org", "facts": {"a": "1"}}, "one of them"),
            ({"link": "javascript:alert(1)"}, "whole address"),
            ({"link": "https://nowhere"}, "whole address"),
            ({"type": "selfie"}, "Choose what the evidence is"),
            ({"label": " "}, "Enter what it is"),
            ({"link": "", "facts": {"Schools": "six"}}, "must be a figure"),
            ({"link": "", "facts": {"Child": "NaN"}}, "Do not name pupils"),
        ],
    )
    def test_what_cannot_be_evidence_is_refused(
        self, contract: OutcomeContract, cast: Cast, values: dict[str, object], said: str
    ) -> None:
        with pytest.raises(WrongInput, match=said):
            show(cast, item(contract), **values)
        assert not Evidence.objects.exists()

    def test_a_return_holds_figures(self, contract: OutcomeContract, cast: Cast) -> None:
        show(cast, item(contract), link="", facts={"Schools": "6", "People": "1,041"})
        assert Evidence.objects.get().facts == {"Schools": "6", "People": "1041"}

    def test_twenty_pieces_at_most(self, contract: OutcomeContract, cast: Cast) -> None:
        for _ in range(20):
            show(cast, item(contract))
        with pytest.raises(WrongInput, match="at most 20"):
            show(cast, item(contract))

    def test_what_is_paid_by_its_day_takes_none(self, contract: OutcomeContract, cast: Cast) -> None:
        with pytest.raises(ItemStands, match="nothing has to be shown"):
            show(cast, item(contract, "base"), type="other")


class TestCounting:
    def test_the_same_fact_counts_once_and_a_later_count_adds_the_difference(self, cast: Cast) -> None:
        contract = counted_hub(cast)
        assert count(contract, "register:7:1", "12") is not None
        assert count(contract, "register:7:1", "12") is None
        count(contract, "register:7:2", "-1")
        count(contract, "register:9:1", "30", date(2026, 11, 9))
        count(contract, "register:8:1", "50", date(2027, 2, 1))
        found = filled_in(item(contract))
        assert found is not None
        assert (found.value, found.words) == (41, "41 attended, from your 2 registers")
        assert [part.value for part in found.parts] == [11, 30], "the register of February is another term's"

    def test_a_person_counts_nothing_by_hand(self, cast: Cast) -> None:
        measure = counted_hub(cast).measures.get(code="autumn-outputs")
        with pytest.raises(NotAllowed):
            record_measure(
                source_key="x:1:1", measure=measure, on=CLAIMED, value=Decimal(9), label="x", actor=cast.lead
            )

    def test_most_of_the_return_is_filled_in(self, cast: Cast) -> None:
        contract = counted_hub(cast)
        count(contract, "register:7:1", "41")
        show(cast, item(contract))
        made = submit(item=item(contract), on=CLAIMED, actor=cast.lead)
        assert made.claimed == 41
        counted = Evidence.objects.get(form="count")
        assert (counted.label, counted.submission) == ("41 attended, from your register", made)

    def test_another_figure_than_the_counted_one_needs_a_sentence(self, cast: Cast) -> None:
        contract = counted_hub(cast)
        count(contract, "register:7:1", "41")
        show(cast, item(contract))
        with pytest.raises(ReturnIncomplete, match="say why 45 differs"):
            submit(item=item(contract), claimed=Decimal(45), on=CLAIMED, actor=cast.lead)
        made = submit(
            item=item(contract),
            claimed=Decimal(45),
            words="Four came late and signed on paper",
            on=CLAIMED,
            actor=cast.lead,
        )
        assert made.claimed == 45


class TestDeputies:
    def test_a_deputy_claims_for_their_days_and_sees_the_contract(self, contract: OutcomeContract, cast: Cast) -> None:
        tom = Person.objects.get(pk=cast.teacher.person_id)
        with pytest.raises(NotFound):
            outcome_contract_for(cast.teacher, contract.number)
        deputy = name_deputy(contract=contract, person=tom, valid_from=CLAIMED, on=CLAIMED, actor=cast.lead)
        add_evidence(
            item=item(contract), shown=Shown("R", "register", link="https://a.org"), on=CLAIMED, actor=cast.teacher
        )
        made = submit(item=item(contract), claimed=Decimal(40), on=CLAIMED, actor=cast.teacher)
        assert (made.claimant_id, made.claimant_organisation_id) == (tom.pk, cast.elm.pk)
        ended = CLAIMED + timedelta(days=1)
        end_deputy(deputy=deputy, on=ended, actor=cast.lead)
        with pytest.raises(NotAllowed):
            withdraw_submission(submission=made, on=ended, actor=cast.teacher)

    def test_a_deputy_names_no_deputy_and_nobody_is_named_twice(self, contract: OutcomeContract, cast: Cast) -> None:
        tom = Person.objects.get(pk=cast.teacher.person_id)
        name_deputy(contract=contract, person=tom, valid_from=CLAIMED, on=CLAIMED, actor=cast.lead)
        with pytest.raises(WrongInput, match="acts for this contract already"):
            name_deputy(contract=contract, person=tom, valid_from=CLAIMED, on=CLAIMED, actor=cast.lead)
        other = Person.objects.get(pk=cast.outsider.person_id)
        for wrong in (cast.teacher, cast.outsider, cast.organiser):
            with pytest.raises(NotAllowed):
                name_deputy(contract=contract, person=other, valid_from=CLAIMED, on=CLAIMED, actor=wrong)


def test_each_step_is_told_without_what_was_written(contract: OutcomeContract, cast: Cast) -> None:
    made = submitted(cast, contract)
    withdraw_submission(submission=made, on=CLAIMED, actor=cast.lead)
    kinds = list(Event.objects.filter(subject=contract.number).order_by("pk").values_list("kind", flat=True))
    assert kinds[-3:] == ["outcome_item.evidence_added", "outcome_item.submitted", "outcome_item.withdrawn"]
    told = Event.objects.get(kind="outcome_item.submitted")
    assert told.payload == {"item": "autumn", "submission": 1, "claimed": "40", "decide_by": "2027-01-18"}
    assert told.organisation_ids == [cast.elm.pk]
