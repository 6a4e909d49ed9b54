"""Prepared, sent, confirmed, received: nothing is settled twice, and what is not settled is still owed."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from invoicing.council_journals.models import CouncilJournal, CouncilJournalItem, CouncilJournalLine
from invoicing.council_journals.queries import council_journal_for, council_journals_for, file_lines
from invoicing.council_journals.services.preparing import (
    CouncilJournalNotInState,
    CouncilJournalOutdated,
    NothingToSettle,
    ProposalChanged,
)
from invoicing.council_journals.services.receiving import CouncilReceiptUndone, ReceivedTooMuch
from invoicing.documents.models import Document
from invoicing.ledger.models import LedgerAccount
from invoicing.receivables.models import ReceivableItem, UnallocatedItem
from invoicing.services import (
    allocate,
    confirm_council_journal,
    credit_invoice,
    open_query,
    prepare_council_journal,
    prepare_refund,
    propose_council_journal,
    record_council_receipt,
    reverse_receipt,
    send_council_journal,
    undo_allocation,
    undo_council_receipt,
    withdraw_council_journal,
)
from marketplace.core.actors import Actor, Role
from marketplace.core.errors import NotAllowed, NotFound, WrongInput
from marketplace.core.models import Event
from marketplace.core.periods import Period
from marketplace.organisations.models import Organisation
from marketplace.organisations.services.registry import add_organisation, set_terms
from tests.conftest import START, finance
from tests.invoicing.books import balances, bill, nothing_written, receive, refused, run_sql
from tests.invoicing.council_journals.maintained import ISSUED, TODAY, Maintained
from tests.shop import person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ledger_holds")]
LATER = TODAY + timedelta(days=7)


def bank() -> LedgerAccount:
    return LedgerAccount.objects.get(pk="1000")


def open_pence(organisation: Organisation) -> int:
    return sum(ReceivableItem.objects.filter(organisation=organisation).values_list("outstanding_pence", flat=True))


def item_of(organisation: Organisation) -> ReceivableItem:
    return ReceivableItem.objects.select_related("document").get(organisation=organisation)


def received(journal: CouncilJournal, pence: int, by: Actor, on: date = TODAY):  # type: ignore[no-untyped-def]
    return record_council_receipt(
        journal=journal, pence=pence, received_on=on, reference="BACS", bank_account=bank(), actor=by
    )


def test_a_journal_holds_the_maintained_schools_and_leaves_out_the_academy(world: Maintained) -> None:
    world.invoiced()
    found = propose_council_journal(authority=world.council, on=TODAY, actor=world.officer)
    assert (found.schools, found.net_pence, found.vat_pence, found.gross_pence) == (2, 18_000, 3_000, 21_000)
    [held] = found.held
    assert held.item.organisation == world.without_centre and held.words.startswith("No cost centre. Ask")
    assert found.held_pence == 2_400


def test_the_file_charges_each_cost_centre_under_its_codes(world: Maintained) -> None:
    world.invoiced()
    made = world.prepared()
    assert (made.number, made.state, made.gross_pence) == ("CJ-000001", "draft", 21_000)
    lines = [(one.cost_centre, one.cfr_code, one.net_pence, one.vat_pence, one.gross_pence) for one in file_lines(made)]
    assert lines == [
        ("FH1044", "E19", 3_000, 0, 3_000),
        ("FH1044", "E22", 10_000, 2_000, 12_000),
        ("MB2001", "E22", 5_000, 1_000, 6_000),
    ]
    assert {one.settled_pence for one in file_lines(made)} == {None}


def test_confirming_settles_the_schools_and_the_council_owes_the_money(world: Maintained) -> None:
    world.invoiced()
    done = world.confirmed()
    assert (done.state, done.confirmed_pence, done.dropped_pence, done.left_pence) == ("confirmed", 21_000, 0, 21_000)
    assert (open_pence(world.fernhill), open_pence(world.marlbrook)) == (0, 0)
    assert (open_pence(world.without_centre), open_pence(world.academy)) == (2_400, 2_400)
    assert (balances()["1150"], balances()["1100"], balances().get("2100", 0)) == (21_000, 4_800, 0)
    assert done.on_account is not None and done.on_account.kind == UnallocatedItem.Kind.JOURNAL
    assert [one.settled_pence for one in file_lines(done)] == [3_000, 12_000, 6_000]


def test_the_money_comes_in_parts_and_never_more_than_was_confirmed(world: Maintained) -> None:
    world.invoiced()
    done = world.confirmed()
    first = received(done, 20_000, world.officer)
    done.refresh_from_db()
    assert (done.left_pence, balances()["1150"], balances()["1000"]) == (1_000, 1_000, 20_000)
    with nothing_written(), pytest.raises(ReceivedTooMuch, match=r"Only £10.00 of CJ-000001 is still to come"):
        received(done, 1_001, world.officer)
    received(done, 1_000, world.officer)
    assert "1150" not in balances()
    undo_council_receipt(receipt=first, reason="Another council's", on=LATER, actor=world.officer)
    with pytest.raises(CouncilReceiptUndone):
        undo_council_receipt(receipt=first, reason="Again", on=LATER, actor=world.officer)
    done.refresh_from_db()
    assert (done.left_pence, balances()["1150"], balances()["1000"]) == (20_000, 20_000, 1_000)


def test_what_was_paid_meanwhile_drops_out_and_is_said(world: Maintained) -> None:
    world.invoiced()
    sent = world.sent()
    own = receive(world.fernhill, 5_000, key="paid itself", on=TODAY)
    allocate(source=own, to=item_of(world.fernhill), pence=5_000, on=TODAY, actor=world.officer)
    done = confirm_council_journal(journal=sent, reference="GL 1", on=TODAY, actor=world.payments)
    assert (done.gross_pence, done.confirmed_pence, done.dropped_pence) == (21_000, 16_000, 5_000)
    assert open_pence(world.fernhill) == 0 and balances()["1150"] == 16_000
    # The £100.00 that it settled of Fernhill's £150.00: a fifth and four fifths.
    assert [one.settled_pence for one in file_lines(done)] == [2_000, 8_000, 6_000]
    event = Event.objects.get(kind="council_journal.confirmed")
    assert (event.payload["pence"], event.payload["dropped_pence"]) == (16_000, 5_000)


def test_a_journal_of_which_everything_was_paid_meanwhile_is_not_confirmed(world: Maintained) -> None:
    world.charges(world.fernhill, 1_000, on=ISSUED)
    bill(ISSUED, world.actor)
    sent = world.sent()
    own = receive(world.fernhill, 1_200, key="paid itself", on=TODAY)
    allocate(source=own, to=item_of(world.fernhill), pence=1_200, on=TODAY, actor=world.officer)
    with nothing_written(), pytest.raises(NothingToSettle, match="Withdraw it"):
        confirm_council_journal(journal=sent, reference="GL 1", on=TODAY, actor=world.payments)


def test_a_draft_on_which_something_changed_is_not_sent(world: Maintained) -> None:
    world.invoiced()
    draft = world.prepared()
    line = item_of(world.marlbrook).document.lines.get()
    credit_invoice(
        invoice=line.document, amounts={line.pk: 1_000}, reason="Less", on=TODAY, actor=finance(world.council)
    )
    with pytest.raises(CouncilJournalOutdated, match=r"changed since CJ-000001 was prepared. Withdraw it"):
        send_council_journal(journal=draft, on=TODAY, actor=world.officer)
    withdraw_council_journal(journal=draft, reason="Out of date", on=TODAY, actor=world.officer)
    assert world.prepared().gross_pence == 21_000 - 1_200


def test_an_invoice_is_on_one_live_journal_and_free_again_once_it_is_withdrawn(world: Maintained) -> None:
    world.invoiced()
    sent = world.sent()
    with pytest.raises(NothingToSettle, match="is ready for a journal"):
        prepare_council_journal(authority=world.council, on=TODAY, expected_pence=0, actor=world.officer)
    part = sent.items.order_by("pk").first()
    with pytest.raises(IntegrityError, match="council_journal_item_live_once"), transaction.atomic():
        other = CouncilJournal.objects.create(
            number="CJ-9", authority=world.council, prepared_on=TODAY, net_pence=1, vat_pence=0, gross_pence=1
        )
        CouncilJournalItem.objects.create(journal=other, item_id=part.item_id, cost_centre="X", pence=1)
    with pytest.raises(WrongInput, match="Enter reason"):
        withdraw_council_journal(journal=sent, reason=" ", on=TODAY, actor=world.officer)
    withdraw_council_journal(journal=sent, reason="The council's year is closed", on=TODAY, actor=world.officer)
    assert world.prepared().number == "CJ-000002"


def test_only_legal_moves_each_once(world: Maintained) -> None:
    world.invoiced()
    draft = world.prepared()
    with pytest.raises(CouncilJournalNotInState, match="CJ-000001 is a draft, so you cannot confirm it"):
        confirm_council_journal(journal=draft, reference="GL", on=TODAY, actor=world.officer)
    sent = send_council_journal(journal=draft, on=TODAY, actor=world.officer)
    with pytest.raises(CouncilJournalNotInState, match="is with the council, so you cannot send it"):
        send_council_journal(journal=draft, on=TODAY, actor=world.officer)
    with pytest.raises(WrongInput, match="on or after 30 September 2026"):
        confirm_council_journal(journal=sent, reference="GL", on=ISSUED, actor=world.officer)
    with pytest.raises(CouncilJournalNotInState):
        received(sent, 100, world.officer)
    confirm_council_journal(journal=sent, reference="GL", on=TODAY, actor=world.officer)
    with nothing_written(), pytest.raises(CouncilJournalNotInState, match="is confirmed by the council"):
        confirm_council_journal(journal=sent, reference="GL", on=TODAY, actor=world.payments)
    with pytest.raises(CouncilJournalNotInState):
        withdraw_council_journal(journal=sent, reason="Late", on=TODAY, actor=world.officer)


def test_what_was_looked_at_is_what_is_prepared(world: Maintained) -> None:
    world.invoiced()
    with nothing_written(), pytest.raises(ProposalChanged, match=r"comes to £210.00, not £200.00"):
        prepare_council_journal(authority=world.council, on=TODAY, expected_pence=20_000, actor=world.officer)


def test_an_invoice_in_query_waits_and_the_others_go(world: Maintained) -> None:
    world.invoiced()
    document = item_of(world.marlbrook).document
    open_query(
        document=document, organisation=world.marlbrook, line_ids=[document.lines.get().pk], text="We never had it",
        at=document.lines.get().document.entry.written_at, actor=world.actor,
    )  # fmt: skip
    found = propose_council_journal(authority=world.council, on=TODAY, actor=world.officer)
    assert [one.item.organisation.name for one in found.items] == ["Fernhill Primary School"]
    assert any("In query" in one.words for one in found.held)


def test_of_an_invoice_in_instalments_only_what_is_due_goes(world: Maintained) -> None:
    year = Period.months_from(ISSUED, 12)
    world.charges(world.fernhill, 120_000, on=ISSUED, instalments=12, service=year, cfr_code="E22")
    bill(ISSUED, world.actor)
    on = date(2026, 11, 15)
    due = ReceivableItem.objects.filter(organisation=world.fernhill, due_on__lte=on)
    found = propose_council_journal(authority=world.council, on=on, actor=world.officer)
    assert 0 < found.gross_pence == sum(one.outstanding_pence for one in due) < 144_000


def test_another_council_and_a_school_see_nothing(world: Maintained) -> None:
    world.invoiced()
    draft = world.prepared()
    elsewhere = add_organisation(
        kind=Organisation.Kind.AUTHORITY, name="Westmere County Council", valid_from=START, actor=world.actor
    )
    other = person(elsewhere, world.actor, name="Wendy West", role=Role.COUNCIL_PAYMENTS, on=TODAY)
    buyer = person(world.fernhill, world.actor, name="Sam Buyer", on=TODAY)
    assert not council_journals_for(world.payments).exists()  # a draft is ours
    sent = send_council_journal(journal=draft, on=TODAY, actor=world.officer)
    assert council_journal_for(world.payments, sent.number) == sent
    for outsider in (other, buyer):
        with pytest.raises(NotFound):
            council_journal_for(outsider, sent.number)
        with nothing_written(), pytest.raises(NotFound):
            confirm_council_journal(journal=sent, reference="GL", on=TODAY, actor=outsider)
    for verb in (
        lambda: propose_council_journal(authority=world.council, on=TODAY, actor=world.payments),
        lambda: withdraw_council_journal(journal=sent, reason="No", on=TODAY, actor=world.payments),
        lambda: received(sent, 1, world.payments),
    ):
        with pytest.raises(NotAllowed):
            verb()


def test_what_a_journal_settled_is_no_receipt_to_take_back_or_refund(world: Maintained) -> None:
    world.invoiced()
    source = world.confirmed().on_account
    assert source is not None
    with pytest.raises(WrongInput, match="council journal, not a receipt"):
        reverse_receipt(item=source, on=TODAY, reason="Wrong", actor=world.officer)
    wrong = source.allocations.order_by("pk").first()
    undo_allocation(allocation=wrong, on=TODAY, reason="Wrong school", actor=world.officer)
    source.refresh_from_db()
    with pytest.raises(WrongInput, match="Set it against their invoices"):
        prepare_refund(source=source, pence=1, reason="No money came", actor=world.officer)
    # What is open again goes on the next journal.
    assert propose_council_journal(authority=world.council, on=TODAY, actor=world.officer).gross_pence == wrong.pence


def test_a_school_that_turns_academy_is_held_with_what_to_do(world: Maintained) -> None:
    world.invoiced()
    set_terms(organisation=world.academy, actor=world.officer, settlement="council_journal", cost_centre="AA1")
    found = propose_council_journal(authority=world.council, on=TODAY, actor=world.officer)
    assert "Change how it pays on its terms" in {one.item.organisation: one.words for one in found.held}[world.academy]


def test_the_database_itself_keeps_what_was_prepared(world: Maintained) -> None:
    world.invoiced()
    sent = world.sent()
    with refused("does not change"):
        CouncilJournal.objects.filter(pk=sent.pk).update(vat_pence=0, net_pence=21_000)
    with refused("is no legal move"):
        CouncilJournal.objects.filter(pk=sent.pk).update(state="draft", sent_on=None)
    with refused("stays on its journal"):
        sent.items.update(pence=1)
    with refused("nothing is added to it"):
        CouncilJournalLine.objects.create(
            part=sent.items.order_by("pk").first(), cfr_code="E99", net_pence=1, vat_pence=0, gross_pence=1
        )
    with refused("it is kept"):
        run_sql("DELETE FROM invoicing_counciljournal")


def test_the_vat_invoices_are_the_companys_as_ever(world: Maintained) -> None:
    world.invoiced()
    before = list(Document.objects.order_by("number").values_list("number", "content_hash", "seller__name"))
    world.confirmed()
    assert list(Document.objects.order_by("number").values_list("number", "content_hash", "seller__name")) == before
    assert {seller for _, _, seller in before} == {"Tidewell Schools Partnership"} and len(before) == 4
