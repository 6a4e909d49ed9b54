"""The pages of months: one person asks, another closes, what belongs there is dated later, the auditor reads."""

from datetime import date

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from invoicing.ledger.months import MonthClose
from invoicing.services import release_income
from marketplace.core import jobs
from marketplace.core.actors import Role
from marketplace.core.models import Job
from marketplace.core.periods import Period
from marketplace.organisations.models import Person
from marketplace.organisations.services.people import add_person, give_role
from tests.conftest import START
from tests.frontend.finance.test_finance_journals import text_of
from tests.invoicing.books import bill as issue
from tests.invoicing.books import receive

pytestmark = pytest.mark.django_db
SEPTEMBER, PAGE = date(2026, 9, 1), "/finance/months/2026-09"


@pytest.fixture(autouse=True)
def october(today):
    """Five days after September's end."""
    with time_machine.travel("2026-10-05 10:00:00+01:00", tick=True):
        yield


@pytest.fixture
def morgan(partnership, actor) -> Client:
    """Our finance manager."""
    person = add_person(name="Morgan Ellis", email="morgan@example.org", password=None, actor=actor)
    give_role(person=person, role=Role.FINANCE_MANAGER, organisation=partnership, valid_from=START, actor=actor)
    client = Client()
    client.force_login(person.user)
    return client


def do(client: Client, what: str, **more: str) -> str:
    return text_of(client.post(PAGE, {"do": what, **more}, follow=True))


def test_a_month_is_closed_and_opened_again_by_two_people(invoice, priya, morgan):
    assert "Ask to close September 2026" in text_of(priya.get(PAGE))
    told = do(priya, "ask_to_close")
    assert "You asked, so a finance manager who is not you closes it." in told
    assert 'value="close"' not in priya.get(PAGE).content.decode()
    told = do(morgan, "close")
    assert "September 2026 is closed. What belongs there is dated 1 October 2026 from now on." in told
    assert "Closed by Morgan Ellis on 5 October 2026." in told
    assert "Asked to close it" in told
    told = do(morgan, "ask_to_reopen", reason="A bill of September came late")
    assert "It stays closed until then." in told
    assert MonthClose.objects.get().state == "reopen_asked"
    assert morgan.post(PAGE, {"do": "reopen"}).status_code == 409
    assert "Taken back. September 2026 is closed as before." in do(priya, "withdraw")
    assert MonthClose.objects.get().state == "closed"
    do(priya, "ask_to_reopen", reason="A bill of September came late")
    assert "September 2026 is open again." in do(morgan, "reopen")


def test_a_journal_of_a_closed_month_says_on_which_day_it_was_posted(invoice, priya, morgan):
    do(priya, "ask_to_close")
    do(morgan, "close")
    lines = {"line_0_debit": "7400", "line_0_credit": "2450", "line_0_pence": "50.00", "rows": "6"}
    head = {"kind": "journal", "on": "30/9/26", "reason": "Fee of the auditors", "do": "submit"}
    priya.post("/finance/journals/new", {**head, **lines})
    told = morgan.post("/finance/journals/JNL-000001", {"do": "approve", "version": "1"}, follow=True)
    words = "JNL-000001 approved: £50.00 posted on 1 October 2026, since September 2026 is closed."
    assert words in text_of(told)


def test_the_balances_that_were_kept_are_shown_and_add_up(invoice, priya, morgan, edith):
    do(priya, "ask_to_close")
    do(morgan, "close")
    page = edith.get(PAGE)
    assert "Trial balance on 30 September 2026" in text_of(page)
    assert "Total £120.00 £120.00" in text_of(page)
    assert "/finance/ledger/accounts/1100?on=2026-09-30" in page.content.decode()
    file = edith.get(f"{PAGE}?format=csv").content.decode().splitlines()
    assert file[0].endswith("code,name,debit,credit") and len(file) == 1 + 3


def test_the_audit_file_of_a_closed_month_is_made_by_finance_and_had_by_the_auditor(invoice, priya, morgan, edith):
    assert "Make the audit file" not in text_of(priya.get(PAGE))
    refused = priya.post(PAGE, {"do": "audit_file"})
    assert refused.status_code == 409 and "is not closed: its figures can still change" in text_of(refused)
    do(priya, "ask_to_close")
    do(morgan, "close")
    assert "Make the audit file" not in text_of(edith.get(PAGE))
    assert edith.post(PAGE, {"do": "audit_file"}).status_code == 403
    assert "Make the audit file" in text_of(priya.get(PAGE))
    started = priya.post(PAGE, {"do": "audit_file"})
    assert priya.post(PAGE, {"do": "audit_file"})["Location"] == started["Location"]
    assert jobs.work_one()
    page = edith.get(PAGE)
    day = timezone.localdate(Job.objects.get().finished_at)  # by the database's clock
    assert f"The last was made on {day:%-d %B %Y}" in text_of(page) and started["Location"] in page.content.decode()
    assert "Download the file" in text_of(edith.get(started["Location"]))
    file = edith.get(f"{started['Location']}/file")
    assert file["Content-Disposition"] == 'attachment; filename="audit-2026-09.zip"' and file.content[:2] == b"PK"
    assert "/finance/ledger/income-and-expenditure?first=2026-09-01" in page.content.decode()


def test_what_stands_in_the_way_is_said_with_the_page_that_mends_it(charges, oakfield, priya, actor):
    charges(oakfield, 120_000, service=Period(SEPTEMBER, date(2027, 9, 1)), recognition="over_time")
    issue()
    page = priya.get(PAGE)
    assert "£100.00 of deferred income is due by 30 September 2026. Release it first." in text_of(page)
    assert "/finance/deferred-income?on=2026-09-30" in page.content.decode()
    assert "Ask to close" not in text_of(page)
    refused = priya.post(PAGE, {"do": "ask_to_close"})
    assert refused.status_code == 409
    assert not MonthClose.objects.exists()
    release_income(on=date(2026, 9, 30), actor=actor)
    assert "Nothing is left to do" in text_of(priya.get(PAGE))


def test_a_month_that_is_not_over_leads_to_what_can_be_released_today(charges, oakfield, priya):
    charges(oakfield, 120_000, service=Period(SEPTEMBER, date(2027, 9, 1)), recognition="over_time")
    issue()
    page = priya.get("/finance/months/2026-10").content.decode()
    assert "/finance/deferred-income?on=2026-10-05" in page
    assert priya.get("/finance/deferred-income?on=2026-10-05").status_code == 200


def test_months_close_in_order_and_a_month_that_runs_is_not_closed(invoice, priya, morgan, actor):
    do(priya, "ask_to_close")
    do(morgan, "close")
    running = priya.get("/finance/months/2026-10")
    assert "October 2026 is not over yet. It can be closed from 1 November 2026 on." in text_of(running)
    with time_machine.travel("2026-12-05 10:00:00+00:00", tick=True):
        priya.force_login(Person.objects.get(name="Priya Shah").user)  # the session of October has ended
        page = priya.get("/finance/months/2026-11")
        assert "Months close in order: October 2026 is the next to close. Open October 2026" in text_of(page)
        assert "Prepare to close October 2026" in text_of(priya.get("/finance/months"))


def test_the_list_says_where_each_month_stands(invoice, priya, morgan, edith):
    assert "No month is closed yet." in text_of(edith.get("/finance/months"))
    do(priya, "ask_to_close")
    do(morgan, "close")
    page = text_of(edith.get("/finance/months"))
    assert "The books are closed up to the end of September 2026. What belongs there is dated 1 October 2026" in page
    assert "October 2026 Not over 0 September 2026 Closed Priya Shah Morgan Ellis 5 Oct 2026 1 Total" in page
    file = edith.get("/finance/months?format=csv").content.decode().splitlines()
    assert file[2] == "2026-09,Closed,1,Priya Shah,Morgan Ellis,2026-10-05"


def test_an_entry_that_was_dated_later_says_so(oakfield, invoice, priya, morgan):
    before = receive(oakfield, 300, key="in-time", on=date(2026, 9, 20)).entry
    do(priya, "ask_to_close")
    do(morgan, "close")
    late = receive(oakfield, 700, key="late", on=date(2026, 9, 28)).entry
    words = "Dated 1 October 2026, the first open day"
    assert words in text_of(priya.get(f"/finance/ledger/entries/{late.pk}"))
    assert words not in text_of(priya.get(f"/finance/ledger/entries/{before.pk}"))


def test_the_auditor_reads_and_nobody_else_is_told(invoice, edith, amira, priya):
    assert edith.post(PAGE, {"do": "ask_to_close"}).status_code == 403
    assert "Ask to close" not in text_of(edith.get(PAGE))
    assert amira.get(PAGE).status_code == amira.get("/finance/months").status_code == 404
    for wrong in ("2026-13", "2031-01", "2026-9", "september"):
        assert priya.get(f"/finance/months/{wrong}").status_code == 404


def test_a_reason_is_asked_for_and_a_wrong_button_is_refused(invoice, priya, morgan):
    do(priya, "ask_to_close")
    do(morgan, "close")
    missing = priya.post(PAGE, {"do": "ask_to_reopen", "reason": ""})
    assert missing.status_code == 400
    assert "There is a problem" in text_of(missing)
    assert priya.post(PAGE, {"do": "burn"}).status_code == 400
    assert MonthClose.objects.get().state == "closed"
