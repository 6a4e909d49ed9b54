"""VAT returns: what stands in one, locking by two people, and what comes late."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from invoicing.ledger.models import JournalEntry
from invoicing.services import (
    approve_journal,
    approve_purchase,
    credit_invoice,
    lock_vat_return,
    prepare_vat_return,
    record_vat_return_sent,
    run_billing,
    set_recovery_rate,
    set_vat_facts,
    withdraw_vat_return,
)
from invoicing.vat.treatment import VatTreatment
from invoicing.vat_returns.models import VatReturn, VatReturnEntry
from invoicing.vat_returns.queries import entries_of, next_period, vat_return_for
from invoicing.vat_returns.reckoning import figures_of
from invoicing.vat_returns.verbs import OwnVatReturn, VatReturnMoved, VatReturnRefused
from marketplace.core.actors import Actor, Role
from marketplace.core.errors import NotAllowed, NotFound, WrongInput
from tests.conftest import EXEMPT, OUTSIDE, ZERO
from tests.invoicing.books import balances, bill, nothing_written, refused, run_sql
from tests.invoicing.journals.beyond_sales import bought, finance_person, line, purchase, submitted, supplier_of
from tests.shop import person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ledger_holds")]
JULY, SEPTEMBER, OCTOBER, DECEMBER = date(2026, 7, 1), date(2026, 9, 1), date(2026, 10, 1), date(2026, 12, 1)
AT = datetime(2026, 10, 5, 9, 0, tzinfo=UTC)
LATER = date(2026, 10, 5)
GRANT = VatTreatment("O", Decimal(0), "a grant, not a supply")


@pytest.fixture
def priya(partnership, actor) -> Actor:
    return finance_person(partnership, "Priya Shah", Role.FINANCE_OFFICER, actor)


@pytest.fixture
def morgan(partnership, actor) -> Actor:
    return finance_person(partnership, "Morgan Ellis", Role.FINANCE_MANAGER, actor)


@pytest.fixture
def registered(partnership, actor, morgan):
    set_vat_facts(
        organisation=partnership, valid_from=date(2020, 4, 1), registered=True, eligible_body=True,
        private_school=False, abroad=False, evidence="VAT registration certificate", actor=morgan,
    )  # fmt: skip


@pytest.fixture
def traded(oakfield, charges, actor, priya, morgan, registered):
    """September: £100.00 at 20%, £40.00 exempt, £10.00 at nought, £70.00 of grants; rent of £2,000.00, 63% comes back."""
    for pence, vat in ((10_000, {}), (4_000, {"vat": EXEMPT}), (1_000, {"vat": ZERO}), (7_000, {"vat": GRANT})):
        charges(oakfield, pence, **vat)
    set_recovery_rate(valid_from=date(2026, 4, 1), rate=Decimal("0.63"), actor=morgan)
    rent = purchase(priya, supplier_of(actor), bought("Rent", 200_000, "residual"), bought("Tea", 500, "non_business"))
    approve_purchase(purchase=rent, version=rent.version, actor=morgan)
    return bill()


def made(by: Actor, start: date = JULY, end: date = OCTOBER) -> VatReturn:
    return prepare_vat_return(start=start, end=end, at=AT, actor=by)


def lock(found: VatReturn, by: Actor, net: int, on: date = LATER) -> VatReturn:
    return lock_vat_return(found=found, net_vat_pence=net, on=on, at=AT, actor=by)


def numbers(found: VatReturn, actor: Actor) -> list[int]:
    return [box.amount for box in figures_of(found, actor).boxes]


NET = 2_000 - 25_200


def test_the_boxes_before_and_after_locking(traded, priya, morgan):
    found = made(priya)
    nine = [2_000, 0, 2_000, 25_200, 23_200, 150, 2_000, 0, 0]
    assert numbers(found, priya) == nine
    before = balances()
    locked = lock(found, morgan, NET)
    assert locked.state == "locked" and numbers(locked, priya) == nine
    after = balances()
    assert (before["2200"], before["2210"]) == (-2_000, 25_200)
    assert "2200" not in after and "2210" not in after and after["2220"] == 23_200
    entry = JournalEntry.objects.get(pk=locked.entry_id)
    assert (entry.kind, entry.posted_on) == ("vat_return", date(2026, 9, 30))
    assert sorted((row.kind, row.sales_vat, row.purchases_vat) for row in entries_of(priya, locked)) == [
        ("invoice", 2_000, 0), ("purchase", 0, 25_200),
    ]  # fmt: skip
    parts = {(part.box, part.category): part for part in figures_of(locked, priya).parts}
    assert [(key, part.pence, part.counts) for key, part in parts.items()] == [
        ((6, "E"), 4_000, True), ((6, "O"), 7_000, False), ((6, "S"), 10_000, True), ((6, "Z"), 1_000, True),
        ((7, "non_business"), 500, False), ((7, "residual"), 200_000, True),
    ]  # fmt: skip
    sent = record_vat_return_sent(found=locked, sent_on=LATER, receipt="0123 4567 8901", on=LATER, actor=priya)
    assert (sent.state, sent.receipt) == ("sent", "0123 4567 8901")


def test_what_comes_late_stands_in_the_next_return_as_a_correction(traded, oakfield, charges, priya, morgan, actor):
    locked = lock(made(priya), morgan, NET)
    charges(oakfield, 30_000)
    run_billing(on=SEPTEMBER, actor=actor)  # dated into the period that was locked
    charges(oakfield, 5_000, on=OCTOBER)
    run_billing(on=OCTOBER, actor=actor)
    [invoice] = [one for one in traded if one.vat_pence]
    first = invoice.lines.get(vat_category="S")
    credit_invoice(invoice=invoice, amounts={first.pk: 1_000}, reason="Too dear", on=OCTOBER, actor=actor)
    assert numbers(locked, priya)[0] == 2_000
    found = made(priya, OCTOBER, date(2027, 1, 1))
    figures = figures_of(found, priya)
    assert [box.amount for box in figures.boxes][:7] == [6_800, 0, 6_800, 0, 6_800, 340, 0]
    assert figures.corrections == 6_000
    [standard] = [part for part in figures.parts if part.box == 6]
    assert (standard.pence, standard.late) == (34_000, 30_000)
    lock(found, morgan, 6_800, on=date(2027, 1, 4))
    assert VatReturnEntry.objects.filter(vat_return=found).count() == 3
    assert balances()["2220"] == 23_200 - 6_800


def test_paying_hmrc_and_what_was_taken_over_are_no_vat_of_a_return(traded, priya, morgan):
    """What stood on the accounts before is moved to HMRC's account by a journal, and is in no box."""
    moved = submitted(priya, line(debit="2220", credit="2200", pence=900), on=date(2026, 9, 2))
    approve_journal(journal=moved, version=moved.version, actor=morgan)
    assert numbers(made(priya), priya)[0] == 2_000


def test_a_journal_by_hand_on_vat_is_in_its_box(traded, priya, morgan):
    annual = submitted(priya, line(debit="2210", credit="7900", pence=300), on=date(2026, 9, 2))
    approve_journal(journal=annual, version=annual.version, actor=morgan)
    assert numbers(made(priya), priya)[3] == 25_500


class TestRefused:
    def test_locking_ones_own(self, traded, morgan):
        found = made(morgan)
        with nothing_written(), pytest.raises(OwnVatReturn):
            lock(found, morgan, NET)

    def test_locking_by_an_officer(self, traded, priya, morgan):
        found = made(morgan)
        with nothing_written(), pytest.raises(NotAllowed):
            lock(found, priya, NET)

    def test_locking_what_changed_since_it_was_looked_at(self, traded, priya, morgan):
        found = made(priya)
        with nothing_written(), pytest.raises(VatReturnMoved, match=r"was −£231.00 and is −£232.00"):
            lock(found, morgan, -23_100)

    def test_locking_while_nobody_said_what_counts(self, traded, oakfield, charges, priya, morgan):
        charges(oakfield, 100, vat=OUTSIDE)
        bill()
        found = made(priya)
        with nothing_written(), pytest.raises(VatReturnRefused, match="O Grant: not a supply"):
            lock(found, morgan, NET)

    def test_locking_before_the_period_is_over(self, traded, priya, morgan):
        found = made(priya, SEPTEMBER, DECEMBER)
        with nothing_written(), pytest.raises(VatReturnRefused, match="not over yet"):
            lock(found, morgan, NET)

    def test_a_gap_after_the_last(self, traded, priya, morgan):
        lock(made(priya), morgan, NET)
        with nothing_written(), pytest.raises(WrongInput, match="begins on 1 October 2026"):
            made(priya, date(2026, 11, 1), DECEMBER)

    def test_two_for_the_same_months(self, traded, priya):
        made(priya)
        with nothing_written(), pytest.raises(VatReturnRefused, match="Another return"):
            made(priya, SEPTEMBER, DECEMBER)

    def test_where_we_are_not_registered(self, partnership, priya, morgan):
        set_vat_facts(
            organisation=partnership, valid_from=date(2020, 4, 1), registered=False, eligible_body=False,
            private_school=False, abroad=False, evidence="Below the threshold", actor=morgan,
        )  # fmt: skip
        with nothing_written(), pytest.raises(VatReturnRefused, match="not registered"):
            made(priya)

    def test_sending_before_it_is_locked_or_on_a_day_to_come(self, traded, priya, morgan):
        found = made(priya)
        with nothing_written(), pytest.raises(VatReturnMoved):
            record_vat_return_sent(found=found, sent_on=LATER, receipt="1", on=LATER, actor=priya)
        lock(found, morgan, NET)
        for day in (date(2026, 9, 30), date(2026, 10, 6)):
            with nothing_written(), pytest.raises(WrongInput, match="1 October 2026"):
                record_vat_return_sent(found=found, sent_on=day, receipt="1", on=LATER, actor=priya)

    def test_reading_by_outsiders(self, traded, oakfield, actor, priya):
        made(priya)
        outsider = person(oakfield, actor, name="Somebody", role=Role.BUYER)
        with pytest.raises(NotFound):
            vat_return_for(outsider, "2026-09")

    @pytest.mark.parametrize(
        ("statement", "words"),
        [
            ("UPDATE invoicing_vatreturn SET sales_vat_pence = 1", "no legal move"),
            ("UPDATE invoicing_vatreturn SET state = 'prepared'", "no legal move"),
            ("DELETE FROM invoicing_vatreturn", "kept"),
            ("DELETE FROM invoicing_vatreturnentry", "never changed or deleted"),
            ("UPDATE invoicing_vatreturnpart SET pence = 0", "never changed or deleted"),
        ],
    )
    def test_by_the_database(self, traded, priya, morgan, statement, words):
        lock(made(priya), morgan, NET)
        with refused(words):
            run_sql(statement)


def test_withdrawn_another_can_be_prepared(traded, priya, morgan):
    withdraw_vat_return(found=made(priya), actor=morgan)
    assert made(morgan).state == "prepared"


def test_the_next_period_is_as_long_as_the_last(traded, priya, morgan):
    assert next_period(today=LATER)[:2] == (JULY, OCTOBER)
    lock(made(priya, SEPTEMBER, OCTOBER), morgan, NET)
    assert next_period(today=LATER) == (OCTOBER, date(2026, 11, 1), True)


def test_without_vat_nothing_is_posted(oakfield, charges, registered, priya, morgan):
    charges(oakfield, 4_000, vat=EXEMPT)
    bill()
    locked = lock(made(priya), morgan, 0)
    assert locked.entry_id is None and numbers(locked, priya) == [0, 0, 0, 0, 0, 40, 0, 0, 0]
