"""The organiser's program: course dates, confirming, moving and cancelling with what was seen."""

import pytest

from marketplace.trading.models import Booking
from tests.api.calling import Program

pytestmark = pytest.mark.django_db


def test_a_program_reads_dates_and_confirms_moves_and_writes(olga_acts, run, booked):
    olga, path = Program(olga_acts), f"/course-dates/{run.code}"
    [row] = olga.get("/course-dates", standing="tentative").json()["results"]
    assert (row["code"], row["taken"], row["sequence"]) == (run.code, 3, 0)
    assert olga.get("/course-dates", standing="done").json()["results"] == []
    one = olga.get(path).json()
    assert (one["charged_pence"], one["standing"], one["break_even_places"]) == (42000, "tentative", None)
    assert olga.send("POST", f"{path}/confirmation").json()["standing"] == "confirmed"
    assert olga.send("POST", f"{path}/confirmation").status_code == 409
    meeting = {"starts_at": "2027-05-11T10:00:00+01:00", "ends_at": "2027-05-11T15:00:00+01:00"}
    moving = {"sequence": 0, "venue": "Fernhill", "mode": "face_to_face", "meetings": [meeting]}
    assert olga.send("POST", f"{path}/move", moving).json()["sequence"] == 1
    assert olga.send("POST", f"{path}/move", moving).json()["code"] == "run_changed"
    assert olga.send("POST", f"{path}/messages", {"subject": "Parking", "text": "Mill Lane"}).json()["readers"] == 2
    assert [one["subject"] for one in olga.get(f"{path}/messages").json()["results"]] == ["Parking"]


def test_a_program_cancels_exactly_what_it_saw(olga_acts, run, booked):
    olga, path = Program(olga_acts), f"/course-dates/{run.code}/cancellation"
    seen = olga.get(path).json()
    assert (seen["places"], seen["back_gross_pence"], seen["schools"][0]["places"]) == (3, 42000, 3)
    wrong = {"sequence": 0, "expected_back_pence": 1, "reason": "Too few"}
    assert olga.send("POST", path, wrong).json()["code"] == "back_changed"
    assert set(Booking.objects.values_list("state", flat=True)) == {"booked"}
    done = olga.send("POST", path, wrong | {"expected_back_pence": seen["back_pence"]})
    assert done.status_code == 200 and done.json()["places"] == 3
    assert set(Booking.objects.values_list("state", flat=True)) == {"cancelled"}


def test_a_schools_program_is_told_nothing(sam, run, booked):
    buyer = Program(sam)
    assert buyer.get("/course-dates").status_code == 404
    assert buyer.get(f"/course-dates/{run.code}/cancellation").status_code == 404
    assert buyer.send("POST", f"/course-dates/{run.code}/confirmation").status_code == 404
