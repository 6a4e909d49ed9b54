"""Evidence by programs: a link, figures or a file is added once by who claims, and read by both sides."""

from datetime import date

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile

from marketplace.core.models import StoredFile
from subscriptions.outcomes.models import Evidence
from tests.api.calling import Program
from tests.core import small_files
from tests.subscriptions.outcomes.quarters import agreed_contract, cast_of

pytestmark = pytest.mark.django_db
LINK = {"label": "Register", "link": "https://www.example.org/register"}


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(date(2025, 7, 10), tick=True):
        yield


@pytest.fixture
def cast(partnership, council, actor):
    return cast_of(partnership, council, actor)


@pytest.fixture
def item(cast):
    return f"/outcome-contracts/{agreed_contract(cast, years=1).number}/items/q1-risk"


@pytest.fixture
def organiser(cast):
    return Program(cast.organiser)


def test_a_link_and_figures_are_added_once_and_read_by_the_other_side(item, organiser, cast):
    made = [organiser.post(f"{item}/evidence", LINK, key="the-same-key-0001") for _ in range(2)]
    assert [one.status_code for one in made] == [201, 201] and made[0].json() == made[1].json()
    assert (made[0].json()["form"], made[0].json()["link"], made[0].json()["claim"]) == ("link", LINK["link"], None)
    figures = organiser.post(f"{item}/evidence", {"label": "Schools", "facts": {"schools": "6"}})
    assert (figures.status_code, figures.json()["facts"]) == (201, {"schools": "6"})
    assert len(Program(cast.commissioner).get(f"{item}/evidence").json()) == Evidence.objects.count() == 2
    assert organiser.post(f"{item}/claims", {"words": "Done"}).status_code == 201
    assert organiser.post(f"{item}/evidence", LINK).status_code == 409
    assert {one["claim"] for one in organiser.get(f"{item}/evidence").json()} == {1}


@pytest.mark.parametrize(
    "body",
    [
        {"label": "Nothing"}, {**LINK, "facts": {"schools": "6"}}, {**LINK, "link": "register"},
        {**LINK, "type": "not_asked_for"}, {"label": "Names", "facts": {"schools": "Oakfield"}},
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_and_nothing_is_kept(item, organiser, body):
    assert organiser.post(f"{item}/evidence", body).status_code == 400
    assert not Evidence.objects.exists()


def test_who_does_not_claim_adds_none(item, cast):
    assert Program(cast.commissioner).post(f"{item}/evidence", LINK).status_code == 403
    assert not Evidence.objects.exists()


def test_a_file_is_kept_as_what_its_content_is_and_read_by_who_may(item, organiser, cast):
    def send(name, content):
        return organiser.form(f"{item}/evidence", label="Minutes", file=SimpleUploadedFile(name, content))

    assert send("minutes.exe", b"MZ\x90\x00").status_code == 400
    assert not Evidence.objects.exists() and not StoredFile.objects.exists()
    made = send("minutes.pdf", small_files.PDF)
    assert (made.status_code, made.json()["form"], made.json()["label"]) == (201, "file", "Minutes")
    stored = StoredFile.objects.get()
    assert (stored.name, made.json()["file"]) == ("minutes.pdf", stored.pk)
    assert organiser.get(f"/files/{stored.pk}").content == small_files.PDF
    reads = f"/files/{stored.pk}"
    assert Program(cast.commissioner).get(reads).status_code == 404, "it is not sent yet"
    assert organiser.post(f"{item}/claims", {"words": "Done"}).status_code == 201
    assert Program(cast.commissioner).get(reads).content == small_files.PDF
    assert organiser.get("/files/999999").status_code == 404
    assert Program(cast.organiser, scopes=["outcomes:read"]).get(reads).status_code == 403, "it has a scope of its own"
