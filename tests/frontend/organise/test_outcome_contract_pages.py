"""The partnership's pages of contracts that pay on outcomes, and the page on which both sides approve a variation."""

from datetime import date

import pytest
import time_machine

from marketplace.core.actors import Role
from subscriptions.outcomes.models import ContractVersion, OutcomeContract, OutcomeItem
from subscriptions.outcomes.services.contracting import agree_contract
from tests.frontend.school.visits import signed_in, text_of
from tests.shop import person, schools
from tests.subscriptions.outcomes.quarters import agreed_contract, cast_of

pytestmark = pytest.mark.django_db
TODAY = date(2026, 9, 1)
HOME = "/organise/outcome-contracts"


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(TODAY, tick=True):
        yield


@pytest.fixture
def cast(partnership, council, actor):
    return cast_of(partnership, council, actor)


@pytest.fixture
def contract(cast):
    return agreed_contract(cast)


def asked(party, **changes):
    """Scenario 1's hub as it is typed."""
    return {
        "kind": "hub", "customer": party.number, "title": "Reading hub", "first_day": "1/9/26", "months": "36",
        "value": "36,000", "every": "term", "pay_day": "25", "on_time": "0", "on_outputs": "70",
        "output": "Termly plan", "on_outcomes": "30", "outcomes": "Reading, 50\nAttendance, 30\nStaying, 20",
        "yearly": "on", "outcomes_due": "31/7/27", "evidence": "register, report", "vat": "O", "account": "6000",
        "stream": "GR", "do": "check",
    } | changes  # fmt: skip


def test_a_hub_is_checked_drawn_up_offered_and_listed(cast, actor, tmp_path):
    [school] = schools(tmp_path, actor, {})
    organiser = signed_in(cast.organiser)
    checked = organiser.post(f"{HOME}/new", asked(school))
    page = text_of(checked)
    assert checked.status_code == 200 and "Draw up this contract, £36,000.00" in page
    assert "9 statements, the first cut off after 31 December 2026 and paid on 25 January 2027" in page
    assert not OutcomeContract.objects.exists(), "checking writes nothing"
    made = organiser.post(f"{HOME}/new", asked(school, do="draw"))
    contract = OutcomeContract.objects.get()
    assert made["Location"] == f"{HOME}/{contract.number}"
    assert (contract.side, contract.value_pence, contract.items.count()) == ("pays", 36_000_00, 9 + 9)
    assert contract.measures.get(code="p1-output").evidence_types == ["register", "report"]
    offer = "Offer this contract to Oakfield Primary School, £36,000.00"
    assert offer in text_of(organiser.get(made["Location"]))
    organiser.post(f"{made['Location']}/offer")
    page = text_of(organiser.get(made["Location"]))
    assert "With them" in page and offer not in page
    listed = text_of(organiser.get(HOME))
    assert "Reading hub" in listed and "£36,000.00" in listed
    assert "No contracts are like that" in text_of(organiser.get(HOME, {"kind": "council"}))
    assert b"Reading hub" in organiser.get(HOME, {"format": "csv"}).content


def test_a_contract_by_heads_is_checked_drawn_up_and_shown_again_as_it_was_typed(cast, oakfield):
    organiser = signed_in(cast.organiser)
    by_heads = {
        "title": "Mentors", "months": "12", "value": "12,000", "every": "half", "on_outputs": "0", "on_outcomes": "0",
        "outcomes": "", "yearly": "", "outcomes_due": "", "heads_target": "40", "set_up": "100",
        "bands": "30, 120.00, 25\n60, £90", "milestones": "Started, 40\nDone, 60%",
    }  # fmt: skip
    page = text_of(organiser.post(f"{HOME}/new", asked(oakfield, **by_heads)))
    for words in ("1 to 30", "25% of it on time", "31 to 90", "Started 40%, Done 60%"):
        assert words in page
    assert "Draw up this contract, £12,000.00" in page and "What it would pay At most" not in page
    made = organiser.post(f"{HOME}/new", asked(oakfield, **by_heads, do="draw"))
    contract = OutcomeContract.objects.get()
    assert (contract.heads_target, contract.set_up_pence, contract.items.count()) == (40, 100_00, 0)
    shown = organiser.get(f"{made['Location']}/draft").content.decode()
    assert "30, 120.00, 25\n60, 90.00" in shown and "Started, 40\nDone, 60" in shown


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"on_outputs": "60"}, "must come to 100%"),
        ({"months": "34"}, "whole periods of 4 months"),
        ({"customer": "X"}, "No organisation has this customer number"),
        ({"outcomes": "Reading"}, "“Reading” must be a name, a comma and a weight"),
        ({"outcomes_due": ""}, "a day in the first of them by which they are shown"),
        ({"title": ""}, "Enter the title"),
        ({"bands": "30 heads"}, "“30 heads” must be heads, a price and a percent below 100"),
        ({"bands": "30, 120, 25"}, "Leave a part of the 100% for the heads"),
        ({"bands": "30, 120", "milestones": "Started, 40", "on_outputs": "50"}, "must come to exactly 100%"),
        ({"milestones": "Started"}, "“Started” must be a name, a comma and a share"),
        ({"account": "4110", "do": "draw"}, "There is no account of expense with the code 4110"),
    ],
)
def test_what_does_not_fit_is_said_and_nothing_is_drawn_up(cast, oakfield, changes, says):
    refused = signed_in(cast.organiser).post(f"{HOME}/new", asked(oakfield, **changes))
    assert refused.status_code == 400 and says in text_of(refused)
    assert not OutcomeContract.objects.exists()


def test_a_variation_is_previewed_proposed_and_approved_by_both_sides(cast, contract):
    """What the organiser checks is what the council approves: the same figures on both pages."""
    organiser, manager, commissioner = (signed_in(one) for one in (cast.organiser, cast.manager, cast.commissioner))
    here = f"/outcomes/contracts/{contract.number}/vary"
    typed = {"valid_from": "1/4/27", "whole": "200,000", "reason": "Budget", "notice_given_on": "1/9/26"}
    checked = text_of(organiser.post(here, typed | {"do": "check"}))
    change = "The contract's value becomes £800,000.00, now £900,000.00: −£100,000.00."
    assert change in checked and "Propose this variation, £800,000.00" in checked
    assert "April 2027 to June 2027 £75,000.00 £50,000.00 −£25,000.00 £2,500.00" in checked
    assert ContractVersion.objects.count() == 1
    proposed = organiser.post(here, typed | {"do": "propose"})
    terms = f"/outcomes/contracts/{contract.number}/terms/2"
    assert proposed["Location"] == terms
    own = text_of(organiser.get(terms))
    assert "You proposed this variation, so someone else here must approve it." in own
    assert "Approve this variation" not in own and "Withdraw this variation" in own
    assert "Decide the variation of" not in text_of(organiser.get("/")), "nobody approves what they proposed"
    for reader in (manager, commissioner):
        assert f"Decide the variation of {contract.number}" in text_of(reader.get("/"))
    for reader in (manager, commissioner):
        shown = text_of(reader.get(terms))
        assert change in shown and "Approve this variation, £800,000.00" in shown
        assert "1 September 2026, 212 days before it begins" in shown
        assert reader.post(terms, {"do": "approve"}).status_code == 302
    contract.refresh_from_db()
    assert contract.value_pence == 800_000_00
    after = text_of(commissioner.get(terms))
    assert "Agreed" in after and "Cara Commissioner, 1 September 2026" in after
    again = commissioner.post(terms, {"do": "approve"})
    assert again.status_code == 400 and "This variation is agreed" in text_of(again)


def test_single_amounts_are_given_other_sums_or_left_out(cast, contract):
    organiser = signed_in(cast.organiser)
    items = {one.code: one for one in OutcomeItem.objects.filter(contract=contract)}
    prices = {f"item-{one.pk}": f"{one.pence / 100:.2f}" for one in items.values()}
    prices[f"item-{items['q12-base'].pk}"] = "70,000"
    prices[f"item-{items['q12-risk'].pk}"] = "0"
    typed = {"valid_from": "1/1/28", "whole": "", "reason": "Less", "do": "propose"} | prices
    assert organiser.post(f"/outcomes/contracts/{contract.number}/vary", typed).status_code == 302
    version = ContractVersion.objects.get(number=2)
    assert version.value_pence == 900_000_00 - 1_250_00 - 3_750_00
    shown = text_of(organiser.get(f"/outcomes/contracts/{contract.number}/terms/2"))
    assert "Left out: Quarter 12, at risk." in shown
    assert "Quarter 12: £70,000.00 instead of £71,250.00." in shown


def test_a_variation_is_declined_with_a_reason_or_withdrawn(cast, contract):
    organiser, commissioner = signed_in(cast.organiser), signed_in(cast.commissioner)
    here, typed = (
        f"/outcomes/contracts/{contract.number}/vary",
        {"valid_from": "1/4/27", "whole": "200,000", "reason": "Budget"},
    )
    organiser.post(here, typed | {"do": "propose"})
    terms = f"/outcomes/contracts/{contract.number}/terms/2"
    refused = commissioner.post(terms, {"do": "decline", "reason": ""})
    assert refused.status_code == 400 and "Enter why you decline it" in text_of(refused)
    commissioner.post(terms, {"do": "decline", "reason": "Too early"})
    organiser.post(here, typed | {"do": "propose"})
    organiser.post(f"/outcomes/contracts/{contract.number}/terms/3", {"do": "withdraw"})
    assert [one.state for one in ContractVersion.objects.order_by("number")] == ["agreed", "declined", "withdrawn"]
    assert organiser.post(terms, {"do": "something"}).status_code == 404


def test_a_finance_manager_ends_a_contract_after_seeing_what_is_left(cast, contract):
    manager = signed_in(cast.manager)
    here, typed = f"{HOME}/{contract.number}/end", {"ended_on": "30/9/27", "reason": "Needs changed"}
    checked = text_of(manager.post(here, typed | {"do": "check"}))
    assert "End this contract, £150,000.00 is cancelled" in checked
    contract.refresh_from_db()
    assert contract.state == "active"
    manager.post(here, typed | {"do": "end"})
    contract.refresh_from_db()
    assert contract.state == "terminated"
    assert "Ended early" in text_of(manager.get(f"{HOME}/{contract.number}"))
    late = manager.post(here, typed | {"do": "end"})
    assert late.status_code == 400 and "is ended early, so it cannot be ended" in text_of(late)


def test_who_meets_the_pages(cast, contract, partnership, oakfield, council, actor):
    """Finance and the auditor read; who draws up writes; the other side meets its variation and nothing of these pages."""
    here = f"{HOME}/{contract.number}"
    for role in (Role.FINANCE_OFFICER, Role.AUDITOR):
        reader = signed_in(person(partnership, actor, name=f"R {role}", role=role))
        assert [reader.get(path).status_code for path in (HOME, here)] == [200, 200]
        assert [
            reader.get(path).status_code
            for path in (f"{HOME}/new", f"/outcomes/contracts/{contract.number}/vary", f"{here}/end")
        ] == [404] * 3
        assert reader.post(f"{here}/offer").status_code == 404
        assert "Propose a variation" not in text_of(reader.get(here))
    assert signed_in(cast.organiser).get(f"{here}/end").status_code == 404
    terms = f"/outcomes/contracts/{contract.number}/terms/1"
    assert signed_in(cast.commissioner).get(terms).status_code == 200
    outsiders = [
        person(oakfield, actor, name="Hal Head", role=Role.HUB_LEAD),
        person(council, actor, name="Bea Buyer", role=Role.BUYER),
        person(partnership, actor, name="Ada Admin", role=Role.ADMINISTRATOR),
    ]
    for outsider in outsiders:
        assert [signed_in(outsider).get(path).status_code for path in (HOME, here, terms)] == [404] * 3
    assert signed_in(cast.commissioner).get(here).status_code == 404
    assert signed_in(cast.organiser).get(f"/outcomes/contracts/{contract.number}/terms/9").status_code == 404


def test_an_offer_that_was_agreed_meanwhile_is_not_offered_again(cast, contract):
    refused = signed_in(cast.organiser).post(f"{HOME}/{contract.number}/offer", follow=True)
    assert f"{contract.number} is active now. Look at it again." in text_of(refused)
    with pytest.raises(Exception, match="is active now"):
        agree_contract(contract=contract, on=TODAY, actor=cast.commissioner)
