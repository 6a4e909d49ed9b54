"""The page on which a finance manager contracts many schools, and the same for programs."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from catalogue.models import Offer
from frontend.finance import contracting
from marketplace.core.actors import Actor, Role
from marketplace.core.jobs import work_now
from marketplace.core.models import Job
from marketplace.organisations.models import Organisation
from subscriptions.agreements.models import Agreement
from tests.api.calling import Program
from tests.frontend.finance.conftest import _signed_in
from tests.frontend.school.visits import hidden_fields, text_of
from tests.shop import person, schools
from tests.subscriptions.rounds.asked import services_for_a_year

pytestmark = pytest.mark.django_db
HERE = "/finance/agreements/round"
ASKED: dict[str, Any] = {
    "title": "Services for 2027", "key": "services-2027", "offers": ["payroll", "clerking"], "first_day": "1/4/27",
    "every": "year", "notice_weeks": "12", "whom": "urns", "member_class": "", "authority": "",
    "urns": "901000 901001\n901002",
}  # fmt: skip
BODY: dict[str, Any] = {
    "key": "services-2027", "title": "Services for 2027", "offers": ["payroll", "clerking"],
    "first_day": "2027-04-01", "notice_weeks": 12, "urns": ["901000", "901001", "901002"],
}  # fmt: skip


@pytest.fixture(autouse=True)
def three(partnership: Organisation, tmp_path: Path, actor: Actor) -> list[Organisation]:
    """Two schools with pupils, and one that was never counted."""
    return schools(tmp_path, actor, {"NumberOfPupils": "100"}, {"NumberOfPupils": "200"}, {"NumberOfPupils": ""})


@pytest.fixture(autouse=True)
def offers(partnership: Organisation, actor: Actor) -> list[Offer]:
    return services_for_a_year(actor)


@pytest.fixture
def mina(partnership: Organisation, actor: Actor) -> Client:
    """Our finance manager."""
    return _signed_in("Mina Osei", Role.FINANCE_MANAGER, partnership, actor)


def test_it_is_looked_at_and_contracted_once(mina: Client, three: list[Organisation]) -> None:
    assert "Contract many schools" in text_of(mina.get("/finance/agreements"))
    assert "Look at it first" in text_of(mina.get(HERE))
    shown = mina.post(HERE, ASKED | {"do": "look"})
    page = text_of(shown)
    assert "3 schools: 2 to contract, 1 that cannot be priced" in page and three[2].number in page
    assert "£1,350.00" in page and "£1,450.00" in page and "Contract 2 schools, £2,800.00 a year" in page
    assert not Agreement.objects.exists() and not Job.objects.exists()
    stale = mina.post(HERE, ASKED | hidden_fields(shown) | {"do": "contract", "expected": "1"})
    assert stale.status_code == 400 and "changed since you looked" in text_of(stale)
    assert "Look at what it comes to first" in text_of(mina.post(HERE, ASKED | {"do": "contract"}))
    sent = ASKED | hidden_fields(shown) | {"do": "contract"}
    other = mina.post(HERE, sent | {"notice_weeks": "4"})
    assert other.status_code == 400 and "What you ask for changed since you looked" in text_of(other)
    assert not Job.objects.exists()
    done = mina.post(HERE, sent, follow=True)
    page = text_of(done)
    assert "Contracted 2" in page and "Left out 1" in page and "Download the 1 school left out (CSV)" in page
    assert Agreement.objects.count() == 2
    job = Job.objects.get()
    assert three[2].number in mina.get(f"/jobs/{job.number}/file").content.decode()
    again = mina.post(HERE, sent | {"expected": "0"})
    assert again.status_code == 400 and "nothing to contract" in text_of(again)
    assert "2 with an agreement of this round already" in text_of(again) and Agreement.objects.count() == 2


def test_all_that_can_be_priced_goes_back_to_the_list(mina: Client) -> None:
    asked = ASKED | {"urns": "901000"}
    sent = asked | hidden_fields(mina.post(HERE, asked | {"do": "look"})) | {"do": "contract"}
    assert "1 school contracted: Services for 2027, £1,350.00 a year" in text_of(mina.post(HERE, sent, follow=True))


def test_a_large_round_waits_for_a_worker(mina: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contracting, "AT_ONCE", 1)
    sent = ASKED | hidden_fields(mina.post(HERE, ASKED | {"do": "look"})) | {"do": "contract"}
    assert "Waits for its turn" in text_of(mina.post(HERE, sent, follow=True))
    second = mina.post(HERE, sent)
    assert second.status_code == 409 and "See the round that is being contracted" in text_of(second)
    assert work_now(Job.objects.get()).accepted == 2


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"offers": []}, "Choose at least one service"),
        ({"first_day": "31/2/27"}, "must be a real date"),
        ({"first_day": "1/4/40"}, "within two years"),
        ({"key": "not a key"}, "Key must be letters"),
        ({"notice_weeks": "900"}, "Weeks of notice"),
        ({"whom": ""}, "Choose which schools"),
        ({"whom": "members"}, "Choose the class of members"),
        ({"whom": "academies"}, "Choose the authority"),
        ({"whom": "academies", "authority": "987"}, "no open school of this kind"),
        ({"urns": ""}, "Paste at least one URN"),
        ({"urns": "901000 999999"}, "no URN 999999"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(mina: Client, sent: dict[str, Any], words: str) -> None:
    response = mina.post(HERE, ASKED | sent | {"do": "look"})
    assert response.status_code == 400 and words in text_of(response)
    assert 'value="Services for 2027"' in response.content.decode()
    assert not Job.objects.exists()


def test_only_managers(priya: Client, edith: Client, amira: Client) -> None:
    assert "Contract many schools" not in text_of(priya.get("/finance/agreements"))
    for client, status in ((priya, 403), (edith, 403), (amira, 404)):
        assert client.get(HERE).status_code == status
        assert client.post(HERE, ASKED | {"do": "contract", "expected": "280000"}).status_code == status
    assert not Job.objects.exists()


def test_programs_look_and_contract(partnership: Organisation, actor: Actor, three: list[Organisation]) -> None:
    manager = Program(person(partnership, actor, name="Mina Osei", role=Role.FINANCE_MANAGER))
    shown = manager.post("/agreements/rounds", BODY | {"preview": True})
    told = shown.json()
    assert shown.status_code == 200 and (told["priced"], told["net_pence"]) == (2, 280_000)
    assert told["left_out"][0]["number"] == three[2].number and not Job.objects.exists()
    stale = manager.post("/agreements/rounds", BODY | {"expected_pence": 5})
    assert stale.json()["code"] == "round_changed"
    started = manager.post("/agreements/rounds", BODY | {"expected_pence": 280_000}, key="round-0001")
    assert started.status_code == 202, started.json()
    job = Job.objects.get(number=started.json()["number"])
    assert (work_now(job).state, Agreement.objects.count()) == ("done", 2)
    assert manager.post("/agreements/rounds", BODY | {"expected_pence": 280_000}, key="round-0001").status_code == 202
    assert manager.post("/agreements/rounds", BODY).status_code == 400 and Job.objects.count() == 1
    for wrong, words in (
        ({"urns": []}, "in one way"),
        ({"authority": "987"}, "in one way"),
        ({"urns": [], "authority": "999"}, "no authority 999"),
        ({"offers": ["safeguarding"]}, "not a published service"),
    ):
        refused = manager.post("/agreements/rounds", BODY | wrong)
        assert refused.status_code == 400 and words in refused.json()["message"]


def test_programs_of_officers_are_refused(partnership: Organisation, oakfield: Organisation, actor: Actor) -> None:
    officer = Program(person(partnership, actor, name="Priya Shah", role=Role.FINANCE_OFFICER))
    buyer = Program(person(oakfield, actor, name="Amira Khan"))
    for preview in (True, False):
        assert officer.post("/agreements/rounds", BODY | {"preview": preview}).status_code == 403
        assert buyer.post("/agreements/rounds", BODY | {"preview": preview}).status_code == 404
    assert not Job.objects.exists()
