"""Drafts drawn up again and discarded, and a variation with all its rows, on the pages of both sides."""

from datetime import date

import pytest
import time_machine

from frontend.jinja import url
from marketplace.core.actors import Role
from subscriptions.outcomes.models import ContractVersion, OutcomeContract, OutcomeItem
from tests.frontend.organise.test_outcome_contract_pages import asked
from tests.frontend.school.visits import signed_in, text_of
from tests.shop import person
from tests.subscriptions.outcomes.heads import heads_contract
from tests.subscriptions.outcomes.hub_year import hub_cast
from tests.subscriptions.outcomes.quarters import agreed_contract, cast_of

pytestmark = pytest.mark.django_db
HOME = "/organise/outcome-contracts"


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(date(2026, 9, 1), tick=True):
        yield


@pytest.fixture
def cast(partnership, council, actor):
    return cast_of(partnership, council, actor)


def test_a_draft_is_drawn_up_again_then_discarded(cast, oakfield):
    organiser = signed_in(cast.organiser)
    organiser.post(f"{HOME}/new", asked(oakfield, do="draw"))
    here = f"{HOME}/{OutcomeContract.objects.get().number}"
    form = organiser.get(f"{here}/draft").content.decode()
    assert "Staying, 20" in form and "36,000.00" in form and oakfield.number in form
    changed = organiser.post(f"{here}/draft", asked(oakfield, do="draw", value="18,000", title="Half a hub"))
    assert changed["Location"] == here
    page = text_of(organiser.get(here))
    assert "Half a hub" in page and "£18,000.00" in page and "Drawn up again" in page
    assert "Discard this draft?" in text_of(organiser.get(f"{here}/discard"))
    assert organiser.post(f"{here}/discard", {"reason": ""})["Location"] == HOME
    page = text_of(organiser.get(here))
    assert "Discarded" in page and "Offer this contract" not in page and "Discard this draft" not in page
    assert [organiser.get(f"{here}/{page}").status_code for page in ("draft", "discard")] == [404, 404]


def typed(contract, **changes):
    """The form as a browser sends it, with what there is."""
    found = OutcomeItem.objects.filter(contract=contract, state__in=["planned", "rejected"])
    prices = {f"item-{one.pk}": f"{one.pence / 100:.2f}" for one in found}
    return prices | {"valid_from": "1/4/28", "whole": "", "reason": "One quarter more", "rows": "2"} | changes


def test_the_council_proposes_a_quarter_more_with_something_to_show(cast, council, actor):
    contract = agreed_contract(cast)
    commissioner = signed_in(cast.commissioner)
    here = f"/outcomes/contracts/{contract.number}/vary"
    more = {
        "measure-0-name": "Schools visited", "measure-0-kind": "output", "measure-0-due": "31/7/28",
        "amount-0-name": "Base of quarter 13", "amount-0-pence": "70,000", "amount-0-first": "1/4/28",
        "amount-0-last": "30/6/28", "amount-1-name": "Visits", "amount-1-pence": "5,000", "amount-1-on": "new-0",
        "amount-1-first": "1/4/28", "amount-1-last": "30/6/28", "statement-0-cut_off": "30/6/28",
        "statement-0-pay_on": "25/7/28", "last_day": "30/6/28",
    }  # fmt: skip
    shown = text_of(commissioner.post(here, typed(contract, **more, do="check")))
    assert "The contract ends 30 June 2028 instead of 31 March 2028." in shown
    assert "Propose this variation, £975,000.00" in shown
    other = commissioner.post(here, typed(contract, **more | {"amount-1-on": "32768"}, do="check"))
    assert other.status_code == 400, "a choice that the page did not offer is refused"
    longer = commissioner.post(here, typed(contract, **more, do="more")).content.decode()
    assert 'name="amount-4-name"' in longer and "Schools visited" in longer and ContractVersion.objects.count() == 1
    made = commissioner.post(here, typed(contract, **more, do="propose"))
    terms = f"/outcomes/contracts/{contract.number}/terms/2"
    assert made["Location"] == terms
    page = text_of(commissioner.get(terms))
    assert "You proposed this variation, so someone else here must approve it." in page and "Withdraw" in page
    assert "To be shown: Schools visited, by 31 July 2028." in page
    assert f"for {council.name}" in page and "Decide the variation of" not in text_of(commissioner.get("/"))
    organiser = signed_in(cast.organiser)
    assert "Withdraw this variation" not in text_of(organiser.get(terms))
    organiser.post(terms, {"do": "approve"})
    colleague = person(council, actor, name="Cal Colleague", role=Role.COMMISSIONER, on=date(2026, 1, 1))
    assert signed_in(colleague).post(terms, {"do": "approve"}).status_code == 302
    contract.refresh_from_db()
    assert (contract.value_pence, contract.valid_to) == (975_000_00, date(2028, 7, 1))
    visits = OutcomeItem.objects.get(contract=contract, name="Visits")
    assert (visits.gate, visits.measure.name, visits.due_on) == ("output", "Schools visited", date(2028, 7, 31))


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"amount-0-name": "Half"}, "Enter the amount, or clear the row"),
        (
            {"amount-0-name": "X", "amount-0-pence": "1", "amount-0-first": "2/4/28", "amount-0-last": "1/4/28"},
            "The last of its days must be on or after the first",
        ),
        (
            {
                "amount-0-name": "X", "amount-0-pence": "1", "amount-0-first": "1/1/28", "amount-0-last": "2/1/28",
                "amount-0-on": "new-1",
            },
            "Enter what is to be shown, or choose something else",
        ),
        ({"statement-0-cut_off": "30/6/28", "statement-0-pay_on": "30/6/28"}, "must be after the last day"),
        ({"last_day": "30/6/28"}, "Add statements to that day"),
        ({"last_day": "30/6/27", "valid_from": "1/1/27"}, "End it early instead"),
        ({"valid_from": "1/1/28"}, "Nothing changes"),
    ],
)  # fmt: skip
def test_what_is_missing_is_said_and_nothing_is_proposed(cast, changes, says):
    contract = agreed_contract(cast)
    here = f"/outcomes/contracts/{contract.number}/vary"
    refused = signed_in(cast.organiser).post(here, typed(contract, **changes, do="propose"))
    assert refused.status_code == 400 and says in text_of(refused)
    assert ContractVersion.objects.count() == 1


def test_other_prices_for_heads_are_shown_now_and_then(partnership, oakfield, actor):
    cast = hub_cast(partnership, oakfield, actor)
    contract = heads_contract(cast)
    lead, here = signed_in(cast.lead), f"/outcomes/contracts/{contract.number}/vary"
    assert "Propose a variation" in text_of(lead.get(url("hub-contract", number=contract.number)))
    page = lead.get(here).content.decode()
    assert 'value="1000.00"' in page or 'value="1,000.00"' in page
    sent = {
        "valid_from": "1/11/26", "reason": "Dearer", "rows": "2", "band-0-capacity": "4", "band-0-price": "2,000",
        "band-1-capacity": "8", "band-1-price": "300", "point-0-name": "Started", "point-0-share": "25",
        "point-1-name": "Done", "point-1-share": "75",
    }  # fmt: skip
    shown = text_of(lead.post(here, sent | {"do": "check"}))
    assert "1 to 2 £1,000.00" in shown and "1 to 4 £2,000.00" in shown
    assert "Heads accepted before are not priced again." in shown
    lead.post(here, sent | {"do": "propose"})
    terms = text_of(signed_in(cast.manager).get(f"/outcomes/contracts/{contract.number}/terms/2"))
    assert "Heads of band 1: 4 at £2,000.00." in terms and "5 to 12 £300.00" in terms
    wrong = lead.post(here, sent | {"do": "check", "point-1-share": "70"})
    assert wrong.status_code == 400 and "must come to exactly 100%" in text_of(wrong)
