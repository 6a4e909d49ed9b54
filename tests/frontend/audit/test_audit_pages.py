"""The pages of the event log: who opens them, what they say, the proof, erasing, and verifying."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from frontend.audit import seals
from invoicing.receivables.charges import amend_unbilled
from marketplace.core.events import record
from marketplace.core.models import Event, EventText, Job
from marketplace.core.sealing import seal_all
from marketplace.organisations.services.registry import set_terms

pytestmark = pytest.mark.django_db
LOG_PAGES = ["audit-events", "audit-seals"]


def page(client: Client, name: str, query: str = "", **keys: object) -> str:
    response = client.get(reverse(name, kwargs=keys) + query)
    assert response.status_code == 200, response.status_code
    return response.content.decode()


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


@pytest.mark.parametrize("name", LOG_PAGES)
def test_finance_the_auditor_and_the_administrator_read_the_log_and_nobody_else(name, priya, edith, ada, amira) -> None:
    for reader in (priya, edith, ada):
        page(reader, name)
    assert amira.get(reverse(name)).status_code == 404
    assert Client().get(reverse(name)).status_code == 302


def test_an_event_of_another_organisation_does_not_exist_for_a_buyer(amira, invoice) -> None:
    assert amira.get(reverse("audit-event", kwargs={"pk": Event.objects.latest("pk").pk})).status_code == 404


def test_the_list_says_who_did_what_for_whom(edith, invoice) -> None:
    said = words(page(edith, "audit-events", "?kind=invoice.issued"))
    assert f"Invoice {invoice.number} was issued" in said and "Oakfield Primary School" in said
    assert "What happened: Invoice … was issued" in said and "1 event" in said


def test_filters_narrow_and_say_when_nothing_is_left(edith, invoice, oakfield, actor) -> None:
    assert "1 event" in words(page(edith, "audit-events", f"?subject={invoice.number}&kind=invoice.issued"))
    assert "No events match" in page(edith, "audit-events", "?organisation=Nowhere")
    assert "No events match" in page(edith, "audit-events", "?person=Nobody")
    assert "No events match" in page(edith, "audit-events", "?until=1/1/20")
    assert "1 event " not in words(page(edith, "audit-events", f"?organisation={oakfield.number}"))
    response = edith.get(reverse("audit-events") + "?since=31/2/27")
    assert response.status_code == 400 and "must be a real date" in response.content.decode()


def test_a_file_of_the_list_is_text_to_a_spreadsheet(edith, actor, partnership) -> None:
    record(kind="test.odd", subject_kind="test", subject="=1+1", organisation_ids=[], payload={}, actor=actor)
    response = edith.get(reverse("audit-events") + "?subject=%3D1%2B1&format=csv")
    body = response.content.decode()
    assert response["Content-Type"].startswith("text/csv")
    assert "'=1+1" in body and ",=1+1" not in body


def test_the_list_takes_the_same_queries_for_5_and_for_50_rows(edith, actor, oakfield, council) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            page(edith, "audit-events")
        return len(captured)

    page(edith, "audit-events")
    few = queries()
    for number in range(60):
        record(
            kind="test.written", subject_kind="test", subject=str(number), payload={}, actor=actor,
            organisation_ids=[oakfield.pk, council.pk],
        )  # fmt: skip
    assert queries() == few <= 12


def test_an_event_shows_before_beside_after_and_its_proof(edith, charges, oakfield, actor) -> None:
    charges(oakfield, 5000, key="to-amend", purchase_order="PO-1")
    amend_unbilled(source_key="to-amend", purchase_order="PO-2", held_reason="Asked by Mr Example", actor=actor)
    changed = Event.objects.get(kind="charge.amended")
    assert "Not sealed yet" in page(edith, "audit-event", pk=changed.pk)
    seal_all()
    said = words(page(edith, "audit-event", pk=changed.pk))
    assert "Purchase order PO-1 PO-2" in said and "Held reason No Yes" in said
    assert "Asked by Mr Example" in said and "Mr Example" not in str(changed.payload)
    assert "its facts give it" in said and "the steps lead to it" in said and changed.hash in said


def test_a_tampered_event_says_so_on_its_page(edith, invoice) -> None:
    seal_all()
    issued = Event.objects.get(kind="invoice.issued")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("""UPDATE core_event SET payload = '{"gross_pence": 1}' WHERE id = %s""", [issued.pk])
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")
    assert "This event is not what was written" in page(edith, "audit-event", pk=issued.pk)
    answer = edith.post(reverse("audit-seals"))
    assert "The log does not hold: 1 thing not as written" in words(answer.content.decode())


def test_terms_show_what_they_were(edith, oakfield, actor) -> None:
    set_terms(organisation=oakfield, actor=actor, payment_days=14)
    set_terms(organisation=oakfield, actor=actor, payment_days=30)
    said = words(page(edith, "audit-event", pk=Event.objects.filter(kind="terms.changed").latest("pk").pk))
    assert "Payment days 14 30" in said


def test_the_administrator_alone_erases_what_was_written(ada, edith, actor, partnership) -> None:
    kept = record(
        kind="test.written", subject_kind="test", subject="1", organisation_ids=[], payload={}, actor=actor,
        text={"reason": "Seen with Mrs Example"},
    )  # fmt: skip
    where = reverse("audit-event", kwargs={"pk": kept.pk})
    assert "Erase for good" not in page(edith, "audit-event", pk=kept.pk)
    assert edith.post(where, {"reason": "asked"}).status_code == 403
    assert ada.post(where, {}).status_code == 400 and EventText.objects.count() == 1
    assert ada.post(where, {"reason": "asked"}).status_code == 302
    said = words(page(edith, "audit-event", pk=kept.pk))
    assert "Erased on 30 September 2026" in said and "The person asked for it" in said and "Mrs Example" not in said


def test_the_auditor_verifies_and_is_told(edith, priya, invoice) -> None:
    [seal] = seal_all()
    where = reverse("audit-seals")
    assert priya.post(where).status_code == 403 and "Verify now" not in page(priya, "audit-seals")
    said = words(edith.post(where).content.decode())
    assert "The log holds" in said and "in 1 seal" in said
    kept = {"day": "30/9/26", "hash": seal.hash}
    assert "The log holds" in edith.post(where, kept).content.decode()
    told = words(edith.post(where, {**kept, "hash": "0" * 64}).content.decode())
    assert "The log does not hold" in told and f"The anchor of 30 September 2026 was {'0' * 64}" in told
    refused = edith.post(where, {"first": "2", "last": "1", "hash": "abc"})
    assert refused.status_code == 400
    assert "must not come before" in refused.content.decode() and "must be 64 digits" in refused.content.decode()


def test_a_long_log_is_verified_by_a_job(edith, invoice, monkeypatch) -> None:
    from marketplace.core.jobs import work_one

    seal_all()
    monkeypatch.setattr(seals, "AT_ONCE", 0)
    response = edith.post(reverse("audit-seals"))
    job = Job.objects.get(kind="verify_log")
    assert response.status_code == 302 and str(job.number) in response["Location"]
    assert work_one()
    job.refresh_from_db()
    assert (job.state, job.result["found"], job.accepted, job.refused) == ("done", 0, 1, 0)
    assert job.result["events"] > 0 and "All 1 seal done" in page(edith, "job", number=job.number)


def test_a_school_reads_its_own_history_and_no_other(amira, invoice, oakfield, council, actor) -> None:
    record(
        kind="test.written", subject_kind="test", subject="1", organisation_ids=[council.pk], payload={}, actor=actor,
    )  # fmt: skip
    where = reverse("school-history", kwargs={"kind": "customer", "code": oakfield.number})
    said = words(amira.get(where).content.decode())
    assert f"Invoice {invoice.number} was issued" in said and "Gross £120.00" in said and "test.written" not in said
    other = reverse("school-history", kwargs={"kind": "customer", "code": council.number})
    assert amira.get(other).status_code == 404
    assert Client().get(where).status_code == 302
