"""A large invoice batch is a job: issued exactly as it was shown, with figures that add up, or not at all."""

import re
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from frontend.finance import batches
from invoicing.documents.models import Document
from invoicing.receivables import billing_job
from invoicing.receivables.billing import RunReport
from invoicing.receivables.models import Charge
from invoicing.services import amend_unbilled, propose
from marketplace.core import jobs
from marketplace.core.actors import Actor, Role
from marketplace.core.models import Event, Job
from marketplace.organisations.models import Organisation, RoleAssignment
from marketplace.organisations.services.people import end_role
from tests.conftest import Charges
from tests.frontend.finance.test_finance_batches import BATCH, ON, shown_on
from tests.frontend.school.visits import text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ledger_holds")]
HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def ordered(charges: Charges, oakfield: Organisation, monkeypatch: pytest.MonkeyPatch) -> list[Charge]:
    """Seven items, each to be invoiced alone; batches of more than three are too large for the request."""
    monkeypatch.setattr(batches, "AT_ONCE", 3)
    monkeypatch.setattr(billing_job, "CHUNK", 2)
    return [charges(oakfield, 10000, key=f"item:{n}", purchase_order=f"PO-{n}") for n in range(7)]


def start(priya: Client) -> Job:
    shown = shown_on(priya.get(BATCH, ON).content.decode())
    answer = priya.post(BATCH, {**ON, "shown": shown})
    job = Job.objects.get(state="queued")
    assert answer.status_code == 302 and answer["Location"] == page_of(job)
    return job


def page_of(job: Job) -> str:
    return reverse("job", kwargs={"number": job.number})


def test_a_large_batch_waits_for_a_worker_and_its_page_leads_to_the_invoices(
    priya: Client, ordered: list[Charge]
) -> None:
    job = start(priya)
    assert not Document.objects.exists()
    waiting = priya.get(page_of(job)).content.decode()
    assert "Issue 7 invoices dated 30 September 2026, £840.00" in waiting and "Waits for its turn" in waiting
    assert '<noscript><meta http-equiv="refresh" content="5"></noscript>' in waiting and "Priya Shah" in waiting
    assert jobs.work_one()
    page = priya.get(page_of(job))
    words = text_of(page)
    assert "All 7 invoices done." in words and "Issued 7 Left for the next batch 0 Done 7 invoices of 7" in words
    assert "£840.00, of which VAT £140.00" in words and "http-equiv" not in page.content.decode()
    numbers = list(Document.objects.order_by("pk").values_list("number", flat=True))
    link = reverse("finance-invoice-batch-done", kwargs={"first": numbers[0], "last": numbers[-1]})
    assert link in page.content.decode() and "7 invoices issued, £840.00" in text_of(priya.get(link))
    assert Job.objects.get().result["spans"] == [[numbers[0], numbers[-1]]]


def test_what_changed_before_the_worker_came_is_left_and_counted(
    priya: Client, ordered: list[Charge], charges: Charges, oakfield: Organisation, actor: Actor
) -> None:
    job = start(priya)
    amend_unbilled(source_key="item:2", purchase_order="PO-99", actor=actor)  # another invoice than the one shown
    amend_unbilled(source_key="item:3", held_reason="In query", actor=actor)
    charges(oakfield, 500, purchase_order="PO-4", key="late")  # joins the shown invoice of item 4
    charges(oakfield, 700, purchase_order="PO-new", key="new")  # would be an invoice of its own
    jobs.work_one()
    job.refresh_from_db()
    assert (job.state, job.done, job.total, job.accepted, job.refused) == ("done", 7, 7, 4, 3)
    assert sorted(Document.objects.values_list("purchase_order", flat=True)) == ["PO-0", "PO-1", "PO-5", "PO-6"]
    assert "Issued 4 Left for the next batch 3 Done 7 invoices of 7" in text_of(priya.get(page_of(job)))
    assert len(propose(on=date(2026, 9, 30)).invoices) == 3


def test_a_worker_that_dies_between_chunks_is_followed_by_one_that_issues_the_rest_once(
    priya: Client, ordered: list[Charge], monkeypatch: pytest.MonkeyPatch
) -> None:
    job, real, calls = start(priya), billing_job.run_billing, []

    class Killed(BaseException):
        """Nothing catches it, as nothing catches SIGKILL."""

    def dies(**given: Any) -> RunReport:
        calls.append(1)
        if len(calls) == 3:
            raise Killed
        return real(**given)

    monkeypatch.setattr(billing_job, "run_billing", dies)
    with pytest.raises(Killed):
        jobs.work_one()
    job.refresh_from_db()
    assert (job.state, job.done, Document.objects.count()) == ("running", 4, 4)
    Job.objects.update(heartbeat_at="2020-01-01T00:00Z")
    assert jobs.work_one()
    job.refresh_from_db()
    assert (job.state, job.accepted, job.refused, job.attempts) == ("done", 7, 0, 2)
    assert Document.objects.count() == 7 and job.result["gross_pence"] == 84000
    assert set(Charge.objects.values_list("state", flat=True)) == {"billed"}


def test_a_second_batch_is_refused_while_the_first_waits_and_is_led_to_it(
    priya: Client, ordered: list[Charge], charges: Charges, oakfield: Organisation
) -> None:
    job = start(priya)
    shown = shown_on(priya.get(BATCH, ON).content.decode())
    again = priya.post(BATCH, {**ON, "shown": shown})
    assert again.status_code == 409 and "The same work waits or runs already" in text_of(again)
    assert page_of(job) in again.content.decode() and Job.objects.count() == 1


def test_a_starter_who_lost_the_role_meanwhile_issues_nothing(
    priya: Client, ordered: list[Charge], actor: Actor
) -> None:
    job = start(priya)
    held = RoleAssignment.objects.get(role=Role.FINANCE_OFFICER.value)
    end_role(
        person=held.person, role=Role.FINANCE_OFFICER, organisation=held.organisation, on=date(2026, 9, 1), actor=actor
    )
    jobs.work_one()
    job.refresh_from_db()
    assert job.state == "failed" and "You may not issue invoices" in job.error
    assert not Document.objects.exists()


def test_a_starter_whose_sign_in_was_closed_issues_nothing(
    priya: Client, ordered: list[Charge], priya_acts: Actor
) -> None:
    job = start(priya)
    from marketplace.core.models import User

    User.objects.filter(pk=priya_acts.user_id).update(is_active=False)
    jobs.work_one()
    job.refresh_from_db()
    assert job.state == "failed" and "can no longer sign in" in job.error and not Document.objects.exists()


def test_a_small_batch_is_issued_at_once_by_its_own_job(
    priya: Client, charges: Charges, oakfield: Organisation
) -> None:
    charges(oakfield, 10000)
    shown = shown_on(priya.get(BATCH, ON).content.decode())
    done = priya.post(BATCH, {**ON, "shown": shown}, follow=True)
    assert "1 invoice issued, £120.00" in text_of(done)
    job = Job.objects.get()
    assert (job.state, job.accepted, job.kind) == ("done", 1, "billing_run")
    assert Event.objects.filter(kind="job.finished", subject=str(job.number)).count() == 1


def test_numbers_of_chunks_that_follow_one_another_are_one_span() -> None:
    issued = billing_job.Issued()
    for numbers in (["INV-000001", "INV-000002"], [], ["INV-000003"], ["INV-000007"]):
        issued.add(RunReport(on=date(2026, 9, 1), numbers=numbers, net_pence=100, vat_pence=20))
    assert issued.spans == [["INV-000001", "INV-000003"], ["INV-000007", "INV-000007"]]
    assert (issued.count, issued.net_pence, issued.vat_pence) == (4, 400, 80)


def test_the_page_polls_by_script_and_asks_for_the_whole_page_at_the_end(priya: Client, ordered: list[Charge]) -> None:
    job = start(priya)
    whole = priya.get(page_of(job)).content.decode()
    assert 'hx-trigger="every 2s"' in whole and 'aria-live="polite"' in whole
    Job.objects.update(state="running", claim=job.number, done=4, total=7)
    part = priya.get(f"{page_of(job)}?said=Begun", **HTMX).content.decode()
    assert "<html" not in part and "4 of 7 invoices done." in part and 'max="7" value="4"' in part
    assert re.search(r'id="job-said" hx-swap-oob="innerHTML">Half done: 4 of 7', part)
    assert "job-said" not in priya.get(f"{page_of(job)}?said=Half done", **HTMX).content.decode()
    Job.objects.update(state="failed", claim=None, error="There is no paper left.")
    ended = priya.get(page_of(job), **HTMX)
    assert ended["HX-Refresh"] == "true" and ended.content == b""
