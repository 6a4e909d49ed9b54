"""Scenario 20: maintained schools are settled by a journal of their council, the academy by transfer, in one batch."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

import pytest

from invoicing.council_journals.queries import file_lines
from invoicing.credit_control.rules.reminding import JOURNAL
from invoicing.credit_control.services.late import NothingToClaim
from invoicing.documents.models import Document
from invoicing.ledger.models import LedgerAccount
from invoicing.receivables.models import ReceivableItem
from invoicing.services import (
    allocate,
    claim_late_payment,
    confirm_council_journal,
    load_reference_rate,
    prepare_council_journal,
    propose_council_journal,
    propose_reminders,
    record_council_receipt,
    run_billing,
    seed_reminder_levels,
    send_council_journal,
    set_late_payment,
)
from marketplace.core.actors import Role
from tests.conftest import EXEMPT, STANDARD, finance
from tests.invoicing.books import balances, receive
from tests.invoicing.council_journals.maintained import ISSUED, build_maintained

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ledger_holds")]


@dataclass(frozen=True)
class Story:
    """Pence. What each school is charged as (CFR code, net, VAT rule), and what comes of it."""

    fernhill: tuple[tuple[str, int, object], ...]
    marlbrook: tuple[tuple[str, int, object], ...]
    academy: int
    rows: list[tuple[str, str, int, int, int]]
    paid_itself: int
    confirmed: int


# As described: two schools on the file, one with two codes; the council posts all of it.
DESCRIBED = Story(
    fernhill=(("E22", 100_000, STANDARD), ("E19", 45_000, EXEMPT)),
    marlbrook=(("E22", 62_500, STANDARD),),
    academy=80_000,
    rows=[
        ("FH1044", "E19", 45_000, 0, 45_000),
        ("FH1044", "E22", 100_000, 20_000, 120_000),
        ("MB2001", "E22", 62_500, 12_500, 75_000),
    ],
    paid_itself=0,
    confirmed=240_000,
)
# Our own: pence that do not divide, and Marlbrook pays £33.33 by card before the council posts the journal.
OUR_OWN = Story(
    fernhill=(("E27", 33_333, STANDARD), ("E27", 11_111, EXEMPT), ("E02", 7, STANDARD)),
    marlbrook=(("E28", 19_999, STANDARD),),
    academy=1,
    rows=[
        ("FH1044", "E02", 7, 1, 8),
        ("FH1044", "E27", 44_444, 6_667, 51_111),
        ("MB2001", "E28", 19_999, 4_000, 23_999),
    ],
    paid_itself=3_333,
    confirmed=71_785,
)


@pytest.mark.parametrize("story", [DESCRIBED, OUR_OWN], ids=["as described", "our own"])
def test_one_batch_settled_in_two_ways(partnership, council, charges, actor, story):
    world = build_maintained(ours=partnership, council=council, charges=charges, actor=actor)
    manager = finance(partnership, Role.FINANCE_MANAGER, 9002)
    for school, lines in ((world.fernhill, story.fernhill), (world.marlbrook, story.marlbrook)):
        for code, net, vat in lines:
            charges(school, net, vat=vat, cfr_code=code, on=ISSUED)
    charges(world.academy, story.academy, on=ISSUED)

    # One batch: every school gets the company's VAT invoice, whoever settles it.
    run_billing(on=ISSUED, actor=world.officer)
    invoices = Document.objects.order_by("number")
    assert {one.customer for one in invoices} == {world.fernhill, world.marlbrook, world.academy}
    assert all(one.seller["name"] == partnership.name and one.vat_pence >= 0 for one in invoices)

    # Long after the due date the academy is reminded and the schools of the journal are not; no interest either.
    seed_reminder_levels()
    late = ISSUED + timedelta(days=75)
    load_reference_rate(half_from=date(2026, 7, 1), rate=Decimal("0.0375"), actor=manager)
    set_late_payment(from_on=ISSUED, claims=True, actor=manager)
    by_journal = {world.fernhill.pk, world.marlbrook.pk}
    reminders = propose_reminders(on=late)
    assert by_journal.isdisjoint(one.customer_id for one in reminders.reminders)
    assert {one.customer_id for one in reminders.left_out if one.reason == JOURNAL} == by_journal
    for item in ReceivableItem.objects.filter(organisation__in=by_journal).select_related("document", "organisation"):
        with pytest.raises(NothingToClaim):
            claim_late_payment(item=item, on=late, actor=world.officer)

    # The file: a row for each cost centre and CFR code, to the penny.
    shown = propose_council_journal(authority=council, on=late, actor=world.officer)
    assert not shown.held
    journal = prepare_council_journal(authority=council, on=late, expected_pence=shown.gross_pence, actor=world.officer)
    rows = [(r.cost_centre, r.cfr_code, r.net_pence, r.vat_pence, r.gross_pence) for r in file_lines(journal)]
    assert rows == story.rows and journal.gross_pence == sum(row[-1] for row in rows)
    journal = send_council_journal(journal=journal, on=late, actor=world.officer)

    if story.paid_itself:
        card = receive(world.marlbrook, story.paid_itself, key="card", on=late)
        item = ReceivableItem.objects.select_related("document").get(organisation=world.marlbrook)
        allocate(source=card, to=item, pence=story.paid_itself, on=late, actor=world.officer)
    journal = confirm_council_journal(journal=journal, reference="GL 4471", on=late, actor=world.payments)
    assert (journal.confirmed_pence, journal.dropped_pence) == (story.confirmed, story.paid_itself)
    left = ReceivableItem.objects.filter(outstanding_pence__gt=0)
    assert [one.organisation for one in left] == [world.academy]
    assert balances()["1150"] == story.confirmed

    # The academy pays by transfer, the council pays its journal over: nothing is owed by anybody.
    transfer = receive(world.academy, left[0].outstanding_pence, key="academy", on=late)
    allocate(source=transfer, to=left[0], pence=transfer.pence, on=late, actor=world.officer)
    bank = LedgerAccount.objects.get(pk="1000")
    for part in (story.confirmed // 3, story.confirmed - story.confirmed // 3):
        record_council_receipt(
            journal=journal, pence=part, received_on=late, reference="BACS", bank_account=bank, actor=world.officer
        )
    assert {"1100", "1150", "2100"}.isdisjoint(balances())
    assert not propose_reminders(on=late + timedelta(days=90)).reminders
