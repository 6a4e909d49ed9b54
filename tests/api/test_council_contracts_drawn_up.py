"""Council contracts drawn up by programs as on the page: the same lines, quarters and refusals; indicators; the handover."""

from datetime import date

import pytest

from marketplace.core.actors import Role
from subscriptions.commissions.models import CouncilContract, HandoverStep
from subscriptions.outcomes.models import OutcomeContract
from tests.api.calling import Program
from tests.shop import person
from tests.subscriptions.commissions.councils import cast_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ledger_holds")]
SEEN = {"code": "seen", "name": "Seen within 20 weeks", "kind": "within_weeks", "target": "80", "weeks": 20}


@pytest.fixture
def cast(council, actor, partnership):
    return cast_of(council, actor)


@pytest.fixture
def given(council) -> dict[str, object]:
    return {
        "party": council.number, "title": "Inclusion", "statutory_basis": "Children and Families Act 2014, section 36",
        "start": "2027-04-01", "years_pence": [300_000_00, 300_000_00], "at_risk": "5", "indicator": SEEN, "vat": "S",
        "blocks": [{"block": "high_needs", "percent": 60}, {"block": "council", "percent": 40}],
        "notice_days": 120, "return_days": 30, "purchase_order": "PO 4471",
    }  # fmt: skip


def test_it_is_drawn_up_offered_and_agreed(cast, given):
    olga, carla = Program(cast.olga), Program(cast.carla)
    made = olga.post("/council-contracts", given)
    assert made.status_code == 201, made.json()
    number, found = made.json()["number"], made.json()
    here = f"/council-contracts/{number}"
    assert (found["state"], found["value_pence"], found["notice_days"]) == ("draft", 600_000_00, 120)
    assert [one["pence"] for one in found["lines"]] == [120_000_00, 180_000_00, 120_000_00, 180_000_00]
    assert found["indicators"][0] | {"due_on": "2029-03-31"} == found["indicators"][0]
    contract = OutcomeContract.objects.get(number=number)
    assert (contract.statements.count(), contract.purchase_order, contract.stream_id) == (8, "PO 4471", "CC")
    assert contract.items.get(code="q1-risk").pence == 3_750_00
    assert contract.council.returns.get(ordinal=1).due_on == date(2027, 7, 30)
    assert carla.get(here).status_code == 404, "a draft is the partnership's own"
    assert olga.post(f"/outcome-contracts/{number}/offer", {}).status_code == 200
    assert carla.post(f"/outcome-contracts/{number}/answer", {"do": "agree"}).status_code == 200
    assert carla.get(here).json()["state"] == "active"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"party": "C-999999"}, "There is no organisation"),
        ({"blocks": [{"block": "council", "percent": 99}]}, "add up to 100"),
        ({"blocks": [{"block": "council", "percent": 50}] * 2}, "twice"),
        ({"indicator": None}, "on which indicator"),
        ({"at_risk": "0"}, "on which indicator"),
        ({"indicator": SEEN | {"weeks": None}}, "statutory weeks"),
        ({"indicator": SEEN | {"target": "101"}}, "100 or less"),
        ({"indicator": SEEN | {"code": "s" * 31}}, "30 characters"),
        ({"years_pence": []}, "at least 1"),
        ({"years_pence": [1] * 8}, "7"),
        ({"start": "1066-10-14"}, "1990 to 2200"),
        ({"vat": "E"}, "needs a reason"),
    ],
)
def test_what_does_not_go_together_is_refused_and_nothing_is_made(cast, given, change, says):
    answer = Program(cast.olga).post("/council-contracts", given | change)
    assert answer.status_code == 400 and says in str(answer.json()), answer.json()
    assert not CouncilContract.objects.exists() and not OutcomeContract.objects.exists()


def test_an_organisation_elsewhere_has_its_own_stream(cast, given):
    number = Program(cast.olga).post("/council-contracts", given | {"kind": "nhs"}).json()["number"]
    assert OutcomeContract.objects.get(number=number).stream_id == "OB"


def test_nobody_else_draws_one_up(cast, given, partnership, actor):
    officer = person(partnership, actor, name="Fay Officer", role=Role.FINANCE_OFFICER)
    for who in (cast.carla, officer):
        assert Program(who).post("/council-contracts", given).status_code == 404
    assert not CouncilContract.objects.exists()


def test_an_indicator_is_added_once(cast, given):
    olga = Program(cast.olga)
    here = f"/council-contracts/{olga.post('/council-contracts', given).json()['number']}"
    met = {"code": "families", "name": "Families met", "kind": "number", "target": "60", "unit": "families"}
    made = olga.post(f"{here}/indicators", met | {"due_on": "2028-03-31"})
    assert made.status_code == 201 and made.json()["target"] == "60.0000"
    assert [one["code"] for one in olga.get(here).json()["indicators"]] == ["families", "seen"]
    again = olga.post(f"{here}/indicators", met | {"due_on": "2028-03-31"})
    assert again.status_code == 400 and "already" in again.json()["message"]


def test_a_handover_is_planned_added_to_and_ticked(cast, given):
    olga, carla = Program(cast.olga), Program(cast.carla)
    number = olga.post("/council-contracts", given).json()["number"]
    here = f"/council-contracts/{number}/handover"
    early = olga.post(here, {"usual": True})
    assert (early.status_code, early.json()["code"]) == (409, "commission_stands"), "it is not agreed yet"
    olga.post(f"/outcome-contracts/{number}/offer", {})
    carla.post(f"/outcome-contracts/{number}/answer", {"do": "agree"})
    assert olga.post(here, {}).status_code == 400
    planned = olga.post(here, {"usual": True}).json()
    assert [one["position"] for one in planned] == [1, 2, 3, 4, 5, 6]
    own = {"usual": True, "steps": [{"text": "Keys of the annexe", "due_on": "2029-03-31"}]}
    more = olga.post(here, own).json()
    assert [one["text"] for one in more] == [*(one["text"] for one in planned), "Keys of the annexe"]
    assert carla.post(f"{here}/7", {"done": True}).status_code == 403
    assert olga.post(f"{here}/7", {"done": True}).json()[6]["done_on"] is not None
    assert carla.get(f"/council-contracts/{number}").json()["handover"][6]["done_on"] is not None
    assert olga.post(f"{here}/7", {"done": False}).json()[6]["done_on"] is None
    assert olga.post(f"{here}/99", {"done": True}).status_code == 404
    assert HandoverStep.objects.count() == 7
