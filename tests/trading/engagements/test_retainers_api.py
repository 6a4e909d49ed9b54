"""Retainers for programs: each side answers for itself, nobody reads the other side's price, others learn of none."""

import pytest

from tests.api.calling import Program
from tests.trading.engagements.test_retainers import offered

pytestmark = pytest.mark.django_db
__all__ = ["offered"]


def test_both_sides_agree_by_program_and_the_periods_are_shown(offered, sam, lena, outsider, olga):
    number = offered().number
    school, provider, organiser = Program(sam), Program(lena), Program(olga)
    [row] = school.get("/retainers").json()["results"]
    assert (row["number"], row["state"], row["quantity"], row["every"]) == (number, "offered", "3.00", "term")
    assert not [name for name in row if "pence" in name], "no side reads what the other one pays or earns"
    assert Program(outsider).get("/retainers").json()["results"] == []
    assert Program(outsider).get(f"/retainers/{number}").status_code == 404
    assert organiser.post(f"/retainers/{number}/agreement").status_code == 403

    agreed = school.post(f"/retainers/{number}/agreement", {"purchase_order": "PO 3"})
    assert (agreed.status_code, agreed.json()["state"]) == (200, "offered")
    assert school.post(f"/retainers/{number}/agreement").status_code == 409
    assert provider.post(f"/retainers/{number}/agreement").json()["state"] == "running"
    assert provider.post(f"/retainers/{number}/refusal", {"reason": "Too late"}).status_code == 409
    assert school.post(f"/retainers/{number}/stop", {"reason": "No", "from_day": "2030-01-01"}).status_code == 403
    stopped = organiser.post(f"/retainers/{number}/stop", {"reason": "The school closes", "from_day": "2030-01-01"})
    assert (stopped.status_code, stopped.json()["begun"]) == (200, [])


def test_a_refusal_says_why_and_ends_the_offer(offered, sam, lena):
    number = offered().number
    assert Program(sam).post(f"/retainers/{number}/refusal", {}).status_code == 400
    said = Program(sam).post(f"/retainers/{number}/refusal", {"reason": "No money this year"})
    assert (said.status_code, said.json()["state"]) == (200, "declined")
    assert Program(lena).post(f"/retainers/{number}/agreement").status_code == 409
