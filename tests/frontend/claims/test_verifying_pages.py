"""The verifier's desk: oldest first, target, claim and evidence on one page, deciding, what is barred, the sample."""

from datetime import timedelta

import pytest

from marketplace.core.actors import Actor, Role, platform
from marketplace.organisations.models import Organisation, Person
from marketplace.organisations.services.people import give_role
from subscriptions.outcomes.models import OutcomeContract, Submission
from tests.conftest import START
from tests.frontend.claims.conftest import Login, text_of
from tests.shop import person
from tests.subscriptions.outcomes.claims import Cast, accepted, hub_contract, item, submitted

pytestmark = pytest.mark.django_db


def at(contract: OutcomeContract, rest: str = "/autumn/1") -> str:
    return f"/verify/{contract.number}{rest}"


def test_the_oldest_waits_on_top_and_home_says_so(contract: OutcomeContract, cast: Cast, sign_in: Login) -> None:
    newer = hub_contract(cast, title="Maths hub")
    submitted(cast, newer)
    submitted(cast, contract)
    Submission.objects.filter(item__contract=contract)
    client = sign_in(cast.vera)
    page = text_of(client.get("/verify"))
    assert page.index("Maths hub") < page.index("Reading hub")
    assert "2 returns to decide, oldest first" in page
    assert "Decide on Autumn outputs, Elm Park Primary by 18 January 2027" in text_of(client.get("/"))


def test_only_those_who_decide_meet_the_desk(contract: OutcomeContract, cast: Cast, sign_in: Login) -> None:
    submitted(cast, contract)
    for other in (cast.lead, cast.teacher, cast.outsider, cast.organiser, cast.manager):
        client = sign_in(other)
        for address in ("/verify", "/verify/decided", at(contract), at(contract, "/autumn")):
            assert client.get(address).status_code == 404, (other.name, address)
        assert client.post(at(contract), {"do": "accept"}).status_code == 404
    assert item(contract).state == "submitted"


def test_target_claim_and_evidence_stand_on_one_page_and_accepting_says_what_it_earns(
    contract: OutcomeContract, cast: Cast, sign_in: Login
) -> None:
    submitted(cast, contract, "30")
    client = sign_in(cast.vera)
    page = text_of(client.get(at(contract)))
    for words in ("40 people", "30 people", "Registers of the autumn term", "https://example.org/r", "Lena Lead"):
        assert words in page
    assert "Its share of the way to the target is paid" in page
    assert "Accepted as claimed, it earns £2,100.00 of £2,800.00." in page
    done = client.post(at(contract), {"do": "accept"}, follow=True)
    assert "£2,100.00 goes on the statement to 30 April 2027" in text_of(done)
    assert "Autumn outputs" in text_of(client.get("/verify/decided"))
    assert "Nothing waits for you" in text_of(client.get("/verify"))


def test_part_back_and_not_met_need_a_sentence(contract: OutcomeContract, cast: Cast, sign_in: Login) -> None:
    submitted(cast, contract)
    client = sign_in(cast.vera)
    for do in ("part", "reject", "not-met"):
        response = client.post(at(contract), {"do": do, f"{do}-accepted": "3", f"{do}-reason": ""})
        assert response.status_code == 400, do
    assert item(contract).state == "submitted"
    given = {"do": "part", "part-accepted": "20", "part-reason": "Twenty were there before"}
    assert client.post(at(contract), given).status_code == 302
    assert item(contract).earned_pence == 1_400_00


def test_a_decision_is_taken_back(contract: OutcomeContract, cast: Cast, sign_in: Login) -> None:
    accepted(cast, contract)
    client = sign_in(cast.vic)
    assert "Take the decision back" not in text_of(client.get(at(contract, "/autumn")))
    response = sign_in(cast.vera).post(at(contract), {"do": "undo", "undo-reason": "The wrong register"})
    assert response.status_code == 302 and item(contract).state == "submitted"
    assert response.headers["Location"] == at(contract, "/autumn/2"), "the return that waits anew, with its decision"
    assert "Accept 40" in text_of(sign_in(cast.vera).get(at(contract, "/autumn/2")))


def test_who_works_for_the_school_reads_why_another_must_decide(
    contract: OutcomeContract, cast: Cast, sign_in: Login
) -> None:
    made = submitted(cast, contract)
    lena = Person.objects.get(pk=cast.lead.person_id)
    give_role(person=lena, role=Role.VERIFIER, organisation=cast.moor, valid_from=START, actor=platform("test"))
    client = sign_in(cast.lead)
    page = text_of(client.get(at(contract)))
    assert "You claimed this, so someone else must decide." in page and "Accept 40" not in page
    refused = client.post(at(contract), {"do": "accept"})
    assert refused.status_code == 400 and "someone else must decide" in text_of(refused)
    made.refresh_from_db()
    assert made.state == "submitted"
    assert "Nothing waits for you" in text_of(client.get("/verify"))


def test_what_nobody_sent_is_not_met_or_gets_more_time(
    contract: OutcomeContract, cast: Cast, sign_in: Login, clock: object
) -> None:
    client, address = sign_in(cast.vera), at(contract, "/autumn")
    assert client.post(address, {"do": "not-met", "not-met-reason": "Nothing came"}).status_code == 400
    day = {"extend-due_on_day": "31", "extend-due_on_month": "3", "extend-due_on_year": "2027"}
    assert client.post(address, {"do": "extend", "extend-reason": "Snow"} | day).status_code == 302
    clock.move_to(item(contract).due_on + timedelta(days=1))  # type: ignore[attr-defined]
    client = sign_in(cast.vera)
    assert "Nothing was sent by its day" in text_of(client.get("/verify"))
    assert client.post(address, {"do": "not-met", "not-met-reason": "Nothing came"}).status_code == 302
    assert item(contract).state == "not_met"


def test_the_auditor_draws_a_sample(
    contract: OutcomeContract, cast: Cast, sign_in: Login, partnership: Organisation, actor: Actor
) -> None:
    accepted(cast, contract)
    ada = sign_in(person(partnership, actor, name="Ada Auditor", role=Role.AUDITOR))
    assert "Nothing is drawn yet" in text_of(ada.get("/verify/sample"))
    done = ada.post("/verify/sample", {"count": "3", "seed": "7"}, follow=True)
    assert "1 claim drawn" in text_of(done) and "Autumn outputs" in text_of(done)
    for other in (cast.vera, cast.lead, cast.organiser):
        assert sign_in(other).get("/verify/sample").status_code == 404
