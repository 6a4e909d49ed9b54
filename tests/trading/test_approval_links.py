"""A governor without an account decides by a link that works once; a board decides on paper."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from invoicing.receivables.models import Charge
from marketplace.core.actors import Role
from marketplace.core.errors import NotAllowed, NotFound, WrongInput
from marketplace.core.file_kinds import WrongFile
from marketplace.core.files import open_file
from marketplace.core.models import Event, EventText, StoredFile
from marketplace.organisations.services.delegation import set_approval_rule
from marketplace.trading.models import Approval, ApprovalLink, Order
from marketplace.trading.services import (
    AlreadyDecided,
    Answer,
    LinkGone,
    NobodyApproves,
    NoLink,
    ask_new_link,
    decide,
    decide_by_link,
    new_link,
    record_paper,
    withdraw,
)
from marketplace.trading.services.links import approval_by_link
from tests.core import small_files
from tests.shop import person
from tests.trading.conftest import ON

AT = datetime(2026, 9, 2, 19, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SAYS = {"name": "Mary Okonkwo", "role": "Chair of governors"}
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ledger_holds", "chair")]


def answer(token: str, what: Answer = Answer.APPROVE, **more) -> Approval:
    return decide_by_link(token=token, answer=what, **({"at": AT} | SAYS | more))


def test_the_links_token_is_random_and_only_its_digest_is_kept(asking, pat):
    approval = asking(pat)
    assert approval.by_link and approval.kept_until == ON + timedelta(days=10)
    first, second = new_link(approval=approval, at=AT), new_link(approval=approval, at=AT)
    assert len(first) == 43 and first != second  # 256 bits
    kept = (
        str(list(ApprovalLink.objects.values()))
        + str(list(Event.objects.values()))
        + str(list(EventText.objects.values()))
    )
    assert first not in kept and second not in kept


def test_opening_uses_nothing_up_and_recording_does(asking, pat):
    approval = asking(pat)
    token = new_link(approval=approval, at=AT)
    for _ in range(3):  # as mail scanners do
        assert approval_by_link(token=token, at=AT) == approval
    done = answer(token)
    assert (done.state, done.how, done.decided_by_person_id) == ("approved", "link", None)
    assert Order.objects.get().state == "placed" and Charge.objects.get().net_pence == 28_000
    event = Event.objects.get(kind="order.approved")
    assert EventText.objects.get(event=event).words == SAYS and "Okonkwo" not in str(event.payload)
    assert event.actor_person_id is None and event.actor_label == "By signed link"


def test_every_link_that_does_not_work_is_refused_in_the_same_words(asking, pat):
    approval = asking(pat)
    unused, used = new_link(approval=approval, at=AT - HOUR), new_link(approval=approval, at=AT)
    wordings = set()
    for token, at in [("unknown", AT), (used, AT + timedelta(days=7)), ("", AT), ("é\x00", AT)]:
        with pytest.raises(LinkGone) as refused:
            answer(token, at=at)
        wordings.add((refused.value.message, refused.value.code, str(refused.value.facts)))
    answer(used)
    for token in (used, unused):
        with pytest.raises(LinkGone) as refused:
            answer(token, Answer.DECLINE, reason="No")
        wordings.add((refused.value.message, refused.value.code, str(refused.value.facts)))
    assert wordings == {("This link no longer works.", "link_gone", "{}")}
    assert Approval.objects.get().state == "approved" and Charge.objects.count() == 1


@pytest.mark.parametrize("missing", [{"name": ""}, {"role": " "}, {"answer": Answer.DECLINE, "reason": ""}])
def test_what_is_missing_is_asked_for_and_the_link_still_works(asking, pat, missing):
    token = new_link(approval=asking(pat), at=AT)
    given = {"answer": Answer.APPROVE, "at": AT} | SAYS | missing
    with pytest.raises(WrongInput, match="Enter "):
        decide_by_link(token=token, **given)
    assert answer(token).state == "approved"


def test_a_link_ends_with_its_order_and_with_the_day_until_which_places_are_kept(asking, pat):
    approval = asking(pat)
    token = new_link(approval=approval, at=AT + 6 * DAY)
    late = AT + 10 * DAY  # within seven days of the link, after the tenth day of the approval
    with pytest.raises(LinkGone):
        answer(token, at=late)
    withdraw(approval=approval, on=ON, actor=pat)
    with pytest.raises(LinkGone):
        answer(token, at=AT + 6 * DAY)
    with pytest.raises(NoLink):
        new_link(approval=approval, at=AT)


@pytest.mark.parametrize("what", [Answer.INTEREST, Answer.NOT_FOR_ME])
def test_an_interest_and_not_for_me_use_the_link_up_and_leave_the_order_waiting(asking, pat, what):
    approval = asking(pat)
    token, other = new_link(approval=approval, at=AT), new_link(approval=approval, at=AT)
    answer(token, what)
    approval.refresh_from_db()
    assert approval.state == "waiting" and asking.taken == 2
    with pytest.raises(LinkGone):
        answer(token)
    ask_new_link(token=token, at=AT)
    asked = Event.objects.filter(kind="order.approval_link_asked").count()
    if what == Answer.INTEREST:  # that person is never asked again
        assert asked == 0
        with pytest.raises(LinkGone):
            answer(other)
        with pytest.raises(NoLink):
            new_link(approval=approval, at=AT)
    else:
        assert asked == 1 and answer(other).state == "approved"


def test_a_new_link_is_asked_for_at_most_once_an_hour_and_an_unknown_one_says_nothing(asking, pat):
    approval = asking(pat)
    token = new_link(approval=approval, at=AT - 8 * DAY)
    for at in (AT, AT + timedelta(minutes=59), AT + HOUR):
        ask_new_link(token=token, at=at)
    ask_new_link(token="unknown", at=AT + 5 * HOUR)
    asked = Event.objects.filter(kind="order.approval_link_asked")
    assert asked.count() == 2
    assert "chair@oakfield.example" not in str(list(asked.values()))


def test_nobody_signed_in_decides_what_goes_by_link(asking, pat, hana):
    with pytest.raises(NotAllowed, match="It goes to the chair of governors, who decides by a link"):
        decide(approval=asking(pat), answer=Answer.APPROVE, on=ON, actor=hana)


def test_the_buyers_own_address_is_no_governors(asking, pat, school, actor):
    own = f"PAT.small.{school.pk}@example.org"
    set_approval_rule(organisation=school, from_pence=25_000, valid_from=ON, email=own, title="the chair", actor=actor)
    with pytest.raises(NobodyApproves):
        asking(pat)


PAPER = {"approved": True, "minute_reference": "FGB 2026/14", "minuted_on": ON, "on": ON}


def test_a_board_decides_on_paper_and_the_auditor_sees_it_as_such(asking, pat, hana, outsider):
    approval = asking(pat)
    done = record_paper(approval=approval, scan=small_files.PDF, scan_name="minutes.pdf", actor=hana, **PAPER)
    assert (done.state, done.on_paper, done.minute_reference) == ("approved", True, "FGB 2026/14")
    assert (done.decided_by_person_id, done.recorded_by_person_id) == (None, hana.person_id)
    assert Charge.objects.get().net_pence == 28_000
    assert bytes(open_file(file_id=done.scan_id, actor=pat).content) == small_files.PDF
    with pytest.raises(NotFound):
        open_file(file_id=done.scan_id, actor=outsider)


def test_paper_is_recorded_only_with_a_scan_whoever_records_it(asking, pat, hana):
    approval = asking(pat)
    for recorder in (pat, hana):
        with pytest.raises(WrongInput, match="Choose a scan of the minute: a decision on paper is recorded with it"):
            record_paper(approval=approval, actor=recorder, **PAPER)
    with pytest.raises(IntegrityError, match="own_paper_has_scan"), transaction.atomic():
        Approval.objects.filter(pk=approval.pk).update(
            state="approved", how="paper", closed_on=ON, recorded_by_person_id=pat.person_id, minuted_on=ON,
            minute_reference="x",
        )  # fmt: skip
    done = record_paper(approval=approval, scan=small_files.png(), scan_name="minute.png", actor=pat, **PAPER)
    assert done.on_paper and done.recorded_by_person_id == pat.person_id and done.scan is not None


@pytest.mark.parametrize(
    ("more", "error", "words"),
    [
        ({"minute_reference": " "}, WrongInput, "Enter reference of the minute"),
        ({"minuted_on": ON + DAY}, WrongInput, "must be 1 September 2026 or earlier"),
        ({"minuted_on": date(2025, 8, 31)}, WrongInput, "must be 1 September 2025 or later"),
        ({"approved": False}, WrongInput, "Enter reason"),
        ({"scan": small_files.PROGRAM, "scan_name": "minutes.pdf"}, WrongFile, "not taken"),
        ({"scan": small_files.office(), "scan_name": "minutes.docx"}, WrongFile, "not taken here"),
    ],
)
def test_paper_that_is_not_in_order_changes_nothing(asking, pat, hana, more, error, words):
    approval = asking(pat)
    with pytest.raises(error, match=words):
        record_paper(approval=approval, actor=hana, **(PAPER | more))
    approval.refresh_from_db()
    assert approval.state == "waiting" and not StoredFile.objects.exists() and not Charge.objects.exists()


def test_an_outsider_records_nothing_and_paper_after_a_decision_keeps_no_scan(
    asking, pat, hana, outsider, partnership, actor
):
    approval = asking(pat)
    auditor = person(partnership, actor, name="Aud Auditor", role=Role.AUDITOR)
    for stranger in (outsider, auditor):
        with pytest.raises(NotFound):
            record_paper(approval=approval, actor=stranger, **PAPER)
    answer(new_link(approval=approval, at=AT))
    with pytest.raises(AlreadyDecided, match="was approved on 2 September 2026"):
        record_paper(approval=approval, scan=small_files.PDF, scan_name="a.pdf", actor=hana, **PAPER)
    assert not StoredFile.objects.exists()
