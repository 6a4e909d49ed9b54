"""Finance's page of deferred income, its release, the schedule on an invoice, and a credit by the days of a service."""

import re
from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client

from frontend.finance import recognition
from invoicing.documents.models import Document
from invoicing.recognition.models import Deferral
from invoicing.services import release_income
from marketplace.core.actors import Actor
from marketplace.core.models import Job
from marketplace.core.periods import Period
from marketplace.organisations.models import Organisation
from tests.conftest import Charges
from tests.invoicing.books import balances, nothing_written

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ledger_holds")]
PAGE = "/finance/deferred-income"
YEAR = Period(date(2026, 7, 1), date(2027, 7, 1))


@pytest.fixture
def invoice(charges: Charges, oakfield: Organisation, bill: Callable[..., list[Document]]) -> Document:
    """£3,600.00 for a year from 1 July 2026, invoiced that day."""
    charges(oakfield, 360000, on=YEAR.start, recognition="over_time", service=YEAR, key="sla", description="Payroll")
    [issued] = bill(YEAR.start)
    return issued


def text(answer: object) -> str:
    return " ".join(answer.content.decode().split())  # type: ignore[attr-defined]


def left_shown(answer: object) -> str:
    return re.findall('name="left" value="([0-9a-f]+)"', text(answer))[0]


def test_the_page_says_whose_it_is_and_when_it_becomes_income(priya, invoice):
    page = text(priya.get(PAGE))
    assert "Release £900.00 up to 30 September 2026" in page  # July, August and September end by today
    assert "£3,600.00" in page and "Oakfield Primary School" in page and "30 Jun 2027" in page
    assert "£3,600 becomes income by the end of June 2027" in page
    assert "Release £600.00 up to 31 August 2026" in text(priya.get(f"{PAGE}?on=31/8/26"))


def test_the_button_releases_exactly_what_it_says(priya, invoice):
    answer = priya.post(PAGE, {"on": "2026-09-30", "shown": "90000"}, follow=True)
    assert "£900.00 of 1 customer is income now, up to 30 September 2026." in text(answer)
    assert "Nothing is due up to 30 September 2026" in text(answer)
    assert balances()["2300"] == -270000
    job = Job.objects.get()
    assert (job.state, job.result["pence"], job.result["entries"]) == ("done", 90000, 3)
    page = text(priya.get(f"/jobs/{job.number}"))
    assert (
        "Release £900.00 up to 30 September 2026" in page and "Became income" in page and "See deferred income" in page
    )


def test_a_second_click_and_a_changed_sum_release_nothing(priya, invoice):
    priya.post(PAGE, {"on": "2026-09-30", "shown": "90000"})
    for shown in ("90000", "1", ""):
        with nothing_written():
            answer = priya.post(PAGE, {"on": "2026-09-30", "shown": shown})
        assert answer.status_code == 409
        assert "changed since you looked. Nothing was released" in text(answer)


def test_what_is_to_come_is_not_released(priya, invoice):
    with nothing_written():
        answer = priya.post(PAGE, {"on": "2026-10-01", "shown": "90000"})
    assert answer.status_code == 400
    assert "must be today or in the past" in text(answer)


def test_many_customers_are_released_by_a_worker(priya, invoice, monkeypatch):
    monkeypatch.setattr(recognition, "CHUNK", 0)
    answer = priya.post(PAGE, {"on": "2026-09-30", "shown": "90000"})
    assert answer.url == f"/jobs/{Job.objects.get().number}"
    assert Job.objects.get().state == "queued"


def test_the_auditor_looks_and_the_school_is_told_nothing(edith, amira, invoice):
    page = text(edith.get(PAGE))
    assert "By month to come" in page and "Release £900.00" not in page
    with nothing_written():
        assert edith.post(PAGE, {"on": "2026-09-30", "shown": "90000"}).status_code == 403
        for ask in (amira.get, amira.post, Client().get):
            assert ask(PAGE).status_code in (302, 404)
    assert "When it becomes income" not in text(
        amira.get(f"/customer/{invoice.customer.number}/invoices/{invoice.number}")
    )


def test_the_list_can_be_taken_away(priya, invoice):
    rows = priya.get(f"{PAGE}?format=csv").content.decode("utf-8-sig").splitlines()
    assert rows == [
        "customer_number,customer,when_told,deferred",
        f"{invoice.customer.number},Oakfield Primary School,0.00,3600.00",
    ]


def test_an_invoice_shows_its_schedule(priya, invoice, actor: Actor):
    release_income(on=date(2026, 7, 31), actor=actor)
    page = text(priya.get(f"/finance/invoices/{invoice.number}"))
    assert "Line 1: £3,300.00 of £3,600.00 to come" in page
    assert "Payroll, month by month, July 2026 to June 2027." in page
    assert "Income on 31 Jul 2026" in page and "30 Jun 2027" in page


def test_a_credit_for_the_days_of_a_service_takes_back_its_months(priya, invoice, actor: Actor):
    release_income(on=date(2026, 9, 30), actor=actor)
    line, path = invoice.lines.get(), f"/finance/invoices/{invoice.number}/credit"
    given = {
        f"line_{line.pk}": "3000", "reason": "Left", "on": "30/9/26", "service_from": "1/9/26", "service_to": "30/6/27",
    }  # fmt: skip
    page = priya.post(path, given)
    assert "£2,700.00 of it comes off deferred income, £300.00 off income already released." in text(page)
    left = left_shown(page)
    assert priya.post(path, given | {"left": left, "issue": "360000"}).status_code == 302
    parts = Deferral.objects.get().parts.order_by("income_on").values_list("cancelled_pence", "reversed_pence")
    assert list(parts) == [(0, 0), (0, 0), (0, 30000), *[(30000, 0)] * 9]
    assert "Taken back" in text(priya.get(f"/finance/invoices/{invoice.number}"))


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        ("1/9/26", "", "Enter both days of the services, or none"),
        ("", "1/9/26", "Enter both days of the services, or none"),
        ("2/9/26", "1/9/26", "must be on or after"),
        ("1/6/26", "1/9/26", "is for services from 1 July 2026 to 30 June 2027"),
    ],
)
def test_days_that_cannot_be_credited_are_refused(priya, invoice, first, last, said):
    line, path = invoice.lines.get(), f"/finance/invoices/{invoice.number}/credit"
    given = {
        f"line_{line.pk}": "30", "reason": "Left", "on": "30/9/26", "service_from": first, "service_to": last,
    }  # fmt: skip
    left = left_shown(priya.get(path))
    with nothing_written():
        answer = priya.post(path, given | {"left": left, "issue": "3600"})
    assert answer.status_code in (400, 409)
    assert said in text(answer)
