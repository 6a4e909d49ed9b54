"""A school's Services: what is agreed, what is offered, what a change comes to, and renewals."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from frontend.buying import buyer_of
from frontend.school.services_waiting import services_waits
from invoicing.services import run_billing
from marketplace.core.actors import Actor, Role
from marketplace.organisations.models import Organisation
from subscriptions.agreements.models import Agreement
from subscriptions.asking.models import AskedChange
from subscriptions.renewals.preparing import next_term
from subscriptions.services import give_notice, prepare_renewal, suspend
from tests.frontend.school.conftest import ON, TrustCast
from tests.frontend.school.visits import hidden_fields, signed_in, text_of
from tests.shop import person
from tests.subscriptions.renewals.agreed import MONTHLY, PLATFORM, agreed, line

pytestmark = pytest.mark.django_db
State = Agreement.State
TWO = [line(), line(2, title="Payroll", pence=60_000)]


@pytest.fixture
def running(school: Organisation) -> Agreement:
    """HR advice and payroll of Oakfield, £1,800.00 a year from April 2026, charged for the whole year."""
    return agreed(school, title="HR and payroll", lines=TWO)


@pytest.fixture
def offered(school: Organisation) -> Agreement:
    return agreed(school, key="test:offer", title="Premises", offered=True)


def test_without_any_the_page_says_what_would_stand_here(as_sam: Client, base: str) -> None:
    page = text_of(as_sam.get(f"{base}/services"))
    assert "No services yet" in page and "Find services" in page
    assert "Nothing that you have agreed ends in 2027" in text_of(as_sam.get(f"{base}/renewals/2027"))


def test_what_is_agreed_stands_with_its_dates_and_sums(
    as_sam: Client, base: str, running: Agreement, offered: Agreement
) -> None:
    page = text_of(as_sam.get(f"{base}/services"))
    for words in (
        "HR and payroll", "April 2026 to March 2027", "£1,800.00 a year", "£2,160.00 with VAT of £360.00",
        "By 7 January 2027", "Nothing more to invoice", "Running", "To accept", "Premises", "£1,440.00 with VAT of £240.00",
    ):  # fmt: skip
        assert words in page, words
    assert "Renewals of 2027" in page


def test_the_next_charge_of_a_monthly_service_is_told(as_sam: Client, base: str, school: Organisation) -> None:
    agreed(school, billing=MONTHLY, on=ON)
    page = text_of(as_sam.get(f"{base}/services"))
    assert "£120.00 on 1 October 2026" in page


def test_one_service_opens_with_working_periods_and_history(as_sam: Client, base: str, running: Agreement) -> None:
    run_billing(on=date(2026, 9, 1), actor=PLATFORM)
    page = text_of(as_sam.get(f"{base}/services/{running.number}"))
    for words in (
        "HR and payroll", "April 2026 to March 2027: £1,200.00 before VAT", "CFR E28a", "How the price is worked out",
        "INV-", "Whole term £1,800.00", "Give notice for the end of the term", "History", "Agreed",
    ):  # fmt: skip
        assert words in page, words


def test_outsiders_are_told_nothing(
    as_outsider: Client, trust_cast: TrustCast, base: str, running: Agreement, offered: Agreement, oakfield: Any
) -> None:
    own = f"/customer/{oakfield.number}"
    for tail in ("", "/accept", "/decline", "/change/stop", "/change/notice"):
        for client, where in ((as_outsider, base), (as_outsider, own), (trust_cast.client, trust_cast.base)):
            number = offered.number if tail in ("/accept", "/decline") else running.number
            assert client.get(f"{where}/services/{number}{tail}").status_code == 404
            if tail:
                assert client.post(f"{where}/services/{number}{tail}").status_code == 404
    assert as_outsider.get(f"{base}/services").status_code == 404
    assert as_outsider.get(f"{base}/renewals/2027").status_code == 404
    assert Client().get(f"{base}/services").status_code == 302
    running.refresh_from_db()
    assert running.notice_given_on is None


def test_an_offer_is_accepted_for_the_sum_that_was_shown(as_sam: Client, base: str, offered: Agreement) -> None:
    here = f"{base}/services/{offered.number}/accept"
    page = as_sam.get(here)
    assert "Accept Premises, £1,440.00 over the whole term" in text_of(page)
    assert as_sam.post(here, {"expected": "144001"}).status_code == 409
    assert "Nothing was agreed" in text_of(as_sam.post(here, {}))
    assert as_sam.post(here, hidden_fields(page)).status_code == 302
    offered.refresh_from_db()
    assert offered.state == State.ACTIVE
    assert as_sam.get(here).status_code == 302


def test_somebody_over_their_limit_is_told_by_how_much(
    base: str, school: Organisation, offered: Agreement, actor: Actor
) -> None:
    small = signed_in(person(school, actor, name="Lena Limited", limit=100_000))
    here = f"{base}/services/{offered.number}/accept"
    page = text_of(small.get(here))
    assert "This is £440.00 over your limit of £1,000.00" in page and "Accept Premises, " not in page
    refused = small.post(here, {"expected": "144000"})
    assert refused.status_code == 409 and "£440.00 over your limit" in text_of(refused)
    offered.refresh_from_db()
    assert offered.state == State.OFFERED


def test_an_offer_is_declined_with_a_reason_if_one_likes(as_sam: Client, base: str, offered: Agreement) -> None:
    here = f"{base}/services/{offered.number}/decline"
    assert "Nothing is charged" in text_of(as_sam.get(here))
    assert as_sam.post(here, {"reason": "x" * 241}).status_code == 400
    assert as_sam.post(here, {"reason": "Too dear"}).status_code == 302
    offered.refresh_from_db()
    assert offered.state == State.DECLINED
    assert "Declined" in text_of(as_sam.get(f"{base}/services?show=ended"))


STOP = {"slots": "2", "on_day": "1", "on_month": "12", "on_year": "2026"}


def test_stopping_a_service_is_shown_and_then_done_as_it_was_shown(
    as_sam: Client, base: str, running: Agreement
) -> None:
    here = f"{base}/services/{running.number}/change/stop"
    assert "Which services stop?" in text_of(as_sam.get(here))
    shown = as_sam.get(here, STOP)
    page = text_of(shown)
    assert "Comes back, with VAT £240.00" in page and "Stop Payroll from 1 December 2026, £240.00 back" in page
    stale = as_sam.post(here, STOP | {"expected": "-1"})
    assert stale.status_code == 409 and "Nothing was changed" in text_of(stale)
    assert as_sam.post(here, hidden_fields(shown)).status_code == 302
    after = text_of(as_sam.get(f"{base}/services/{running.number}"))
    assert (
        "Whole term £1,600.00" in after
        and "Payroll April 2026 to November 2026: £600.00 before VAT for April 2026 to March 2027" in after
    )


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"slots": "2", "on_day": "31", "on_month": "2", "on_year": "2027"}, "must be a real date"),
        (
            {"slots": "2", "on_day": "1", "on_month": "4", "on_year": "2027"},
            "must be from 1 September 2026 to 31 March 2027",
        ),
        ({"on_day": "1", "on_month": "12", "on_year": "2026"}, "Choose at least one service"),
        ({"slots": "2"}, "Enter the first day without it"),
    ],
)
def test_wrong_input_says_what_to_do_and_keeps_what_was_typed(
    as_sam: Client, base: str, running: Agreement, sent: dict[str, str], words: str
) -> None:
    here = f"{base}/services/{running.number}/change/stop"
    for response in (as_sam.get(here, sent), as_sam.post(here, sent)):
        assert response.status_code == 400 and words in text_of(response)
        for value in sent.values():
            assert f'value="{value}"' in response.content.decode()
    assert Agreement.objects.get(pk=running.pk).changes == 0


def test_pausing_and_ending_show_what_they_come_to_and_are_asked_of_finance(
    as_sam: Client, base: str, running: Agreement
) -> None:
    day = {"on_day": "1", "on_month": "11", "on_year": "2026"}
    for do, words in (("pause", "£900.00"), ("end", "Notice for 1 November 2026 was due by 9 August 2026")):
        here = f"{base}/services/{running.number}/change/{do}"
        page = text_of(as_sam.get(here, day))
        assert words in page and "Our finance team does this for you" in page
        assert "Enter the reason" in text_of(as_sam.post(here, day))
    asked = text_of(as_sam.post(here, day | {"reason": "Our trust does it"}, follow=True))
    assert "You asked for: an end" in asked and "With our finance team" in asked and "Our trust does it" in asked
    assert "was asked for already" in text_of(as_sam.get(here, day))
    taken_back = as_sam.post(
        f"{base}/services/{running.number}/asked/{AskedChange.objects.get().pk}/withdraw", follow=True
    )
    assert "It is taken back" in text_of(taken_back)
    assert Agreement.objects.get(pk=running.pk).state == State.ACTIVE


def test_notice_is_given_once_and_leaves_the_menu(as_sam: Client, base: str, running: Agreement) -> None:
    here = f"{base}/services/{running.number}/change/notice"
    assert "Give notice: HR and payroll ends with 31 March 2027" in text_of(as_sam.get(here))
    assert as_sam.post(here).status_code == 302
    page = text_of(as_sam.get(f"{base}/services/{running.number}"))
    assert "Given on 1 September 2026: it ends with 31 March 2027" in page and "Give notice for" not in page
    assert as_sam.get(here).status_code == 302


def test_each_state_offers_what_it_allows(as_sam: Client, base: str, running: Agreement, actor: Actor) -> None:
    here = f"{base}/services/{running.number}"
    assert "Pause everything" in text_of(as_sam.get(here))
    assert as_sam.get(f"{here}/change/resume").status_code == 302
    assert as_sam.get(f"{here}/change/nonsense").status_code == 404
    suspend(agreement=running, on=ON, today=ON, reason="Building works", actor=actor)
    page = text_of(as_sam.get(here))
    assert "Go on after the pause" in page and "Pause everything" not in page and "Building works" in page
    assert as_sam.get(f"{here}/change/stop").status_code == 302


def test_a_trust_sees_its_schools_services_by_school(trust_cast: TrustCast) -> None:
    first, second = trust_cast.academies
    mine = agreed(first, title="Clerking")
    agreed(second, key="test:2", title="Payroll")
    page = text_of(trust_cast.client.get(f"{trust_cast.base}/services"))
    assert page.index("Harbour Academy") < page.index("Clerking") < page.index("Lighthouse Academy")
    assert trust_cast.client.get(f"{trust_cast.base}/services/{mine.number}").status_code == 200


@pytest.fixture
def two_renewals(school: Organisation, actor: Actor) -> list[Agreement]:
    rows = [agreed(school), agreed(school, key="test:2", title="Payroll", lines=[line(title="Payroll", pence=36_000)])]
    for one in rows:
        prepare_renewal(agreement=one, term=next_term(one), on=ON, actor=actor)
    return rows


def test_renewals_stand_beside_last_year_and_are_kept_or_stopped(
    as_sam: Client, base: str, two_renewals: list[Agreement]
) -> None:
    here = f"{base}/renewals/2027"
    page = text_of(as_sam.get(here))
    for words in ("0 of 2 decided", "Keep all 2, £1,872.00 with VAT", "£1,200.00", "£0.00 (0.0%)", "By 7 January 2027"):
        assert words in page, words
    hr, payroll = two_renewals
    wrong = as_sam.post(here, {"do": "keep", "number": hr.number, "expected": "1"})
    assert wrong.status_code == 409 and "Nothing was agreed" in text_of(wrong)
    assert as_sam.post(here, {"do": "keep", "number": hr.number, "expected": "144000"}).status_code == 302
    assert as_sam.post(here, {"do": "stop", "number": payroll.number}).status_code == 302
    page = text_of(as_sam.get(here))
    assert "2 of 2 decided" in page and "Kept" in page and "Stopped" in page and "Keep all" not in page
    assert as_sam.post(here, {"do": "keep", "number": "AG-999999"}).status_code == 404


def test_the_sums_of_renewals_say_of_how_many_services_they_are(
    as_sam: Client, base: str, school: Organisation, two_renewals: Any
) -> None:
    assert "These sums" not in text_of(as_sam.get(f"{base}/renewals/2027"))
    agreed(school, key="test:3", title="Premises")
    page = text_of(as_sam.get(f"{base}/renewals/2027"))
    assert "These sums are of the 2 services with a price for the new year, out of 3." in page


def test_all_are_kept_for_the_sum_that_was_shown(as_sam: Client, base: str, two_renewals: list[Agreement]) -> None:
    here = f"{base}/renewals/2027"
    assert as_sam.post(here, {"do": "keep_all", "expected": "187199"}).status_code == 409
    assert as_sam.post(here, {"do": "keep_all", "expected": "187200"}).status_code == 302
    assert Agreement.objects.filter(succeeds__in=two_renewals, state=State.ACTIVE).count() == 2


def test_home_says_what_waits(as_sam: Client, school: Organisation, offered: Agreement, two_renewals: Any) -> None:
    page = text_of(as_sam.get("/"))
    assert "Answer 1 service that is offered" in page and "Decide 2 renewals" in page and "£1,872.00" in page


def test_home_never_asks_for_an_answer_by_a_day_that_is_over(
    school: Organisation, sam: Actor, offered: Agreement
) -> None:
    """An offer that stands after its first day may still be accepted, so it is to be answered today."""
    own = {school.pk: buyer_of(school)}
    for day in (offered.term_from - timedelta(days=30), offered.term_from, offered.term_from + timedelta(days=2)):
        [wait] = services_waits(sam, own, day)
        assert wait["due"] == max(offered.term_from - timedelta(days=1), day)


def test_home_tells_of_a_notice_that_comes_near(as_sam: Client, sam: Actor, running: Agreement, later: Any) -> None:
    from datetime import datetime

    from tests.shop import LONDON

    later(datetime(2026, 12, 1, 10, tzinfo=LONDON))
    assert "1 service to renew, or to give notice for by 7 January 2027" in text_of(as_sam.get("/"))
    give_notice(agreement=running, on=date(2026, 12, 1), actor=sam)
    assert "to give notice for" not in text_of(as_sam.get("/"))


def test_who_only_teaches_there_sees_no_services(base: str, school: Organisation, actor: Actor) -> None:
    teacher = signed_in(person(school, actor, name="Della Delegate", role=Role.DELEGATE))
    assert teacher.get(f"{base}/services").status_code == 404


def test_the_list_asks_the_same_number_of_questions_however_long(
    as_sam: Client, base: str, school: Organisation, count_queries: Any
) -> None:
    agreed(school)
    first = count_queries(lambda: as_sam.get(f"{base}/services"))
    for number in range(2, 9):
        agreed(school, key=f"test:{number}", lines=TWO)
    assert count_queries(lambda: as_sam.get(f"{base}/services")) == first
