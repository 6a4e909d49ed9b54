"""Tickets by programs: asked with files, answered with files, which the other side reads."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from marketplace.core.models import StoredFile
from subscriptions.models import Ticket
from tests.api.calling import Program
from tests.core.small_files import PDF
from tests.shop import person

pytestmark = pytest.mark.django_db
ASKED = {"priority": "P2", "subject": "Payslips are late", "text": "Two of them"}


def pdf(name: str) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, PDF)


def test_files_come_with_a_ticket_and_its_replies(oakfield, desk_hours, sam, olga):
    school, desk = Program(sam), Program(olga)
    asked = ASKED | {"organisation": oakfield.number}
    refused = school.form("/tickets", **asked, files=[pdf("one.pdf"), SimpleUploadedFile("two.exe", b"MZ")])
    assert refused.status_code == 400 and not Ticket.objects.exists() and not StoredFile.objects.exists()
    assert school.form("/tickets", **asked, files=[pdf(f"{at}.pdf") for at in range(6)]).status_code == 400
    made = school.form("/tickets", **asked, files=[pdf("one.pdf"), pdf("two.pdf")])
    assert made.status_code == 201, made.json()
    [said] = made.json()["messages"]
    assert [one["name"] for one in said["files"]] == ["one.pdf", "two.pdf"]
    assert desk.get(f"/files/{said['files'][1]['id']}").content == PDF
    here = f"/tickets/{made.json()['number']}"
    answered = desk.form(f"{here}/reply", text="Here they are", ask="true", files=[pdf("slips.pdf")]).json()
    assert (answered["state"], answered["messages"][-1]["files"][0]["name"]) == ("with_school", "slips.pdf")
    assert school.get(f"/files/{answered['messages'][-1]['files'][0]['id']}").content == PDF
    assert school.post(f"{here}/reply", {"text": "Thank you"}).json()["messages"][-1]["files"] == []


def test_others_read_neither_ticket_nor_file(oakfield, partnership, desk_hours, sam, actor):
    made = Program(sam).form("/tickets", **ASKED, organisation=oakfield.number, files=[pdf("one.pdf")]).json()
    stranger = Program(person(partnership, actor, name="Stan Stranger"))
    assert stranger.get(f"/tickets/{made['number']}").status_code == 404
    assert stranger.get(f"/files/{made['messages'][0]['files'][0]['id']}").status_code == 404
