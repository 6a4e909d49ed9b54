"""Programs see the fee of cancelling before they cancel, and ask for waivers; organisers' programs decide."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from marketplace.core.actors import Actor, Role
from marketplace.core.models import StoredFile
from marketplace.organisations.models import Organisation
from marketplace.trading.models import Booking
from tests.api.calling import Program
from tests.core.small_files import PDF
from tests.shop import Shop, person

pytestmark = pytest.mark.django_db
NEVER_FREE = {
    "free_until": {"count": 400, "days": "calendar"},
    "then_percent": "100",
    "cases": [{"basis": "free", "then": {"fee": "30.00"}, "not_attended": {"fee": "45.00"}}],
}


def place(program: Program, school: Organisation, shop: Shop, code: str, price: str) -> int:
    offer = shop.course(code, title=code.title(), member=price, other=price, cancellation=NEVER_FREE)
    run = shop.run(offer, day=timezone.localdate() + timedelta(days=60), code=f"{code}-date")
    program.post(f"/baskets/{school.number}/lines", {"offer": code, "run": run.code, "quantity": "1"})
    expected = int(float(price) * 100)
    made = program.post("/orders", {"organisation": school.number, "expected_pence": expected})
    assert made.status_code == 201
    return Booking.objects.latest("pk").pk


def test_a_fee_is_told_before_it_is_charged(program: Program, school: Organisation, shop: Shop) -> None:
    address = f"/bookings/{place(program, school, shop, 'briefing', '0')}/cancellation"
    told = program.get(address).json()
    assert (told["back_pence"], told["kept_pence"], told["fee_pence"], told["fee_gross_pence"]) == (0, 0, 3000, 3000)
    assert told["not_attended_pence"] == 4500 and told["steps"][-1]["fee_pence"] == 3000
    assert told["substitution_until"] == (timezone.localdate() + timedelta(days=60)).isoformat()
    refused = program.post(address, {"expected_back_pence": 0})
    assert refused.status_code == 409 and refused.json()["code"] == "consequence_changed"
    assert Booking.objects.get().state == Booking.State.BOOKED
    assert program.post(address, {"expected_back_pence": 0, "expected_fee_pence": 3000}).status_code == 200


def test_a_waiver_is_asked_for_and_decided(
    program: Program, outsider: Program, school: Organisation, shop: Shop, partnership: Organisation, actor: Actor
) -> None:
    pk = place(program, school, shop, "leaders", "140")
    address = f"/bookings/{pk}/waivers"
    assert outsider.post(address, {"reason": "ofsted"}).status_code == 404
    assert program.post(address, {"reason": "a holiday"}).status_code == 400
    wrong = program.form(address, reason="ofsted", evidence=SimpleUploadedFile("letter.pdf", b"no letter"))
    assert wrong.status_code == 400 and not StoredFile.objects.exists()
    made = program.form(address, reason="ofsted", evidence=SimpleUploadedFile("letter.pdf", PDF))
    assert made.status_code == 201 and made.json()["kept_pence"] == 14_000
    letter = f"/files/{made.json()['evidence']}"
    assert program.get(letter).status_code == 404, "evidence is for organisers alone"
    assert program.post(address, {"reason": "ofsted"}).status_code == 409
    decision = f"/waivers/{made.json()['id']}/decision"
    assert program.post(decision, {"grant": True}).status_code == 403
    assert outsider.get("/waivers").json()["results"] == []
    organiser = Program(person(partnership, actor, name="Ora Niser", role=Role.ORGANISER))
    assert organiser.get(letter).content == PDF
    assert organiser.post(decision, {"grant": False}).status_code == 400
    assert organiser.post(decision, {"grant": True}).json()["given_pence"] == 14_000
    [row] = program.get("/waivers", state="granted").json()["results"]
    assert (row["booking"], row["given_pence"], row["state"]) == (pk, 14_000, "granted")
