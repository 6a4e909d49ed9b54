"""Finance's agreements: the list, one with its changes, one made by hand, and renewals of a window."""

from datetime import date
from typing import Any

import pytest
from django.test import Client

from marketplace.core.models import Job
from marketplace.organisations.models import Organisation
from subscriptions.agreements.models import Agreement
from subscriptions.queries import whole_term
from subscriptions.services import end_those_over
from tests.frontend.finance.counting import queries as queries_of
from tests.frontend.school.visits import hidden_fields, text_of
from tests.subscriptions.renewals.agreed import PLATFORM, agreed, line

pytestmark = pytest.mark.django_db
State = Agreement.State
LIST, RENEWALS, NEW = "/finance/agreements", "/finance/renewals", "/finance/agreements/new"
TWO = [line(), line(2, title="Payroll", pence=60_000)]


@pytest.fixture
def running(oakfield: Organisation) -> Agreement:
    return agreed(oakfield, title="HR and payroll", lines=TWO)


def test_the_list_filters_and_adds_up_the_whole_filter(
    priya: Client, oakfield: Organisation, running: Agreement
) -> None:
    agreed(oakfield, key="test:2", title="Premises", offered=True)
    page = text_of(priya.get(LIST))
    assert "2 agreements, £3,000.00 before VAT over their whole terms" in page and "HR and payroll" in page
    found = {
        "state=offered": "1 agreement, £1,200.00", "state=ended": "0 agreements", "customer=oakf": "2 agreements",
        f"customer={running.number}": "1 agreement", "kind=membership": "0 agreements", "ending=30": "0 agreements",
        "notice=180": "1 agreement", "notice=30": "0 agreements", "state=all": "2 agreements",
    }  # fmt: skip
    for query, words in found.items():
        assert words in text_of(priya.get(f"{LIST}?{query}")), query
    assert priya.get(f"{LIST}?state=nonsense").status_code == 400
    file = priya.get(f"{LIST}?format=csv").content.decode()
    assert "whole_term_gross" in file and "2160.00" in file and file.count("\n") == 3


def test_an_empty_list_says_what_would_stand_there(priya: Client) -> None:
    assert "No agreements yet" in text_of(priya.get(LIST))
    assert "No agreements match these filters" in text_of(priya.get(f"{LIST}?customer=nobody"))


def test_the_list_asks_the_same_number_of_questions(priya: Client, oakfield: Organisation) -> None:
    agreed(oakfield)
    first = queries_of(lambda: priya.get(LIST))
    for number in range(2, 9):
        agreed(oakfield, key=f"test:{number}", lines=TWO)
    assert queries_of(lambda: priya.get(LIST)) == first


def test_the_auditor_reads_and_changes_nothing(edith: Client, amira: Client, running: Agreement) -> None:
    here = f"{LIST}/{running.number}"
    page = text_of(edith.get(here))
    assert "HR and payroll" in page and "Pause everything" not in page
    for path in (f"{here}/change/pause", f"{here}/renew", NEW, RENEWALS):
        assert edith.get(path).status_code == 403 and edith.post(path).status_code == 403
        assert amira.get(path).status_code == 404
    assert edith.post(here, {"do": "withdraw", "reason": "No"}).status_code == 403
    assert amira.get(here).status_code == 404 and amira.get(LIST).status_code == 404


def test_ending_with_late_notice_shows_what_stays_due(priya: Client, running: Agreement) -> None:
    here = f"{LIST}/{running.number}/change/end"
    asked = {"on": "1/11/26", "given_on": "30/9/26", "credit": "months", "reason": "School closes"}
    shown = priya.get(here, asked)
    page = text_of(shown)
    assert "Notice for 1 November 2026 was due by 9 August 2026" in page and "Stays due" in page
    stale = priya.post(here, asked | {"expected": "-1"})
    assert stale.status_code == 409 and "Nothing was changed" in text_of(stale)
    assert priya.post(here, hidden_fields(shown)).status_code == 302
    running.refresh_from_db()
    assert running.ended_on == date(2026, 11, 1)
    assert "School closes" in text_of(priya.get(f"{LIST}/{running.number}"))
    end_those_over(on=date(2026, 11, 1), actor=PLATFORM)
    assert "Ended" in text_of(priya.get(f"{LIST}/{running.number}"))


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"on": "1/4/27"}, "must be from 1 April 2026 to 31 March 2027"),
        ({"on": "31/2/27"}, "must be a real date"),
        ({"on": "1/12/26", "reason": ""}, "Enter the reason"),
        ({"on": "1/12/26", "credit": ""}, "What comes back"),
    ],
)
def test_a_wrong_change_keeps_what_was_typed(
    priya: Client, running: Agreement, sent: dict[str, str], words: str
) -> None:
    asked = {"given_on": "30/9/26", "credit": "none", "reason": "Because", **sent}
    response = priya.post(f"{LIST}/{running.number}/change/end", asked)
    assert response.status_code == 400 and words in text_of(response)
    assert f'value="{sent["on"]}"' in response.content.decode()
    assert Agreement.objects.get(pk=running.pk).ended_on is None


def test_pausing_and_going_on_again(priya: Client, running: Agreement) -> None:
    here = f"{LIST}/{running.number}"
    shown = priya.get(f"{here}/change/pause", {"on": "1/10/26", "reason": "Building works"})
    assert "£1,080.00 back" in text_of(shown)
    assert priya.post(f"{here}/change/pause", {"on": "1/10/26", "reason": "Works", "expected": "5"}).status_code == 409
    assert priya.post(f"{here}/change/pause", hidden_fields(shown)).status_code == 302
    assert "Paused" in text_of(priya.get(here))
    again = priya.get(f"{here}/change/resume", {"on": "1/1/27"})
    assert priya.post(f"{here}/change/resume", hidden_fields(again)).status_code == 302
    running.refresh_from_db()
    assert running.state == State.ACTIVE and whole_term(running).net.pence == 135_000


def test_an_offer_is_taken_back_or_recorded_from_paper(priya: Client, oakfield: Organisation) -> None:
    first, second = (agreed(oakfield, key=f"test:{n}", offered=True) for n in (1, 2))
    here = f"{LIST}/{first.number}"
    wrong = priya.post(here, {"do": "paper", "reference": ""})
    assert wrong.status_code == 400 and "Enter the reference of the paper" in text_of(wrong)
    assert "Enter the reason" in text_of(priya.post(here, {"do": "withdraw", "reason": ""}))
    assert priya.post(here, {"do": "paper", "reference": "Letter of 1 April"}).status_code == 302
    assert "Letter of 1 April" in text_of(priya.get(here))
    assert priya.post(f"{LIST}/{second.number}", {"do": "withdraw", "reason": "Wrong price"}).status_code == 302
    assert priya.post(here, {"do": "withdraw", "reason": "Too late"}).status_code == 409
    states = dict(Agreement.objects.values_list("pk", "state"))
    assert states == {first.pk: State.ACTIVE, second.pk: State.WITHDRAWN}


BY_HAND = {
    "customer": "Oakfield", "title": "Clerking", "kind": "service", "first_day": "1/1/27", "last_day": "31/12/28",
    "price": "1,200", "supply": "other", "account": "4200", "stream": "BS", "cfr_code": "E28a", "every": "year",
    "timing": "advance", "prorate": "months", "notice_weeks": "12", "renewal": "ask", "purchase_order": "",
    "how": "offered", "paper": "", "token": "0" * 32,
}  # fmt: skip


def test_an_agreement_by_hand_is_looked_at_and_made_once(priya: Client, oakfield: Organisation) -> None:
    assert "Make an agreement" in text_of(priya.get(NEW))
    page = text_of(priya.post(NEW, BY_HAND | {"do": "look"}))
    assert "The whole term costs £2,880.00 with VAT" in page and not Agreement.objects.exists()
    wrong = priya.post(NEW, BY_HAND | {"do": "agree", "expected": "1"})
    assert wrong.status_code == 409 and not Agreement.objects.exists()
    for _ in range(2):
        assert priya.post(NEW, BY_HAND | {"do": "agree", "expected": "288000"}).status_code == 302
    made = Agreement.objects.get()
    assert (made.state, whole_term(made).gross.pence, made.notice_by) == (State.OFFERED, 288_000, date(2028, 10, 9))


def test_on_paper_it_runs_and_is_charged(priya: Client, oakfield: Organisation) -> None:
    paper = BY_HAND | {"how": "paper", "paper": "Folder 12", "first_day": "1/9/26", "last_day": "31/8/27"}
    assert priya.post(NEW, paper | {"do": "agree", "expected": "144000"}).status_code == 302
    made = Agreement.objects.get()
    assert made.state == State.ACTIVE and "Folder 12" in text_of(priya.get(f"{LIST}/{made.number}"))


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"customer": "Nowhere"}, "No customer is called"),
        ({"price": "0"}, "must be between £0.01"),
        ({"last_day": "31/12/26"}, "Last day must be on or after the first day"),
        ({"last_day": "1/1/40"}, "Last day must be within 7 years"),
        ({"how": "paper"}, "Enter the reference of the paper"),
        ({"notice_weeks": "200"}, "Weeks of notice"),
    ],
)
def test_a_wrong_agreement_keeps_what_was_typed(
    priya: Client, oakfield: Organisation, sent: dict[str, str], words: str
) -> None:
    response = priya.post(NEW, BY_HAND | sent | {"do": "look"})
    assert response.status_code == 400 and words in text_of(response)
    assert 'value="Clerking"' in response.content.decode()


def test_a_window_is_shown_and_offered(priya: Client, oakfield: Organisation, running: Agreement) -> None:
    agreed(oakfield, key="test:none", renewal="none")
    asked = {"first": "1/3/27", "last": "31/3/27", "kind": "", "years": "1", "uplift": "3.5"}
    shown = priya.get(RENEWALS, asked)
    page = text_of(shown)
    assert "£1,800.00" in page and "£1,863.00" in page and "+3.5%" in page and "Offer 1 renewal" in page
    stale = priya.post(RENEWALS, asked | {"expected": "7"})
    assert stale.status_code == 400 and "changed since you looked" in text_of(stale)
    assert priya.post(RENEWALS, hidden_fields(shown)).status_code == 302
    assert Job.objects.get(kind="renewals").accepted == 1
    assert running.successors.get().state == State.OFFERED
    assert "has a renewal already" in text_of(priya.get(RENEWALS, asked))
    wrong = priya.get(RENEWALS, asked | {"last": "1/1/27", "uplift": "99"})
    assert wrong.status_code == 400 and "Ends to must be on or after Ends from" in text_of(wrong)


def test_one_is_renewed_by_hand(priya: Client, running: Agreement) -> None:
    here = f"{LIST}/{running.number}/renew"
    assert "A year costs £1,800.00 before VAT" in text_of(priya.get(here))
    shown = priya.get(here, {"years": "2", "uplift": "10"})
    assert "£1,980.00 a year" in text_of(shown)
    assert priya.get(here, {"years": "9", "uplift": "10"}).status_code == 400
    refused: Any = priya.post(here, {"years": "2", "uplift": "10", "expected": "180000"})
    assert refused.status_code == 400 and "Nothing was offered" in text_of(refused)
    assert priya.post(here, hidden_fields(shown)).status_code == 302
    assert whole_term(running.successors.get()).net.pence == 396_000
    assert priya.get(here).status_code == 302
