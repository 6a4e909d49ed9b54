"""A ticket goes to and fro; its clocks run and stand; whoever it does not concern sees nothing."""

from datetime import date, time
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from marketplace.core.errors import NotAllowed, NotFound, WrongInput
from marketplace.core.file_kinds import WrongFile
from marketplace.core.files import open_file
from marketplace.core.models import Event, StoredFile
from marketplace.organisations.models import Person
from subscriptions.desk.clocks import due_moments, took
from subscriptions.desk.queries import messages_of, services_of
from subscriptions.desk.services.answering import TooLateToReopen
from subscriptions.desk.services.writing import ERASED_WORDS, TicketIsClosed, Upload
from subscriptions.desk.terms import HoursInThePast, desk_terms
from subscriptions.models import Ticket, TicketMessage
from subscriptions.queries import ticket_for, tickets_for
from subscriptions.services import (
    assign_ticket,
    close_resolved,
    close_ticket,
    forget_tickets,
    reopen_ticket,
    reply,
    resolve_ticket,
    set_desk_hours,
    write_note,
)
from tests.shop import buyer
from tests.subscriptions.desk.conftest import MONDAY, asked, at, on

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ledger_holds")]


def now(ticket: Ticket) -> Ticket:
    return Ticket.objects.get(pk=ticket.pk)


def moments(ticket: Ticket) -> tuple[object, object]:
    found = now(ticket)
    return found.response_due_at, found.fix_due_at


def test_a_ticket_freezes_what_its_service_promises_and_starts_its_clocks(ticket, payroll):
    assert (ticket.number, ticket.state, ticket.service) == ("TK-000001", "open", "Payroll")
    assert (ticket.response_minutes, ticket.fix_minutes, ticket.credit_percent) == (60, 480, Decimal(10))
    assert moments(ticket) == (at(10), on(16, 9))
    assert Event.objects.filter(kind="ticket.opened", subject=ticket.number).count() == 1


def test_what_no_service_covers_is_answered_and_promises_nothing(oakfield, desk_hours, sam):
    loose = asked(oakfield, None, sam)
    assert (loose.response_minutes, loose.credit_percent, moments(loose)) == (None, 0, (None, None))


def test_an_urgency_that_the_service_promises_nothing_for_has_no_clock(oakfield, payroll, sam):
    assert moments(asked(oakfield, payroll, sam, priority="P1")) == (None, None)
    with pytest.raises(WrongInput, match="P1, P2, P3, P4"):
        asked(oakfield, payroll, sam, priority="P9")


def test_without_hours_of_its_own_the_desk_keeps_the_default(oakfield, partnership, sam, actor):
    assert desk_terms().words(MONDAY) == "8:30am to 4:30pm, Monday to Friday"


def test_the_first_word_of_the_desk_is_its_answer(ticket, olga):
    reply(ticket=ticket, text="We look at it.", at=at(9, 30), actor=olga)
    reply(ticket=ticket, text="Still looking.", at=at(11), actor=olga)
    found = now(ticket)
    assert (found.state, found.responded_at, found.missed.count()) == ("open", at(9, 30), 0)


def test_asking_the_school_stops_the_clock_until_it_answers(ticket, olga, sam):
    reply(ticket=ticket, text="Which month?", ask=True, at=at(9, 30), actor=olga)
    assert (now(ticket).state, moments(ticket)[1]) == ("with_school", None)
    reply(ticket=ticket, text="June.", at=at(15), actor=sam)
    found = now(ticket)
    assert (found.state, found.fix_due_at) == ("open", on(16, 14, 30))
    assert took(found, at(16)) == 90
    assert due_moments(found) == (found.response_due_at, found.fix_due_at)


def test_a_school_does_not_stop_the_clock_itself(ticket, sam):
    with pytest.raises(WrongInput, match="service desk waits"):
        reply(ticket=ticket, text="Take your time.", ask=True, at=at(10), actor=sam)
    assert now(ticket).fix_due_at == on(16, 9)


def test_a_note_of_the_desk_is_not_the_school_s_to_read(ticket, olga, sam):
    write_note(ticket=ticket, text="The supplier knows.", at=at(9, 10), actor=olga)
    assert now(ticket).responded_at is None
    assert len(messages_of(ticket, olga)) == 2
    assert [one.text for one in messages_of(ticket, sam)] == ["Nobody gets theirs."]
    with pytest.raises(NotAllowed):
        write_note(ticket=ticket, text="Mine", at=at(9, 10), actor=sam)


def test_resolved_it_is_over_and_the_school_may_open_it_again_for_ten_working_days(ticket, olga, sam):
    resolve_ticket(ticket=ticket, text="Mended.", at=at(12), actor=olga)
    found = now(ticket)
    assert (found.state, found.responded_at, found.resolved_at) == ("resolved", at(12), at(12))
    with pytest.raises(TicketIsClosed):
        reply(ticket=ticket, text="Thanks", at=at(13), actor=sam)
    reopen_ticket(ticket=ticket, text="Not for everybody.", at=on(17, 9), actor=sam)
    found = now(ticket)
    assert (found.state, found.resolved_at, found.fix_due_at) == ("reopened", None, on(17, 14))
    resolve_ticket(ticket=ticket, text="Now it is.", at=on(17, 10), actor=olga)
    with pytest.raises(TooLateToReopen):
        reopen_ticket(ticket=ticket, text="Again", at=at(9, day=date(2026, 7, 2)), actor=sam)
    assert now(ticket).state == "resolved"


def test_resolved_long_enough_ago_it_closes_by_itself(ticket, olga, actor):
    resolve_ticket(ticket=ticket, text="Mended.", at=at(12), actor=olga)
    assert close_resolved(at=at(12, day=date(2026, 6, 29)), actor=actor) == 0
    assert close_resolved(at=at(12, day=date(2026, 6, 30)), actor=actor) == 1
    assert now(ticket).state == "closed"


def test_the_school_may_close_what_it_no_longer_needs(ticket, sam):
    close_ticket(ticket=ticket, text="It works again.", at=at(9, 20), actor=sam)
    found = now(ticket)
    assert (found.state, found.closed_at, found.fix_due_at, found.missed.count()) == ("closed", at(9, 20), None, 0)
    with pytest.raises(TicketIsClosed):
        close_ticket(ticket=ticket, at=at(10), actor=sam)


def test_another_school_meets_no_ticket_and_may_not_write(ticket, council):
    outsider = buyer(council)
    assert not tickets_for(outsider).exists()
    with pytest.raises(NotFound):
        ticket_for(outsider, ticket.number)
    with pytest.raises(NotAllowed):
        reply(ticket=ticket, text="Hello", at=at(10), actor=outsider)
    assert TicketMessage.objects.count() == 1


def test_help_is_asked_for_one_s_own_services_alone(oakfield, council, payroll, sam):
    with pytest.raises(NotAllowed):
        asked(council, None, sam)
    with pytest.raises(WrongInput, match="services that the organisation has"):
        asked(council, payroll, buyer(council))
    assert list(services_of([oakfield], MONDAY)) == [payroll]
    assert not services_of([council], MONDAY).exists()
    assert not Ticket.objects.exists()


def test_a_ticket_is_given_to_people_of_the_desk_alone(ticket, olga, sam, fay):
    people = {one.name: one for one in Person.objects.all()}
    assert assign_ticket(ticket=ticket, person=people["Fay Finance"], at=at(9), actor=olga).assignee.name == fay.name
    with pytest.raises(WrongInput):
        assign_ticket(ticket=ticket, person=people["Sam Buyer"], at=at(9), actor=olga)
    with pytest.raises(NotAllowed):
        assign_ticket(ticket=ticket, person=None, at=at(9), actor=sam)


def test_files_are_checked_by_content_and_seen_by_both_sides_unless_internal(ticket, olga, sam, council):
    reply(ticket=ticket, text="See this", at=at(9), actor=sam, files=[Upload(b"a,b\n1,2\n", "pay.csv")])
    with pytest.raises(WrongFile):
        reply(ticket=ticket, text="And this", at=at(9), actor=sam, files=[Upload(b"MZ\x90\x00", "pay.pdf")])
    write_note(ticket=ticket, text="Ours", at=at(9), actor=olga, files=[Upload(b"c,d\n3,4\n", "ours.csv")])
    theirs, ours = StoredFile.objects.order_by("pk")
    for who, file in ((sam, theirs), (olga, theirs), (olga, ours)):
        assert open_file(file_id=file.pk, actor=who).size
    for who, file in ((sam, ours), (buyer(council), theirs)):
        with pytest.raises(NotFound):
            open_file(file_id=file.pk, actor=who)


def test_after_two_years_the_words_are_gone_and_the_figures_stay(ticket, sam, actor):
    reply(ticket=ticket, text="See", at=at(9), actor=sam, files=[Upload(b"a,b\n1,2\n", "pay.csv")])
    close_ticket(ticket=ticket, at=at(10), actor=sam)
    assert forget_tickets(on=date(2028, 6, 15), actor=actor) == 0
    assert (forget_tickets(on=date(2028, 6, 16), actor=actor), forget_tickets(on=date(2028, 6, 16), actor=actor)) == (
        1,
        0,
    )
    found = now(ticket)
    assert (found.subject, found.service, found.opened_at) == ("Erased", "Payroll", at(9))
    assert {one.text for one in found.messages.all()} == {ERASED_WORDS}
    assert not StoredFile.objects.exists()


def test_hours_are_set_from_a_day_to_come_by_those_who_may(partnership, olga, sam):
    given = {"weekdays": [0, 1], "opens": time(9), "closes": time(17), "on": MONDAY}
    with pytest.raises(HoursInThePast):
        set_desk_hours(**given, valid_from=MONDAY, actor=olga)
    with pytest.raises(NotAllowed):
        set_desk_hours(**given, valid_from=date(2026, 7, 1), actor=sam)
    set_desk_hours(**given, valid_from=date(2026, 7, 1), actor=olga)
    assert desk_terms().words(MONDAY) == "8:30am to 4:30pm, Monday to Friday"
    assert desk_terms().words(date(2026, 7, 1)) == "9am to 5pm, Monday to Tuesday"


def test_the_database_refuses_an_illegal_move_and_a_second_open_pause(ticket):
    with pytest.raises(IntegrityError, match="no legal move"), transaction.atomic():
        Ticket.objects.filter(pk=ticket.pk).update(state="reopened")
    with pytest.raises(IntegrityError, match="ticket_resolved_iff_dated"), transaction.atomic():
        Ticket.objects.filter(pk=ticket.pk).update(state="resolved")
    ticket.pauses.create(why="with_school", started_at=at(9))
    with pytest.raises(IntegrityError, match="ticket_pause_one_open"), transaction.atomic():
        ticket.pauses.create(why="resolved", started_at=at(9))
    ticket.pauses.all().delete()
