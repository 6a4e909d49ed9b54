"""Contracts that pay on outcomes for programs: read by their two parties, claimed, decided by the other side, varied by both."""

from datetime import date
from decimal import Decimal

import pytest
import time_machine

from marketplace.core.actors import Role
from subscriptions.outcomes.models import ContractVersion, OutcomeItem, Submission
from subscriptions.outcomes.rules.drawing_up import Plan
from subscriptions.outcomes.services.drawing_up import Planned, draft_by_plan
from tests.api.calling import Program
from tests.conftest import STANDARD
from tests.shop import person
from tests.subscriptions.outcomes.quarters import agreed_contract, cast_of

pytestmark = pytest.mark.django_db
TODAY = date(2025, 7, 10)


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(TODAY, tick=True):
        yield


@pytest.fixture
def cast(partnership, council, actor):
    return cast_of(partnership, council, actor)


@pytest.fixture
def contract(cast):
    return agreed_contract(cast, years=1)


@pytest.fixture
def here(contract):
    return f"/outcome-contracts/{contract.number}"


@pytest.fixture
def organiser(cast):
    return Program(cast.organiser)


@pytest.fixture
def council_program(cast):
    return Program(cast.commissioner)


def test_both_parties_read_the_same_contract(contract, here, organiser, council_program):
    found = organiser.get(here).json()
    assert council_program.get(here).json() == found
    assert (found["value_pence"], found["side"], len(found["items"]), len(found["statements"])) == (
        300_000_00, "earns", 8, 4,
    )  # fmt: skip
    listed = organiser.get("/outcome-contracts", kind="council", state="active").json()["results"]
    assert [one["number"] for one in listed] == [contract.number]
    assert organiser.get("/outcome-contracts", kind="hub").json()["results"] == []
    first = organiser.get(f"{here}/statements/1").json()
    assert (first["state"], first["total_pence"], first["lines"][0]["exact"]) == ("open", 71_250_00, "71250.0000000000")


def test_others_are_told_that_there_is_none(here, oakfield, partnership, actor, council):
    outsiders = [
        Program(person(oakfield, actor, name="Hal Head", role=Role.HUB_LEAD)),
        Program(person(council, actor, name="Bea Buyer", role=Role.BUYER)),
        Program(person(partnership, actor, name="Ada Admin", role=Role.ADMINISTRATOR)),
    ]
    paths = [here, f"{here}/items/q1-risk", f"{here}/items/q1-risk/evidence", f"{here}/statements/1"]
    paths.append(f"{here}/variations/1")
    for program in outsiders:
        assert [program.get(path).status_code for path in paths] == [404] * len(paths)
        assert program.get("/outcome-contracts").json()["results"] == []
        assert program.post(f"{here}/items/q1-risk/claims", {"words": "x"}).status_code == 404
        assert program.post(f"{here}/variations/1/answer", {"do": "approve"}).status_code == 404


def test_a_claim_is_made_once_and_decided_by_the_other_side(here, contract, organiser, council_program):
    claims = f"{here}/items/q1-risk/claims"
    body = {"words": "88% were answered within the weeks"}
    made = [organiser.post(claims, body, key="the-same-key-0001") for _ in range(2)]
    assert [answer.status_code for answer in made] == [201, 201] and made[0].json() == made[1].json()
    assert Submission.objects.count() == 1
    own = organiser.post(f"{claims}/1/decision", {"do": "accept"})
    assert (own.status_code, own.json()["message"]) == (403, "You claimed this, so someone else must decide.")
    assert OutcomeItem.objects.get(code="q1-risk").earned_pence == 0
    listed = council_program.get("/outcome-claims", state="submitted").json()["results"]
    assert [(one["contract"], one["item"], one["ordinal"]) for one in listed] == [(contract.number, "q1-risk", 1)]
    done = council_program.post(f"{claims}/1/decision", {"do": "accept"})
    assert (done.status_code, done.json()["state"]) == (200, "accepted")
    item = council_program.get(f"{here}/items/q1-risk").json()
    assert (item["state"], item["earned_pence"], item["statement"]) == ("eligible", 3_750_00, 2)
    assert council_program.post(f"{claims}/1/decision", {"do": "reject", "reason": "No"}).status_code == 409
    assert council_program.get(f"{claims}/1").json()["state"] == "accepted"


def test_a_claim_is_sent_back_only_with_a_reason(here, organiser, council_program):
    claims = f"{here}/items/q1-risk/claims"
    organiser.post(claims, {"words": "Done"})
    assert council_program.post(f"{claims}/1/decision", {"do": "reject"}).status_code == 400
    assert council_program.post(f"{claims}/1/decision", {"do": "accept_part"}).status_code == 400
    done = council_program.post(f"{claims}/1/decision", {"do": "reject", "reason": "The register is unsigned"})
    assert (done.json()["state"], done.json()["reason"]) == ("rejected", "The register is unsigned")


def cut(**changes):
    """The third and fourth quarters at £50,000: what is paid on time alone changes."""
    amounts = [
        {
            "code": f"q{at}-base-v2", "name": f"Quarter {at}", "pence": 46_250_00, "service_from": first,
            "service_to": last, "claimed_from": last, "due_on": last,
        }
        for at, first, last in ((3, "2025-10-01", "2026-01-01"), (4, "2026-01-01", "2026-04-01"))
    ]  # fmt: skip
    return {
        "valid_from": "2025-10-01", "value_pence": 250_000_00, "left_out": ["q3-base", "q4-base"], "amounts": amounts,
    } | changes  # fmt: skip


def test_a_variation_is_worked_out_proposed_and_approved_by_both(here, cast, organiser, council_program, contract):
    shown = organiser.post(f"{here}/variations/preview", cut()).json()
    assert (shown["value_before_pence"], shown["value_after_pence"]) == (300_000_00, 250_000_00)
    assert [one["after_pence"] for one in shown["periods"]] == [75_000_00, 75_000_00, 50_000_00, 50_000_00]
    assert ContractVersion.objects.count() == 1
    made = organiser.post(f"{here}/variations", cut(reason="Budget", notice_given_on="2025-07-10"))
    assert (made.status_code, made.json()["periods"]) == (201, shown["periods"])
    version = f"{here}/variations/2"
    assert council_program.get(version).json()["periods"] == shown["periods"]
    assert organiser.post(f"{version}/answer", {"do": "approve"}).status_code == 403
    manager = Program(cast.manager)
    assert manager.post(f"{version}/answer", {"do": "approve"}).json()["state"] == "proposed"
    assert council_program.post(f"{version}/answer", {"do": "approve"}).json()["state"] == "agreed"
    contract.refresh_from_db()
    assert contract.value_pence == 250_000_00
    assert council_program.post(f"{version}/answer", {"do": "decline", "reason": "x"}).status_code == 409


def test_a_variation_that_cannot_be_says_why(here, organiser, council, actor):
    dear = organiser.post(f"{here}/variations", cut(reason="Budget", value_pence=1))
    assert (dear.status_code, dear.json()["message"]) == (
        400, "The amounts come to £250,000.00, more than the contract's value of £0.01. Lower them, or raise it.",
    )  # fmt: skip
    backwards = cut()["amounts"][0] | {"service_to": "2025-09-01"}
    assert organiser.post(f"{here}/variations", cut(reason="x", amounts=[backwards])).status_code == 400
    payments = Program(person(council, actor, name="Pay Clerk", role=Role.COUNCIL_PAYMENTS))
    assert payments.post(f"{here}/variations", cut(reason="Ours")).status_code == 403
    assert payments.post(f"{here}/variations/preview", cut()).status_code == 403
    assert ContractVersion.objects.count() == 1


def test_a_token_reaches_contracts_only_with_their_scope(here, cast):
    without = Program(cast.organiser, scopes=["orders:read", "orders:write"])
    assert without.get(here).status_code == 403
    reads = Program(cast.organiser, scopes=["outcomes:read"])
    assert reads.get(here).status_code == 200
    assert reads.post(f"{here}/items/q1-risk/claims", {"words": "x"}).status_code == 403
    assert not Submission.objects.exists()


def test_the_other_party_proposes_a_longer_contract_and_others_approve(here, cast, contract, organiser, council, actor):
    colleague = Program(person(council, actor, name="Cal Colleague", role=Role.COMMISSIONER, on=TODAY))
    council_program = Program(cast.commissioner)
    quarter = {"service_from": "2026-04-01", "cut_off": "2026-06-30", "pay_on": "2026-07-24"}
    amount = {
        "code": "q5", "name": "Quarter 5", "pence": 70_000_00, "service_from": "2026-04-01", "service_to": "2026-07-01",
        "claimed_from": "2026-07-01", "due_on": "2026-07-01",
    }  # fmt: skip
    body = {
        "valid_from": "2026-04-01", "valid_to": "2026-07-01", "value_pence": 370_000_00, "amounts": [amount],
        "statements": [quarter],
    }  # fmt: skip
    shown = council_program.post(f"{here}/variations/preview", body).json()
    assert (shown["valid_to_before"], shown["valid_to_after"]) == ("2026-04-01", "2026-07-01")
    made = council_program.post(f"{here}/variations", body | {"reason": "One quarter more"}).json()
    assert (made["proposed_for"], made["valid_to"]) == ("theirs", "2026-07-01")
    answer = f"{here}/variations/2/answer"
    assert council_program.post(answer, {"do": "approve"}).status_code == 403
    assert organiser.post(answer, {"do": "withdraw"}).status_code == 403
    assert organiser.post(answer, {"do": "approve"}).json()["state"] == "proposed"
    assert colleague.post(answer, {"do": "approve"}).json()["state"] == "agreed"
    assert organiser.get(here).json()["valid_to"] == "2026-07-01"


def test_a_draft_is_drawn_up_again_and_discarded(cast, organiser, council_program):
    plan = Plan(
        first_day=date(2026, 4, 1), months=12, value_pence=12_000_00, every="quarter", on_time=Decimal(100),
        on_outputs=Decimal(0), on_outcomes=Decimal(0),
    )  # fmt: skip
    planned = Planned(
        kind="council", party=cast.council, title="Advice", plan=plan, vat=STANDARD, account_code="4110", stream_code="CC"
    )  # fmt: skip
    made = draft_by_plan(planned=planned, on=TODAY, actor=cast.organiser)
    there = f"/outcome-contracts/{made.number}"
    body = {
        "kind": "council", "party": cast.council.number, "title": "Advice, halved", "first_day": "2026-04-01", "months": 12,
        "value_pence": 6_000_00, "every": "half", "on_time": "50", "on_outputs": "50", "vat": "S", "account": "4110",
        "stream": "CC",
    }  # fmt: skip
    again = organiser.post(f"{there}/redraft", body).json()
    assert (again["title"], again["value_pence"], len(again["items"]), again["number"]) == (
        "Advice, halved", 6_000_00, 4, made.number,
    )  # fmt: skip
    assert organiser.post(f"{there}/redraft", body | {"party": "nobody"}).status_code == 400
    assert council_program.post(f"{there}/redraft", body).status_code == 404
    assert organiser.post(f"{there}/discard", {"reason": "Not now"}).json()["state"] == "discarded"
    refused = organiser.post(f"{there}/redraft", body)
    assert (refused.status_code, refused.json()["code"]) == (409, "contract_stands")


def test_a_contract_is_drawn_up_offered_and_agreed_by_two_programs(organiser, council_program, cast):
    body = {
        "kind": "council", "party": cast.council.number, "title": "Advice", "first_day": "2026-04-01", "months": 12,
        "value_pence": 12_000_00, "every": "half", "on_time": "50", "on_outputs": "50", "vat": "S", "account": "4110",
        "stream": "CC",
    }  # fmt: skip
    assert council_program.post("/outcome-contracts", body).status_code == 404
    assert organiser.post("/outcome-contracts", body | {"on_time": "40"}).status_code == 400
    made = organiser.post("/outcome-contracts", body)
    assert (made.status_code, made.json()["state"], made.json()["side"]) == (201, "draft", "earns")
    there = f"/outcome-contracts/{made.json()['number']}"
    assert council_program.post(f"{there}/answer", {"do": "agree"}).status_code == 404
    assert organiser.post(f"{there}/offer").json()["state"] == "offered"
    assert organiser.post(f"{there}/offer").status_code == 409
    assert organiser.post(f"{there}/answer", {"do": "agree"}).status_code == 403
    assert council_program.post(f"{there}/answer", {"do": "decline"}).status_code == 400
    assert council_program.post(f"{there}/answer", {"do": "agree"}).json()["state"] == "active"


def test_who_is_offered_a_contract_may_decline_it(organiser, council_program, cast):
    body = {
        "kind": "council", "party": cast.council.number, "title": "Advice", "first_day": "2026-04-01", "months": 12,
        "value_pence": 12_000_00, "every": "year", "on_time": "100", "vat": "S", "account": "4110", "stream": "CC",
    }  # fmt: skip
    there = f"/outcome-contracts/{organiser.post('/outcome-contracts', body).json()['number']}"
    organiser.post(f"{there}/offer")
    declined = council_program.post(f"{there}/answer", {"do": "decline", "reason": "No budget"}).json()
    assert declined["state"] == "declined"
    assert council_program.post(f"{there}/answer", {"do": "agree"}).status_code == 409


def test_a_contract_by_heads_is_drawn_up_returned_and_accepted_by_programs(organiser, council_program, cast):
    made = organiser.post("/outcome-contracts", {
        "kind": "council", "party": cast.council.number, "title": "Mentors", "first_day": "2025-07-01", "months": 6,
        "value_pence": 5_000_00, "every": "quarter", "vat": "S", "account": "4110", "stream": "CC",
        "bands": [{"capacity": 2, "price_pence": 100_000}, {"capacity": 10, "price_pence": 50_000}],
        "milestones": [{"name": "Started", "share": "25"}, {"name": "Done", "share": "75"}],
    })  # fmt: skip
    assert made.status_code == 201, made.json()
    there = f"/outcome-contracts/{made.json()['number']}"
    organiser.post(f"{there}/offer")
    assert council_program.post(f"{there}/answer", {"do": "agree"}).json()["state"] == "active"
    heads = f"{there}/statements/1/heads"
    assert [one["name"] for one in organiser.get(heads).json()] == ["Started", "Done"]
    assert organiser.post(heads, {"milestone": "m1", "billable": 3}).status_code == 201
    decided = council_program.post(f"{heads}/m1/1/decision", {"do": "accept"})
    assert decided.json()["state"] == "accepted", decided.json()
    [started, _] = organiser.get(heads).json()
    assert (started["bands"], started["pence"]) == (
        [{"heads": 2, "pence": 500_00}, {"heads": 1, "pence": 125_00}], 625_00,
    )  # fmt: skip
