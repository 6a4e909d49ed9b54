"""A governor without a login releases one batch by a link: once, within seven days, as the third person."""

from datetime import UTC, timedelta

import pytest

from invoicing.payees.services import hold_payments
from invoicing.paying_out.by_link import (
    NoReleaseLink,
    ReleaseAsked,
    ReleaseLinkGone,
    ask_no_longer,
    ask_to_release,
    decline_by_link,
    new_release_link,
    release_by_link,
    request_by_link,
)
from invoicing.paying_out.errors import BatchMoved, PayeeChanged, SamePerson
from invoicing.paying_out.models import PaymentBatch, PaymentSending, ReleaseLink
from marketplace.core.errors import NotAllowed, WrongInput
from marketplace.core.signed_links import digest_of
from marketplace.organisations.models import Person
from tests.invoicing.books import nothing_written
from tests.invoicing.paying_out import world
from tests.invoicing.paying_out.world import TODAY, Payers, invoiced

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ledger_holds")]
AT, WEEK = world.AT.replace(tzinfo=UTC), timedelta(days=7)


@pytest.fixture
def batch(payers: Payers) -> PaymentBatch:
    payers.account(payers.ridgeway)
    invoiced(payers.ridgeway, 95_625)
    return payers.approved()


@pytest.fixture
def gwen(db: None) -> Person:
    """A governor: no login, no role."""
    return Person.objects.create(name="Gwen Governor", email="gwen@governors.example")


def asked(batch: PaymentBatch, gwen: Person, payers: Payers, **more: object):  # type: ignore[no-untyped-def]
    values = {"batch": batch, "person": gwen, "form": "csv", "at": AT, "actor": payers.marta, **more}
    return ask_to_release(**values)  # type: ignore[arg-type]


def test_opening_uses_nothing_up_and_releasing_does(batch, gwen, payers):
    token = new_release_link(request=asked(batch, gwen, payers), at=AT)
    assert "gwen" not in token.lower() and ReleaseLink.objects.get().digest == digest_of(token) != token
    for _ in range(3):
        assert request_by_link(token=token, at=AT).batch == batch
    sending = release_by_link(token=token, at=AT)
    batch.refresh_from_db()
    assert (batch.state, batch.released_by, sending.sent_by, sending.form) == ("sent", gwen, gwen, "csv")
    for again in (lambda: release_by_link(token=token, at=AT), lambda: request_by_link(token=token, at=AT)):
        with nothing_written(), pytest.raises(ReleaseLinkGone):
            again()
    assert PaymentSending.objects.count() == 1


def test_every_link_of_a_request_ends_with_its_answer_and_after_seven_days(batch, gwen, payers):
    request = asked(batch, gwen, payers)
    first, second = new_release_link(request=request, at=AT), new_release_link(request=request, at=AT)
    with nothing_written(), pytest.raises(ReleaseLinkGone):
        release_by_link(token=first, at=AT + WEEK)
    with pytest.raises(ReleaseLinkGone):
        request_by_link(token="unknown", at=AT)
    release_by_link(token=second, at=AT + WEEK - timedelta(seconds=1))
    with pytest.raises(ReleaseLinkGone):
        request_by_link(token=first, at=AT)
    with pytest.raises(NoReleaseLink):
        new_release_link(request=request, at=AT)


def test_who_declines_says_why_and_nothing_is_sent(batch, gwen, payers):
    token = new_release_link(request=asked(batch, gwen, payers), at=AT)
    with nothing_written(), pytest.raises(WrongInput):
        decline_by_link(token=token, reason=" ", at=AT)
    found = decline_by_link(token=token, reason="I do not know this payee", at=AT)
    batch.refresh_from_db()
    assert (batch.state, found.answer, found.reason) == ("approved", "declined", "I do not know this payee")
    with pytest.raises(ReleaseLinkGone):
        release_by_link(token=token, at=AT)
    payers.release(batch)
    batch.refresh_from_db()
    assert batch.state == "sent", "another person may release it still"


def test_the_person_is_the_third_by_record_and_by_address(batch, gwen, payers):
    people = {one: Person.objects.get(pk=getattr(payers, one).person_id) for one in ("priya", "marek", "marta")}
    for one in people.values():
        with nothing_written(), pytest.raises(SamePerson):
            asked(batch, one, payers)
    second = Person.objects.create(name="M Manager", email=people["marek"].email.upper())
    with nothing_written(), pytest.raises(SamePerson, match="is the address of somebody"):
        asked(batch, second, payers)


def test_a_manager_asks_one_person_with_an_address_about_an_approved_batch(batch, gwen, payers):
    with nothing_written(), pytest.raises(NotAllowed):
        asked(batch, gwen, payers, actor=payers.olive)
    nobody = Person.objects.create(name="No Address")
    with nothing_written(), pytest.raises(WrongInput, match="no e-mail address"):
        asked(batch, nobody, payers)
    with nothing_written(), pytest.raises(WrongInput, match="no payment file of the form telex"):
        asked(batch, gwen, payers, form="telex")
    request = asked(batch, gwen, payers)
    with nothing_written(), pytest.raises(ReleaseAsked):
        asked(batch, gwen, payers)
    token = new_release_link(request=request, at=AT)
    ask_no_longer(request=request, at=AT, actor=payers.marta)
    with pytest.raises(ReleaseLinkGone):
        release_by_link(token=token, at=AT)
    with nothing_written(), pytest.raises(BatchMoved):
        ask_no_longer(request=request, at=AT, actor=payers.marta)
    payers.release(batch)
    with nothing_written(), pytest.raises(BatchMoved):
        asked(batch, gwen, payers)


def test_what_is_refused_leaves_the_link_usable(batch, gwen, payers):
    token = new_release_link(request=asked(batch, gwen, payers), at=AT)
    hold_payments(source_key="h", provider=payers.ridgeway, reason="A query", on=TODAY, actor=payers.priya)
    with nothing_written(), pytest.raises(PayeeChanged, match="are held since"):
        release_by_link(token=token, at=AT)
    assert request_by_link(token=token, at=AT).batch == batch
