"""Heads from page to payment: returned by the lead, sent back, returned again, accepted by another, frozen to the penny."""

from datetime import date, datetime
from typing import Any

import pytest
import time_machine

from invoicing.payables.models import Payable
from marketplace.core.actors import Role
from marketplace.core.wording import LONDON
from marketplace.organisations.models import Organisation
from subscriptions.outcomes.models import OutcomeContract, VolumeReturn
from subscriptions.outcomes.services.stating import freeze_statement
from tests.frontend.claims.conftest import Login, text_of
from tests.shop import person
from tests.subscriptions.outcomes.heads import NOVEMBER, OCTOBER, decided, heads_contract, returned
from tests.subscriptions.outcomes.hub_year import HubCast, hub_cast, statement

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock() -> Any:
    with time_machine.travel(datetime(2026, 10, 29, 9, 0, tzinfo=LONDON), tick=False) as travelled:
        yield travelled


@pytest.fixture
def people(partnership: Organisation, oakfield: Organisation, actor: Any) -> HubCast:
    return hub_cast(partnership, oakfield, actor)


@pytest.fixture
def by_heads(people: HubCast) -> OutcomeContract:
    return heads_contract(people)


def at(contract: OutcomeContract, ordinal: int = 1, code: str = "started") -> str:
    return f"/hub/{contract.number}/statements/{ordinal}/heads/{code}"


def verifying(contract: OutcomeContract, ordinal: int = 1) -> str:
    return f"/verify/{contract.number}/statements/1/heads/started/{ordinal}"


def given(billable: int, refundable: int = 0) -> dict[str, str]:
    return {"billable": str(billable), "refundable": str(refundable) if refundable else ""}


def test_from_return_to_what_is_owed(by_heads: OutcomeContract, people: HubCast, sign_in: Login, clock: Any) -> None:
    lead, verifier = sign_in(people.lead), sign_in(people.verifier)
    home = text_of(lead.get("/"))
    assert f"Return heads: Early career training, {by_heads.number} by 31 October 2026" in home
    assert "Return them by 31 October 2026" in text_of(lead.get(f"/hub/{by_heads.number}"))
    shown = text_of(lead.post(at(by_heads), {"do": "check"} | given(3)))
    for words in ("2 heads at £250.00", "1 head at £125.00", "Return 3 heads, £625.00"):
        assert words in shown
    assert not VolumeReturn.objects.exists()
    assert lead.post(at(by_heads), {"do": "return", "checked": "3-0"} | given(3)).status_code == 302
    assert "With the verifier, who decides by 31 October 2026" in text_of(lead.get(at(by_heads)))
    assert "Decide on 3 heads: Started, Oakfield" in text_of(verifier.get("/"))
    desk = text_of(verifier.get("/verify"))
    assert "Heads to decide, oldest first" in desk and "Nothing waits for you" not in desk
    page = text_of(verifier.get(verifying(by_heads)))
    assert "Accept 3 heads, £625.00" in page and "Lena Lead" in page
    assert verifier.post(verifying(by_heads), {"do": "reject", "reason": ""}).status_code == 400
    back = {"do": "reject", "reason": "One left in September"}
    assert "Sent back. Oakfield" in text_of(verifier.post(verifying(by_heads), back, follow=True))
    page = text_of(lead.get(at(by_heads)))
    assert "Why they were sent back One left in September" in page and "Vic Verifier" in page
    assert "Return heads again: Started, Early career training" in text_of(lead.get("/"))
    assert lead.post(at(by_heads), {"do": "return", "checked": "2-0"} | given(2)).status_code == 302
    done = verifier.post(verifying(by_heads, 2), {"do": "accept"}, follow=True)
    assert "Accepted: 2 heads. £500.00 goes on the statement to 31 October 2026." in text_of(done)
    assert "Started" in text_of(verifier.get("/verify/decided?show=heads"))
    clock.move_to(datetime(2026, 11, 2, 9, 0, tzinfo=LONDON))
    freeze_statement(statement=statement(by_heads, OCTOBER), on=date(2026, 11, 2), actor=people.officer)
    assert [one.net_pence for one in Payable.objects.filter(provider=people.school)] == [500_00]
    lead = sign_in(people.lead)
    page = text_of(lead.get(f"/outcomes/contracts/{by_heads.number}/statements/1"))
    assert "Started: 2 heads at £250.00" in page and "To pay £500.00" in page
    assert "2 heads at £250.00" in text_of(lead.get(at(by_heads)))
    assert "Check what they earn" not in text_of(lead.get(at(by_heads)))


def test_what_was_changed_since_it_was_shown_is_shown_again(
    by_heads: OutcomeContract, people: HubCast, sign_in: Login
) -> None:
    shown = sign_in(people.lead).post(at(by_heads), {"do": "return", "checked": "3-0"} | given(4))
    assert "Return 4 heads, £750.00" in text_of(shown) and not VolumeReturn.objects.exists()


def test_words_for_what_is_entered_wrong(by_heads: OutcomeContract, people: HubCast, sign_in: Login) -> None:
    lead = sign_in(people.lead)
    for entered, words in (
        ({"billable": ""}, "Enter how many heads reached it"),
        ({"billable": "many"}, "Heads must be a whole number, such as 120"),
        ({"billable": "-3"}, "Heads must be 0 or more"),
        ({"billable": "0", "checked": "0-0"}, "Enter how many heads reached it, or how many are given back"),
    ):
        response = lead.post(at(by_heads), {"do": "return"} | entered)
        assert response.status_code == 400 and words in text_of(response), entered
    assert not VolumeReturn.objects.exists()
    returned(by_heads, OCTOBER, people, 3)
    again = lead.post(at(by_heads), {"do": "return", "checked": "2-0"} | given(2))
    assert again.status_code == 400 and "Heads of Started were returned for this statement" in text_of(again)


def test_everybody_of_both_sides_reads_heads_and_only_their_side_acts(
    by_heads: OutcomeContract, people: HubCast, sign_in: Login
) -> None:
    decided(returned(by_heads, OCTOBER, people, 3), people)
    returned(by_heads, NOVEMBER, people, 4)
    inside = f"/organise/outcome-contracts/{by_heads.number}"
    for one in (people.organiser, people.officer):
        client = sign_in(one)
        assert client.get(at(by_heads)).status_code == 200
        assert client.post(at(by_heads, 2, "done"), {"do": "return", "checked": "1-0"} | given(1)).status_code == 403
        page = text_of(client.get(inside))
        assert "1 to 2 £1,000.00" in page and "Started 25%, Done 75%" in page and "£625.00" in page
    officer = text_of(sign_in(people.officer).get(f"/finance/outcome-statements/{by_heads.number}/1"))
    assert "2 heads at £250.00" in officer
    assert sign_in(people.verifier).get(at(by_heads)).status_code == 404
    assert sign_in(people.lead).get(verifying(by_heads)).status_code == 404
    page = text_of(sign_in(people.lead).get(f"/hub/{by_heads.number}"))
    assert "£625.00 verified so far" in page or "verified so far £625.00" in page


def test_a_frozen_statement_takes_no_more_and_its_return_is_sent_back(
    by_heads: OutcomeContract, people: HubCast, sign_in: Login, clock: Any
) -> None:
    returned(by_heads, OCTOBER, people, 3)
    freeze_statement(statement=statement(by_heads, OCTOBER), on=date(2026, 11, 2), actor=people.officer)
    clock.move_to(datetime(2026, 11, 3, 9, 0, tzinfo=LONDON))
    verifier = sign_in(people.verifier)
    page = text_of(verifier.get(verifying(by_heads)))
    assert "The statement is frozen, so these heads can no longer go on it" in page and "Accept 3" not in page
    refused = verifier.post(verifying(by_heads), {"do": "accept"})
    assert refused.status_code == 400 and "is frozen. Send the return back." in text_of(refused)
    assert verifier.post(verifying(by_heads), {"do": "reject", "reason": "Too late"}).status_code == 302
    assert "Check what they earn" not in text_of(sign_in(people.lead).get(at(by_heads)))


def test_where_we_earn_an_organiser_returns_and_the_commissioner_decides(
    people: HubCast, council: Organisation, actor: Any, sign_in: Login
) -> None:
    commissioner = person(council, actor, name="Cora Commissioner", role=Role.COMMISSIONER, on=date(2026, 1, 1))
    made = heads_contract(people, payer=council, agrees=commissioner)
    organiser = sign_in(people.organiser)
    assert "Return heads: Early career training" in text_of(organiser.get("/"))
    assert organiser.post(at(made), {"do": "return", "checked": "3-0"} | given(3)).status_code == 302
    client = sign_in(commissioner)
    assert "Heads to verify" in text_of(client.get("/council/outcomes"))
    assert client.post(at(made), {"do": "return", "checked": "3-0"} | given(3)).status_code == 403
    assert organiser.post(verifying(made), {"do": "accept"}).status_code == 404
    assert "£625.00 goes on the statement" in text_of(client.post(verifying(made), {"do": "accept"}, follow=True))


def test_the_pages_queries_do_not_grow_with_returns(
    by_heads: OutcomeContract, people: HubCast, sign_in: Login, django_assert_max_num_queries: Any
) -> None:
    client = sign_in(people.lead)
    client.get(f"/hub/{by_heads.number}")
    for _ in range(3):
        decided(returned(by_heads, OCTOBER, people, 3), people, accepted=False, reason="No")
    returned(by_heads, NOVEMBER, people, 3)
    with django_assert_max_num_queries(20):
        assert client.get(f"/hub/{by_heads.number}").status_code == 200
