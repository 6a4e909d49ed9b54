"""Funds: what may be spent from them, by whom, and what the database itself refuses."""

from datetime import date

import pytest
from django.core.management import call_command
from hypothesis import given, settings
from hypothesis import strategies as st

from invoicing.documents.models import Document
from invoicing.funds.queries import figures_of, figures_of_one, fund_for, fund_movements
from invoicing.funds.services import FundExists, FundNotEmpty, GrantTooLarge
from invoicing.journals.rules.lines import JournalLine, problems
from invoicing.journals.services.journals import JournalRefused
from invoicing.journals.services.purchases import PurchaseRefused
from invoicing.ledger.fund_room import FundOverspent, FundRefused
from invoicing.ledger.models import Fund, JournalEntry, Movement
from invoicing.ledger.posting import NewEntry, NewMovement, digest, post, reverse
from invoicing.ledger.rules import effect
from invoicing.receivables.models import Charge
from invoicing.services import (
    cancel_purchase,
    claim_grant,
    close_fund,
    credit_in_full,
    credit_invoice,
    open_fund,
    receive_grant,
    reopen_fund,
    set_aside,
    spend,
)
from marketplace.core.actors import Role
from marketplace.core.errors import NotAllowed, NotFound, WrongInput
from tests.conftest import finance
from tests.invoicing.books import balances, nothing_written, receive, refused, run_sql
from tests.invoicing.funds.granted import approved, bought, entered, granted, own_fund
from tests.invoicing.journals.beyond_sales import TODAY, prepared

pytestmark = pytest.mark.django_db
TYPES = {"1100": "asset", "2450": "liability", "3000": "equity", "3100": "equity", "4500": "income", "7400": "expense"}


def left(cast, fund=None) -> int:
    return figures_of_one(cast.edith, fund or cast.minds, on=TODAY).balance_pence


def test_what_is_spent_never_exceeds_what_was_received(cast):
    granted(cast.minds, cast.health, 100_000)
    bought(cast.minds, cast.supplier, 60_000, by=cast.priya, then=cast.morgan)
    with nothing_written(), pytest.raises(FundOverspent, match=r"Calm Minds has £400.00 left, so £400.01") as caught:
        post(entries=[_spending(cast.minds, 40_001)], actor=cast.priya)
    assert caught.value.facts["remaining"] == 40_000
    assert left(cast) == 40_000


def _spending(fund: Fund, pence: int, key: str = "x", **more: object) -> NewEntry:
    movement = NewMovement("7400", "2450", pence, fund=fund.pk)
    return NewEntry(kind="test", source_key=key, on=date(2026, 6, 1), narrative="", movements=[movement], **more)


def test_the_database_itself_refuses_an_overspent_fund_and_a_fund_on_no_side_or_on_both(cast):
    granted(cast.minds, cast.health, 10_000)
    for debit, credit, pence, words in [
        ("7400", "2450", 10_001, "fund MINDS would be overspent by 1 pence"),
        ("2450", "3000", 1, "fund MINDS stands on exactly one side"),
        ("7400", "4500", 1, "fund MINDS stands on exactly one side"),
    ]:
        with refused(words):
            _insert(debit, credit, pence, cast.minds.pk)
    with refused("funds set aside move with the fund"):
        _insert("3000", "3100", 1, None)
    with refused("there is no fund 0"):
        _insert("7400", "2450", 1, 0)


def _insert(debit: str, credit: str, pence: int, fund: int | None) -> None:
    entry = JournalEntry.objects.create(
        kind="test", source_key=f"{debit}:{credit}:{pence}:{fund}", issued_on=TODAY, tax_point=TODAY, posted_on=TODAY
    )
    Movement.objects.create(
        entry=entry, debit_account_id=debit, debit_control=False, credit_account_id=credit, credit_control=False,
        pence=pence, fund_id=fund,
    )  # fmt: skip


def test_the_digest_of_what_names_no_fund_is_what_it_always_was(cast):
    plain = NewEntry(
        "journal", "journal:1", date(2026, 9, 1), "Why", [NewMovement("7400", "2450", 5, analysis_code="A")]
    )
    assert digest(plain) == "af9501dd5704314c6c3bda949c122a2e78db92c3fd05d9997924c716d748f149"
    funded = plain._replace(movements=[plain.movements[0]._replace(fund=cast.minds.pk)])
    assert digest(funded) != digest(plain)


def test_a_credit_note_takes_the_grant_back_from_its_fund_and_only_what_is_left(cast):
    claim = granted(cast.minds, cast.health, 100_000)
    bought(cast.minds, cast.supplier, 60_000, by=cast.priya, then=cast.morgan)
    with pytest.raises(FundOverspent):
        credit_in_full(invoice=claim, reason="Programme ended", on=TODAY, actor=cast.morgan)
    assert Document.objects.count() == 1
    [line] = claim.lines.all()
    credit_invoice(invoice=claim, amounts={line.pk: 40_000}, reason="Programme ended", on=TODAY, actor=cast.morgan)
    assert left(cast) == 0
    call_command("verify_ledger")


def test_what_is_cancelled_or_reversed_is_the_funds_again(cast):
    granted(cast.minds, cast.health, 100_000)
    purchase = bought(cast.minds, cast.supplier, 100_000, by=cast.priya, then=cast.morgan)
    assert left(cast) == 0
    cancel_purchase(purchase=purchase, reason="Entered twice", on=TODAY, actor=cast.morgan)
    figures = figures_of_one(cast.edith, cast.minds, on=TODAY)
    assert (figures.received_pence, figures.spent_pence) == (100_000, 0)


def test_money_is_set_aside_by_two_people_and_what_comes_back_is_no_spending(cast):
    own = own_fund(cast.morgan)
    journal = set_aside(
        fund=own, pence=270_000, on=date(2026, 8, 31), reason="Peer review next year", today=TODAY, actor=cast.priya
    )
    assert left(cast, own) == 0
    approved(journal, cast.morgan)
    assert balances() == {"3000": 270_000, "3100": -270_000}
    journal.refresh_from_db()
    reverse(entry_id=journal.entry_id, on=TODAY, narrative="Not now", actor=cast.morgan)
    assert [(f.received_pence, f.spent_pence) for f in figures_of(cast.edith, on=TODAY, kind="designated")] == [(0, 0)]
    with pytest.raises(FundRefused, match="restricted by its funder"):
        set_aside(fund=cast.minds, pence=1, on=TODAY, reason="No", today=TODAY, actor=cast.priya)
    with pytest.raises(FundRefused, match="A grant needs a restricted fund"):
        _claim(cast, fund=own)


def _claim(cast, **more: object) -> Charge:
    given = {
        "fund": cast.minds, "payer": cast.health, "pence": 5_000, "on": date(2026, 5, 1), "description": "Grant",
        "source_key": "a", "actor": cast.priya, **more,
    }  # fmt: skip
    return claim_grant(**given)  # type: ignore[arg-type]


def test_a_grant_comes_from_the_funder_in_the_time_of_the_fund_and_once(cast, council, oakfield):
    with pytest.raises(
        WrongInput, match="Calm Minds is funded by Tideway Health Trust, not by Tidewell Borough Council"
    ):
        _claim(cast, payer=council)
    with pytest.raises(FundRefused, match="begins on 1 April 2026"):
        _claim(cast, on=date(2026, 3, 31))
    with pytest.raises(NotAllowed):
        _claim(cast, actor=finance(oakfield, Role.BUYER))
    assert _claim(cast) == _claim(cast)
    assert Charge.objects.get().fund == cast.minds


def test_nothing_is_spent_before_a_fund_begins_or_from_the_day_it_ends(cast):
    granted(cast.minds, cast.health, 100_000)
    for on, words in [(date(2026, 3, 31), "begins on 1 April 2026"), (date(2027, 4, 1), "ended before 1 April 2027")]:
        entry = _spending(cast.minds, 1, key=str(on))._replace(on=on)
        with pytest.raises(FundRefused, match=words):
            post(entries=[entry], actor=cast.priya)
    post(entries=[_spending(cast.minds, 1, key="last")._replace(on=date(2027, 3, 31))], actor=cast.priya)


def test_a_receipt_is_a_grant_once_and_for_no_more_than_is_left_of_it(cast):
    money = receive(cast.health, 9_000, key="bank:1")
    for pence in (0, 9_001):
        with nothing_written(), pytest.raises(GrantTooLarge, match=r"£90\.00 of this receipt"):
            receive_grant(fund=cast.minds, receipt=money, pence=pence, description="Grant", actor=cast.priya)
    receive_grant(fund=cast.minds, receipt=money, pence=4_000, description="Grant", actor=cast.priya)
    with pytest.raises(FundRefused, match="taken as a grant to Calm Minds already"):
        receive_grant(fund=cast.minds, receipt=money, pence=4_000, description="Grant", actor=cast.priya)
    assert left(cast) == 4_000
    call_command("verify_ledger")


def test_a_fund_is_closed_when_nothing_is_left_and_then_takes_nothing(cast):
    granted(cast.minds, cast.health, 5_000)
    with pytest.raises(FundNotEmpty, match=r"has £50.00 left"):
        close_fund(fund=cast.minds, on=TODAY, actor=cast.morgan)
    bought(cast.minds, cast.supplier, 5_000, by=cast.priya, then=cast.morgan)
    waiting = _claim(cast)
    with pytest.raises(FundNotEmpty, match="waits to be invoiced"):
        close_fund(fund=cast.minds, on=TODAY, actor=cast.morgan)
    run_sql(f"UPDATE invoicing_charge SET state = 'cancelled', reduced_pence = net_pence WHERE id = {waiting.pk}")
    with pytest.raises(NotAllowed):
        close_fund(fund=cast.minds, on=TODAY, actor=cast.priya)
    close_fund(fund=cast.minds, on=TODAY, actor=cast.morgan)
    with pytest.raises(FundRefused, match="was closed on 30 September 2026"):
        _claim(cast, source_key="b")
    with pytest.raises(PurchaseRefused):
        entered(cast.minds, cast.supplier, 1, by=cast.priya, number="HR-9")
    with refused("fund MINDS is closed"):
        _insert("2450", "4500", 1, cast.minds.pk)
    assert reopen_fund(fund=cast.minds, reason="Late credit", actor=cast.morgan).closed_on is None


def test_a_fund_keeps_what_it_is_known_by(cast):
    for statement in (
        "UPDATE invoicing_fund SET code = 'OTHER'",
        "UPDATE invoicing_fund SET kind = 'designated', funder_id = NULL",
        "DELETE FROM invoicing_fund",
        "TRUNCATE invoicing_fund CASCADE",
    ):
        run_sql("SET CONSTRAINTS ALL IMMEDIATE")
        with refused("the books name its funds for ever"):
            run_sql(statement)


def test_a_code_names_one_fund_and_only_a_manager_opens_one(cast):
    same = {
        "code": "MINDS", "name": "Again", "kind": Fund.Kind.RESTRICTED, "purpose": "Again", "funder": None,
        "starts_on": TODAY, "ends_on": None,
    }  # fmt: skip
    with pytest.raises(FundExists, match="There is a fund MINDS already"):
        open_fund(**same, actor=cast.morgan)
    with pytest.raises(NotAllowed, match="You may not open funds"):
        open_fund(**{**same, "code": "B"}, actor=cast.priya)
    with pytest.raises(WrongInput, match="has no funder"):
        open_fund(**{**same, "code": "C", "kind": Fund.Kind.DESIGNATED, "funder": cast.health}, actor=cast.morgan)
    with pytest.raises(WrongInput, match="letters, digits and hyphens"):
        open_fund(**{**same, "code": "a b"}, actor=cast.morgan)
    assert Fund.objects.count() == 1


def test_outsiders_are_told_nothing_of_funds(cast, oakfield):
    with pytest.raises(NotFound):
        fund_for(finance(oakfield, Role.BUYER), "MINDS")
    assert fund_for(cast.edith, "MINDS") == cast.minds
    assert fund_movements(cast.edith, cast.minds, on=TODAY) == []


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (JournalLine("3000", "3100", 5), "choose the fund, since account 3100 is on the line"),
        (JournalLine("7400", "2450", 5, fund="NONE"), "there is no open fund NONE"),
        (JournalLine("2450", "3000", 5, fund="MINDS"), "exactly one account of income, of costs or of funds set aside"),
    ],
)
def test_a_line_of_a_journal_names_a_fund_where_one_belongs(cast, line, says):
    with pytest.raises(JournalRefused) as caught:
        prepared(cast.priya, line)
    assert says in caught.value.detail[0]
    assert problems([JournalLine("7400", "2450", 5, fund="MINDS")], types=TYPES, streams=[], funds=["MINDS"]) == []


def test_a_journal_on_a_fund_waits_and_is_refused_at_its_approval_when_the_money_has_gone(cast):
    granted(cast.minds, cast.health, 5_000)
    journal = spend(
        fund=cast.minds, pence=5_000, cost_account="7400", against="2450", on=date(2026, 6, 1), reason="Days",
        today=TODAY, actor=cast.priya,
    )  # fmt: skip
    bought(cast.minds, cast.supplier, 1, by=cast.priya, then=cast.morgan)
    with pytest.raises(FundOverspent):
        approved(journal, cast.morgan)
    assert left(cast) == 4_999


@settings(max_examples=60, deadline=None)
@given(pence=st.integers(1, 10**12), debit=st.sampled_from(sorted(TYPES)), credit=st.sampled_from(sorted(TYPES)))
def test_a_movement_and_its_mirror_leave_a_fund_as_it_was(pence, debit, credit):
    there = effect(debit=debit, credit=credit, pence=pence, types=TYPES)
    back = effect(debit=credit, credit=debit, pence=pence, types=TYPES)
    assert (there is None) == (back is None)
    assert there is None or (there + (back or 0) == 0 and abs(there) == pence)
