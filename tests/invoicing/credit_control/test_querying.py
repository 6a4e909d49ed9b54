"""One query on a section never holds the rest: who may ask, whose turn it is, how it ends, what is in query."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.db.models import ProtectedError

from invoicing.credit_control.models import InvoiceQuery, QueryLine, QueryMessage
from invoicing.credit_control.queries import in_query_by_item, queried_pence, queries_for, query_for, queryable_for
from invoicing.credit_control.services.queries import (
    AlreadyInQuery,
    NothingCredited,
    NotQueryable,
    QueryIsResolved,
    own_lines,
)
from invoicing.services import allocate, credit_invoice, open_query, resolve_query, write_message
from marketplace.core.actors import Role
from marketplace.core.errors import NotAllowed, NotFound, WrongInput
from marketplace.core.models import Event, EventText
from tests.invoicing.books import nothing_written, receive, refused, run_sql
from tests.invoicing.credit_control.conftest import ASKED, ISSUED, member

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ledger_holds")]
WORDS = "We had two days, not three.\nSee the visit record."


def asked(trust, organisation=None, lines=(), text=WORDS):  # type: ignore[no-untyped-def]
    organisation = organisation or trust.oakfield
    return open_query(
        document=trust.invoice, organisation=organisation, line_ids=lines, text=text, at=ASKED,
        actor=member(organisation),
    )  # fmt: skip


def test_a_school_queries_its_own_section_of_its_trusts_invoice(trust):
    query = asked(trust)
    assert (query.number, query.state, query.opened_on) == ("Q-000001", "open", ASKED.date())
    assert set(query.lines.values_list("line", flat=True)) == {trust.line(1), trust.line(2)}
    assert queried_pence([query]) == {query.pk: 17_000}
    assert in_query_by_item() == {trust.invoice.items.get().pk: 17_000}


def test_a_school_cannot_query_what_another_school_received(trust):
    elm_parks = own_lines(trust.invoice, trust.elm_park).get()
    with nothing_written(), pytest.raises(NotQueryable, match="not yours to query"):
        asked(trust, lines=[trust.line(1), elm_parks.pk])


def test_nobody_asks_for_an_organisation_that_is_not_theirs(trust):
    with nothing_written(), pytest.raises(NotAllowed):
        open_query(document=trust.invoice, organisation=trust.oakfield, text=WORDS, at=ASKED, actor=member(trust.elm_park))  # fmt: skip
    with pytest.raises(NotFound):
        queryable_for(member(trust.elm_park), trust.oakfield, trust.invoice.number)
    with pytest.raises(NotFound):
        queryable_for(member(trust.oakfield, Role.DELEGATE), trust.oakfield, trust.invoice.number)


def test_a_line_is_in_one_query_at_a_time_and_free_again_afterwards(trust, officer):
    first = asked(trust, lines=[trust.line(1)])
    with nothing_written(), pytest.raises(AlreadyInQuery, match="Q-000001"):
        asked(trust, trust.itself)
    asked(trust, trust.itself, lines=[trust.line(2), trust.line(3)])
    resolve_query(query=first, outcome="withdrawn", at=ASKED, actor=member(trust.oakfield))
    assert asked(trust, lines=[trust.line(1)]).number == "Q-000003"


def test_both_sides_take_turns_and_the_school_ends_it(trust, officer):
    query, school = asked(trust), member(trust.oakfield)
    assert write_message(query=query, text="The record says three.", at=ASKED, actor=officer).state == "answered"
    assert write_message(query=query, text="Whose record?", at=ASKED, actor=school).state == "open"
    write_message(query=query, text="Your head teacher's.", at=ASKED, actor=officer)
    ended = resolve_query(query=query, outcome="agreed", text="Found it.", at=ASKED + timedelta(days=3), actor=school)
    assert (ended.state, ended.outcome, ended.resolved_on) == ("resolved", "agreed", ASKED.date() + timedelta(days=3))
    said = QueryMessage.objects.order_by("pk").values_list("side", flat=True)
    assert list(said) == ["customer", "finance", "customer", "finance", "customer"]
    assert in_query_by_item() == {}
    with nothing_written(), pytest.raises(QueryIsResolved):
        write_message(query=query, text="One more thing.", at=ASKED, actor=school)


def test_resolved_as_credited_needs_a_credit_note_on_its_lines(trust, officer):
    query, item = asked(trust), trust.invoice.items.get()
    with nothing_written(), pytest.raises(NothingCredited):
        resolve_query(query=query, outcome="credited", at=ASKED, actor=officer)
    credit_invoice(invoice=trust.invoice, amounts={trust.line(1): 5_000}, reason="Two days", on=ASKED.date(), actor=officer)  # fmt: skip
    assert queried_pence([query]) == {query.pk: 11_000}  # £60.00 of £170.00 is credited
    assert in_query_by_item() == {item.pk: 11_000}
    assert resolve_query(query=query, outcome="credited", at=ASKED, actor=officer).outcome == "credited"


def test_in_query_is_never_more_than_what_is_still_owed(trust, actor):
    asked(trust, trust.itself)
    money = receive(trust.itself, 40_000, key="most", on=ISSUED)
    item = trust.invoice.items.get()
    allocate(source=money, to=item, pence=40_000, on=ISSUED, actor=actor)
    assert in_query_by_item() == {item.pk: 1_000}


def test_finance_cannot_withdraw_and_a_school_cannot_credit(trust, officer):
    query = asked(trust)
    for outcome, who in (("withdrawn", officer), ("credited", member(trust.oakfield)), ("lost", officer)):
        with pytest.raises(WrongInput, match="Outcome must be one of"):
            resolve_query(query=query, outcome=outcome, at=ASKED, actor=who)


def test_outsiders_do_not_know_of_a_query_and_the_invoiced_trust_reads_it(trust, officer):
    query = asked(trust)
    for who in (officer, member(trust.oakfield), member(trust.itself)):
        assert query_for(who, query.number) == query
    with pytest.raises(NotFound):
        query_for(member(trust.elm_park), query.number)
    assert not queries_for(member(trust.oakfield, Role.DELEGATE)).exists()
    with pytest.raises(NotAllowed):
        write_message(query=query, text="We agree.", at=ASKED, actor=member(trust.itself))


def test_what_is_written_stands_in_no_event(trust, officer):
    write_message(query=asked(trust), text="The record says three.", at=ASKED, actor=officer)
    kinds = Event.objects.filter(subject_kind="query")
    assert list(kinds.order_by("pk").values_list("kind", flat=True)) == ["query.opened", "query.answered"]
    assert not EventText.objects.filter(event__in=kinds).exists()
    assert not any("days" in str(event.payload) or "record" in str(event.payload) for event in kinds)


@pytest.mark.parametrize("text", ["", " \n ", "a\x07b", "x" * 2001])
def test_nothing_unreadable_is_kept(trust, text):
    with nothing_written(), pytest.raises(WrongInput):
        asked(trust, text=text)


def test_the_database_itself_refuses_a_move_that_is_not_legal(trust, officer):
    query = asked(trust)
    with refused("is never deleted"):
        run_sql("DELETE FROM invoicing_invoicequery")
    with refused("what was asked"):
        run_sql("UPDATE invoicing_invoicequery SET opened_on = opened_on - 1")
    with pytest.raises(ProtectedError), transaction.atomic():
        query.delete()
    resolve_query(query=query, outcome="agreed", at=ASKED, actor=officer)
    with refused("does not change any more"):
        run_sql("UPDATE invoicing_invoicequery SET state = 'open', outcome = '', resolved_on = NULL")
    assert not QueryLine.objects.filter(live=True).exists()
    assert InvoiceQuery.objects.get().state == "resolved"
