"""Programs read the calendar, and keep favourites and searches for the person whose token they hold."""

from typing import Any

import pytest

from catalogue.models import CourseRun, Favourite, Offer, SavedSearch
from tests.api.calling import Program

pytestmark = pytest.mark.django_db


def test_the_calendar_lists_meetings_of_open_dates_and_is_narrowed(program: Program, run: CourseRun) -> None:
    [found] = program.get("/calendar").json()["results"]
    assert (found["offer"], found["run"], found["meeting"]) == ("safeguarding", run.code, 1)
    assert program.get("/calendar", until=run.starts_at.date().isoformat()).json()["results"] == []
    assert len(program.get("/calendar", from_date=run.starts_at.date().isoformat()).json()["results"]) == 1
    assert program.get("/calendar", theme="Reading").json()["results"] == []
    assert program.get("/calendar", teme="Reading").status_code == 400


def test_favourites_are_marked_and_are_ones_own(program: Program, outsider: Program, course: Offer) -> None:
    assert [program.send("PUT", "/favourites/safeguarding").status_code for _ in range(2)] == [204, 204]
    assert [row["offer"] for row in program.get("/favourites").json()["results"]] == ["safeguarding"]
    assert outsider.get("/favourites").json()["results"] == []
    assert outsider.send("DELETE", "/favourites/safeguarding").status_code == 204 and Favourite.objects.count() == 1
    assert program.send("DELETE", "/favourites/safeguarding").status_code == 204 and not Favourite.objects.exists()
    assert program.send("PUT", "/favourites/nothing").status_code == 404


def test_a_search_is_kept_changed_and_forgotten_by_its_person_alone(program: Program, outsider: Program) -> None:
    kept = program.post("/saved-searches", {"text": "phonics", "kind": "course"})
    assert kept.status_code == 201 and kept.json()["by_email"] is True
    number = kept.json()["id"]
    assert outsider.send("DELETE", f"/saved-searches/{number}").status_code == 404
    assert outsider.send("PATCH", f"/saved-searches/{number}", {"by_email": False}).status_code == 404
    changed: Any = program.send("PATCH", f"/saved-searches/{number}", {"by_email": False})
    assert changed.json()["by_email"] is False
    assert [row["text"] for row in program.get("/saved-searches").json()["results"]] == ["phonics"]
    assert program.send("DELETE", f"/saved-searches/{number}").status_code == 204
    assert not SavedSearch.objects.exists()


def test_a_search_for_nothing_is_refused_with_its_reason(program: Program) -> None:
    answer = program.post("/saved-searches", {})
    assert answer.status_code == 400 and "Enter a word" in answer.json()["message"]
    assert not SavedSearch.objects.exists()
