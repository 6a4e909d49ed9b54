"""Waivers: asked by a school for a reason, decided by somebody else. The course is on Wednesday 24 March 2027, £140.00."""

from datetime import date

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction

from catalogue.rules.facts import IncludedPlaces
from invoicing.documents.models import Document
from invoicing.receivables.models import Charge
from invoicing.services import run_billing
from marketplace.core.actors import Actor, Grant, Role
from marketplace.core.errors import NotAllowed, NotFound, WrongInput
from marketplace.core.file_kinds import WrongFile
from marketplace.core.files import open_file
from marketplace.core.models import Event, StoredFile
from marketplace.trading.models import Booking, Waiver
from marketplace.trading.services import (
    NothingToWaive,
    WaiverStands,
    ask_waiver,
    cancel_booking,
    charge_not_attended,
    decide_waiver,
    delete_evidence,
    waive,
)
from marketplace.trading.waiver_queries import waiver_for, waivers_for
from tests.catalogue.policies_of_the_field import POLICIES
from tests.conftest import finance
from tests.core import small_files
from tests.invoicing.books import run_sql
from tests.shop import person
from tests.trading.conftest import ON

pytestmark = pytest.mark.django_db
LATE, AFTER = date(2027, 3, 18), date(2027, 3, 25)


@pytest.fixture
def ora(partnership, actor):
    return person(partnership, actor, name="Ora Niser", role=Role.ORGANISER)


@pytest.fixture
def places(shop, school, sam, buying):
    """One included place and one at £140.00."""
    offer = shop.course("leaders", cancellation=POLICIES["four working days"])
    basket = buying.add(sam, school, offer, 2, run=shop.run(offer))
    order = buying.order(sam, basket, included={school.pk: IncludedPlaces("Gold", 1, 6)})
    return list(order.lines.get().bookings.select_related("run", "order_line"))


def test_asking_cancels_the_place_and_granting_gives_back_what_was_kept(places, sam, ora, partnership):
    run_billing(on=ON, actor=finance(partnership))
    place = places[1]
    waiver = ask_waiver(booking=place, reason="ofsted", on=LATE, actor=sam)
    place.refresh_from_db()
    assert (place.state, waiver.kept_pence, waiver.state) == (Booking.State.CANCELLED, 14000, "asked")
    assert not Document.objects.filter(kind="credit_note").exists()
    granted = decide_waiver(waiver=waiver, grant=True, answer="", on=LATE, actor=ora)
    assert (granted.state, granted.given_pence) == ("granted", 14000)
    note = Document.objects.get(kind="credit_note")
    assert (note.gross_pence, note.reason) == (14000, "What the cancellation policy kept was waived")
    call_command("verify_ledger")


def test_an_included_place_comes_back_and_its_fee_goes(places, sam, ora):
    place = places[0]
    waiver = ask_waiver(booking=place, reason="closure", on=LATE, actor=sam)
    assert waiver.kept_pence == 5000
    decide_waiver(waiver=waiver, grant=True, answer="We hope all is well.", on=LATE, actor=ora)
    place.refresh_from_db()
    assert place.place_returned
    assert Charge.objects.get(source_key=f"booking:{place.pk}:cancelled-fee").state == "cancelled"
    call_command("verify_ledger")


def test_refusing_needs_a_sentence_and_gives_nothing(places, sam, ora):
    waiver = ask_waiver(booking=places[1], reason="ofsted", on=LATE, actor=sam)
    with pytest.raises(WrongInput, match="Enter answer"):
        decide_waiver(waiver=waiver, grant=False, answer="", on=LATE, actor=ora)
    assert (
        decide_waiver(waiver=waiver, grant=False, answer="The visit was in May.", on=LATE, actor=ora).given_pence == 0
    )
    with pytest.raises(WaiverStands, match="refused already"):
        decide_waiver(waiver=waiver, grant=True, answer="", on=LATE, actor=ora)
    with pytest.raises(WaiverStands, match="refused"):
        ask_waiver(booking=places[1], reason="ofsted", on=LATE, actor=sam)
    assert Charge.objects.get().due_pence == 14000
    assert "May" not in str(list(Event.objects.filter(kind="waiver.refused").values()))


def test_whoever_asks_does_not_decide(places, sam, ora, partnership):
    waiver = ask_waiver(booking=places[1], reason="ofsted", on=LATE, actor=sam)
    both = Actor(sam.person_id, sam.user_id, sam.name, sam.grants | {Grant(Role.ORGANISER, partnership.pk)})
    for who in (sam, both, finance(partnership)):
        with pytest.raises(NotAllowed):
            decide_waiver(waiver=waiver, grant=True, answer="", on=LATE, actor=who)
    with pytest.raises(IntegrityError, match="waiver_decided_by_another"), transaction.atomic():
        Waiver.objects.filter(pk=waiver.pk).update(
            state="granted", decided_by_person=waiver.asked_by_person, decided_on=LATE
        )
    assert Charge.objects.get().due_pence == 14000


def test_the_policy_names_the_reasons(shop, school, sam, buying):
    offer = shop.course("heads", cancellation=POLICIES["by mode"])
    order = buying.order(sam, buying.add(sam, school, offer, 1, run=shop.run(offer)))
    [place] = order.lines.get().bookings.all()
    for reason in ("closure", "other", ""):
        with pytest.raises(WrongInput, match="Choose one of the reasons"):
            ask_waiver(booking=place, reason=reason, on=LATE, actor=sam)
    place.refresh_from_db()
    assert place.state == Booking.State.BOOKED and not Waiver.objects.exists()


def test_nothing_is_waived_where_nothing_was_kept_or_too_late(places, sam, ora):
    with pytest.raises(NothingToWaive, match="Nothing stays owed"):
        ask_waiver(booking=places[1], reason="ofsted", on=ON, actor=sam)
    places[1].refresh_from_db()
    assert places[1].state == Booking.State.BOOKED  # what was refused cancelled nothing
    with pytest.raises(NothingToWaive, match="within 28 days"):
        ask_waiver(booking=places[1], reason="ofsted", on=date(2027, 4, 22), actor=sam)
    with pytest.raises(NothingToWaive, match="still stands"):
        waive(booking=places[1], note="By telephone", on=LATE, actor=ora)


def test_a_fee_for_not_attending_is_waived_and_the_place_stays_used(places, sam, ora):
    place = places[0]
    charge_not_attended(booking=place, on=AFTER, actor=ora)
    waiver = ask_waiver(booking=place, reason="transport", on=AFTER, actor=sam)
    decide_waiver(waiver=waiver, grant=True, answer="", on=AFTER, actor=ora)
    place.refresh_from_db()
    assert (place.state, place.place_returned) == (Booking.State.BOOKED, False)
    assert Charge.objects.get(source_key=f"booking:{place.pk}:not-attended").due_pence == 0
    call_command("verify_ledger")


def test_an_organiser_waives_unasked_and_says_why(places, sam, ora):
    cancel_booking(booking=places[1], on=LATE, actor=sam)
    with pytest.raises(NotAllowed):
        waive(booking=places[1], note="My own", on=LATE, actor=sam)
    waiver = waive(booking=places[1], note="The head rang us", on=LATE, actor=ora)
    assert (waiver.state, waiver.given_pence, waiver.asked_by_person) == ("granted", 14000, None)
    with pytest.raises(WaiverStands):
        waive(booking=places[1], note="Twice", on=LATE, actor=ora)
    call_command("verify_ledger")


def test_evidence_is_for_organisers_and_goes_after_thirty_days(places, sam, ora, outsider):
    with pytest.raises(WrongFile):
        ask_waiver(booking=places[1], reason="ofsted", on=LATE, actor=sam, evidence=b"MZ", evidence_name="letter.exe")
    waiver = ask_waiver(
        booking=places[1], reason="ofsted", on=LATE, actor=sam, evidence=small_files.PDF, evidence_name="letter.pdf"
    )
    file = waiver.evidence_id
    for who in (sam, outsider):
        with pytest.raises(NotFound):
            open_file(file_id=file, actor=who)
    assert open_file(file_id=file, actor=ora).name == "letter.pdf"
    assert delete_evidence(on=date(2028, 1, 1), actor=ora) == 0  # not decided yet
    decide_waiver(waiver=waiver, grant=True, answer="", on=date(2027, 3, 20), actor=ora)
    assert delete_evidence(on=date(2027, 4, 18), actor=ora) == 0
    assert delete_evidence(on=date(2027, 4, 19), actor=ora) == 1
    waiver.refresh_from_db()
    assert (waiver.evidence_id, waiver.evidence_gone_on) == (None, date(2027, 4, 19))
    assert not StoredFile.objects.filter(pk=file).exists()


def test_waivers_are_seen_by_their_school_and_the_staff(places, sam, ora, outsider):
    waiver = ask_waiver(booking=places[1], reason="ofsted", on=LATE, actor=sam)
    assert waivers_for(sam).get() == waivers_for(ora).get() == waiver
    assert not waivers_for(outsider).exists()
    with pytest.raises(NotFound):
        waiver_for(outsider, waiver.pk)
    with pytest.raises(NotFound):
        ask_waiver(booking=places[0], reason="ofsted", on=LATE, actor=outsider)
    with pytest.raises(NotAllowed):
        ask_waiver(booking=places[0], reason="ofsted", on=LATE, actor=ora)


@pytest.mark.parametrize(
    "change",
    ["kept_pence = 1", "reason = 'illness'", "asked_by_person_id = NULL", "given_pence = 13999, state = 'granted'"],
)
def test_the_database_keeps_what_was_decided(places, sam, ora, change):
    waiver = ask_waiver(booking=places[1], reason="ofsted", on=LATE, actor=sam)
    decide_waiver(waiver=waiver, grant=True, answer="", on=LATE, actor=ora)
    with pytest.raises(IntegrityError, match=r"never changes|does not change"), transaction.atomic():
        run_sql(f"UPDATE trading_waiver SET {change}")
    with pytest.raises(IntegrityError, match="never deleted"), transaction.atomic():
        run_sql("DELETE FROM trading_waiver")
