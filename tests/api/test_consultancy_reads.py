"""The people side for programs: calendars, presenters, what schools said of visits, accounts, holds, asking for approval."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from catalogue.services import name_presenters
from invoicing.payees.models import PayeeAccount
from invoicing.payees.services import hold_payments
from marketplace.core.actors import Role
from marketplace.trading.engagements.services.asking import Need, ask_consultants
from marketplace.trading.engagements.services.quoting import Answer, answer_request
from marketplace.trading.engagements.services.visits import agree_visit
from marketplace.trading.models import Engagement, Order
from tests.api.calling import Program
from tests.shop import Shop, person
from tests.trading.engagements.visiting import written
from tests.trading.engagements.world import DAY, ON, book, consultant_of, on_day, provider_of, rate_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def nadia(school, actor):
    made = consultant_of(provider_of(actor), actor)
    rate_of(made)
    return made


@pytest.fixture
def lena(nadia, actor):
    return person(nadia.provider.organisation, actor, name="Lena Larkfield", role=Role.PROVIDER)


@pytest.fixture
def priya(partnership, actor):
    return person(partnership, actor, name="Priya Finance", role=Role.FINANCE_OFFICER)


@pytest.fixture
def olga(partnership, actor):
    return person(partnership, actor, name="Olga Organiser", role=Role.ORGANISER)


def _rows(actor, path, **query):
    answer = Program(actor).get(path, **query)
    assert answer.status_code == 200, answer.content
    return answer.json()["results"]


def test_a_provider_reads_when_its_own_consultants_are_taken_and_nobody_elses(school, nadia, sam, lena, actor):
    made = book(school, nadia, sam, on_day())
    [row] = _rows(lena, "/consultant-calendar", consultant=nadia.code, kind="visit", ends_after="2026-11-04T10:00:00Z")
    assert (row["starts_at"], row["ends_at"]) == ("2026-11-04T09:00:00+00:00", "2026-11-04T15:00:00+00:00")
    assert made.number in row["what"]
    assert not _rows(lena, "/consultant-calendar", starts_before="2026-11-04T09:00:00Z")
    assert not _rows(sam, "/consultant-calendar")
    other = person(provider_of(actor, "Elm Learning").organisation, actor, name="Elle", role=Role.PROVIDER)
    assert not _rows(other, "/consultant-calendar")
    assert Program(lena, scopes=["orders:read"]).get("/consultant-calendar").status_code == 403


def test_presenters_of_dates_for_organisers_and_for_themselves(nadia, lena, sam, olga, actor):
    shop = Shop(actor)
    run = shop.run(shop.course(), day=DAY + timedelta(days=30))
    name_presenters(run=run, consultants=[nadia], on=ON, actor=olga)
    [row] = _rows(olga, "/presenters", course_date=run.code)
    assert (row["consultant"], row["name"], row["provider"]) == (nadia.code, "Nadia Fenwick", nadia.provider.code)
    assert _rows(lena, "/presenters") == [row] and Program(sam).get("/presenters").status_code == 404


def test_what_a_school_said_of_a_visit_is_read_by_it_and_us_never_by_the_provider(
    school, nadia, sam, lena, olga, priya
):
    planned = book(school, nadia, sam, on_day(), theme="reading").dates.get()
    agree_visit(visit=written(planned, DAY, lena), on=DAY, actor=sam, rating=4)
    for who in (sam, olga, priya):
        [row] = _rows(who, "/visit-reviews", rating=4)
        assert (row["rating"], row["theme"], row["consultant"]) == (4, "reading", nadia.code)
    assert Program(lena).get("/visit-reviews").status_code == 404
    assert not _rows(sam, "/visit-reviews", rating=1)


def test_accounts_show_four_digits_and_holds_their_reason(nadia, lena, sam, priya, actor):
    firm = nadia.provider.organisation
    PayeeAccount.objects.create(
        organisation=firm, version=1, account_name="Larkfield", sort_code="309626", account_number="12345678",
        modulus="not_checked", asked_by_id=priya.person_id, asked_on=ON,
    )  # fmt: skip
    hold_payments(source_key="test:1", provider=firm, reason="Something is clarified", on=ON, actor=actor)
    for who in (priya, lena):
        answer = Program(who).get("/payee-accounts", provider=firm.number)
        assert answer.json()["results"][0]["account_ending"] == "5678"
        assert b"12345678" not in answer.content and b"309626" not in answer.content
        [hold] = _rows(who, "/payment-holds", lifted="false")
        assert hold["reason"] == "Something is clarified"
    assert Program(sam).get("/payee-accounts").status_code == Program(sam).get("/payment-holds").status_code == 404
    assert not _rows(priya, "/payment-holds", lifted="true")


def test_the_register_of_support_is_for_us_alone(priya, olga, sam, lena):
    assert _rows(olga, "/support") == _rows(priya, "/support", kind="secondment") == []
    assert Program(sam).get("/support").status_code == Program(lena).get("/support").status_code == 404


def test_a_program_sends_a_quote_above_its_limit_for_approval(school, nadia, lena, actor):
    small = person(school, actor, name="Sal Small", role=Role.BUYER, limit=100_000)
    person(school, actor, name="Ruth Adeyemi", role=Role.APPROVER)
    on = timezone.localdate()
    need = Need("Phonics", "New teachers", "day", Decimal("2.5"), on + timedelta(days=30), on + timedelta(days=60))
    asked = ask_consultants(
        school=school, consultants=[nadia], need=need, answer_by=on + timedelta(days=9), on=on, actor=small
    )
    offer = Answer(Decimal("2.5"), 3, on + timedelta(days=20))
    quote = answer_request(quote=asked.quotes.get(), answer=offer, on=on, actor=lena)
    body = {"quote": quote.pk, "expected_pence": 135_000, "off_payroll": {"own_company": False}}
    here = f"/consultant-requests/{asked.number}"
    assert Program(small).post(f"{here}/acceptance", body).json()["code"] == "over_limit"
    sent = Program(small).post(f"{here}/approval", body)
    assert sent.status_code == 201, sent.content
    assert sent.json()["order"] == Order.objects.get().number and sent.json()["total_pence"] == 135_000
    assert Program(lena).post(f"{here}/approval", body).status_code == 404
    assert not Engagement.objects.exists()
