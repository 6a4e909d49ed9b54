"""The tickets of the demonstration: eight in several states, one missed promise with its credit to decide."""

from datetime import date

import pytest

from frontend.demonstration.directory import Directory
from frontend.demonstration.tickets import OWN, add_tickets
from marketplace.core.actors import Role
from marketplace.core.periods import Period
from subscriptions.models import ServiceCredit, Ticket
from tests.shop import person
from tests.subscriptions.agreements.terms import agreed, line

TODAY = date(2026, 11, 20)


@pytest.mark.django_db
def test_the_demonstration_has_eight_tickets_and_one_credit(partnership, oakfield, actor, ledger_holds):
    year = Period(date(2026, 9, 1), date(2027, 9, 1))
    agreed(oakfield, line(36_000, year, title=OWN), actor=actor, term=year)
    staff = {"organiser": Role.ORGANISER, "finance_officer": Role.FINANCE_OFFICER}
    signed = {key: person(partnership, actor, name=key, role=role) for key, role in staff.items()}
    signed |= {key: person(oakfield, actor, name=key) for key in ("buyer", "approver", "head")}
    directory = Directory(partnership=partnership, since=date(2023, 9, 1), signed=signed)
    assert add_tickets(directory, today=TODAY, actor=actor) == "8 tickets"
    states = sorted(Ticket.objects.values_list("state", flat=True))
    assert states == ["closed", "open", "open", "open", "reopened", "resolved", "resolved", "with_school"]
    assert ServiceCredit.objects.get().pence == 300
