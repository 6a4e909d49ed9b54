"""The hours of the desk are set from a day to come, by organisers and finance managers; what is promised stays."""

from datetime import date, time

import pytest
from django.test import Client

from marketplace.core.actors import Actor, Role
from marketplace.organisations.models import Organisation
from subscriptions.desk.terms import cap_percent_on, desk_terms, own_promises_on
from subscriptions.models import AgreementLine, DeskHours
from tests.api.calling import Program
from tests.frontend.desk.conftest import signed_in
from tests.frontend.school.visits import text_of
from tests.shop import person

pytestmark = pytest.mark.django_db
PAGE = "/organise/service-desk-hours"
GIVEN = {"weekdays": ["0", "1", "2", "3"], "opens": "9:00", "closes": "17:30", "cap": "50", "valid_from": "1/9/2026"}


def test_other_hours_begin_on_their_day_and_keep_what_is_promised(olga: Client, payroll: AgreementLine) -> None:
    assert "8:30am to 4:30pm, Monday to Friday" in text_of(olga.get(PAGE))
    shown = olga.get(PAGE).content.decode()
    assert 'value="8:30"' in shown and 'value="16:30"' in shown and 'value="30"' in shown
    before = own_promises_on(date(2026, 6, 15))
    done = text_of(olga.post(PAGE, GIVEN, follow=True))
    assert "From 1 September 2026 the desk is staffed 9am to 5:30pm, Monday to Thursday." in done
    assert desk_terms().words(date(2026, 8, 31)) == "8:30am to 4:30pm, Monday to Friday"
    assert desk_terms().words(date(2026, 9, 1)) == "9am to 5:30pm, Monday to Thursday"
    assert own_promises_on(date(2026, 9, 1)) == before != []
    assert (cap_percent_on(date(2026, 8, 31)), cap_percent_on(date(2026, 9, 1))) != (50, 50)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"weekdays": []}, "Choose at least one day of the week"),
        ({"opens": "early"}, "Opens must be a time, like 8:30"),
        ({"closes": "8:00"}, "The desk must close after it opens"),
        ({"valid_from": "15/6/2026"}, "Hours are set from a day that is still to come"),
        ({"cap": "101"}, "It must be a percentage between 0 and 100"),
    ],
)
def test_what_cannot_be_is_said(olga: Client, payroll: AgreementLine, changed: dict[str, object], words: str) -> None:
    refused = olga.post(PAGE, GIVEN | changed)
    assert refused.status_code == 400 and words in text_of(refused)
    assert DeskHours.objects.count() == 1


def test_programs_set_them_and_a_finance_officer_only_reads(
    payroll: AgreementLine, partnership: Organisation, actor: Actor
) -> None:
    officer = person(partnership, actor, name="Fi Officer", role=Role.FINANCE_OFFICER)
    manager = Program(person(partnership, actor, name="Mo Manager", role=Role.FINANCE_MANAGER))
    assert "Set other hours" not in text_of(signed_in(officer).get(PAGE))
    assert signed_in(officer).post(PAGE, GIVEN).status_code == 403
    body = {"weekdays": [0, 1], "opens": "09:00", "closes": "12:00", "valid_from": "2026-09-01"}
    made = manager.post("/desk-hours", body)
    assert made.status_code == 201 and made.json()["words"] == "9am to 12pm, Monday to Tuesday"
    assert [one["valid_to"] for one in manager.get("/desk-hours").json()] == ["2026-09-01", None]
    assert DeskHours.objects.get(valid_to=None).opens == time(9) and own_promises_on(date(2026, 9, 1))
    assert manager.post("/desk-hours", body | {"valid_from": "2026-06-15"}).json()["code"] == "hours_in_the_past"
