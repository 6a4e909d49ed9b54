"""Finance freezes statements as they were shown, moves an amount, takes back what proves wrong; both sides read the same."""

from datetime import date

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from invoicing.payables.models import Payable
from marketplace.core.actors import Role
from marketplace.organisations.models import Person
from subscriptions.outcomes.models import Clawback, OutcomeAccrual, Statement, StatementMove
from subscriptions.outcomes.services.deciding import reject
from tests.shop import person
from tests.subscriptions.outcomes.hub_year import claimed, hub_cast, hub_contract, item, statement, verified

pytestmark = pytest.mark.django_db
DECEMBER, APRIL = date(2026, 12, 31), date(2027, 4, 30)


@pytest.fixture
def cast(partnership, oakfield, actor):
    return hub_cast(partnership, oakfield, actor)


@pytest.fixture
def contract(cast):
    made = hub_contract(cast)
    waits = claimed(made, "autumn-1", date(2026, 11, 20), cast)
    reject(submission=waits, reason="Two registers are missing", on=date(2026, 11, 24), actor=cast.verifier)
    verified(made, "autumn-1", date(2026, 12, 10), cast)
    return made


@pytest.fixture
def january(monkeypatch):
    """The pages think that it is January, when December's statement is to be frozen."""
    monkeypatch.setattr(timezone, "localdate", lambda *_: date(2027, 1, 4))


def signed(actor):
    client = Client()
    client.force_login(get_user_model().objects.get(pk=Person.objects.get(pk=actor.person_id).user_id))
    return client


def page_of(client, name, **keys):
    return client.get(reverse(name, kwargs=keys)).content.decode()


def test_the_list_shows_what_the_freeze_then_writes(contract, cast, january):
    officer = signed(cast.officer)
    text = page_of(officer, "finance-outcome-statements")
    assert "£2,800.00" in text and "Freeze 1 statement" in text
    one = page_of(officer, "finance-outcome-statement", number=contract.number, ordinal=1)
    assert "Freeze this statement at £2,800.00" in one
    assert "sent back 24 Nov 2026, verified 10 Dec 2026" in one
    assert not Payable.objects.exists()
    done = officer.post(reverse("finance-outcome-statements"))
    assert done.status_code == 302
    assert Payable.objects.get().net_pence == 2_800_00
    assert "No statement is to be frozen" in page_of(officer, "finance-outcome-statements")
    frozen = page_of(officer, "finance-outcome-statement", number=contract.number, ordinal=1)
    assert "Take back" in frozen and "Freeze this statement" not in frozen
    file = officer.get(reverse("finance-outcome-statements") + "?show=frozen&format=csv")
    assert (
        f"{contract.number},Elm Park reading hub,Oakfield Primary School,2026-09-01,2026-12-31" in file.content.decode()
    )


def test_both_sides_read_one_statement_and_others_learn_of_none(contract, cast, partnership, council, actor, january):
    keys = {"number": contract.number, "ordinal": 1}
    text = page_of(signed(cast.lead), "outcome-statement", **keys)
    assert "Statement to 31 December 2026" in text and "£2,800.00" in text
    assert "This year so far £0.00 of £12,000.00" in text
    assert "Freeze, move or take back" not in text
    assert "Spring outputs" in page_of(signed(cast.lead), "outcome-statement", number=contract.number, ordinal=2)
    outsider = person(council, actor, name="Ola Outsider", role=Role.HUB_LEAD)
    assert signed(outsider).get(reverse("outcome-statement", kwargs=keys)).status_code == 404
    assert signed(cast.lead).get(reverse("finance-outcome-statement", kwargs=keys)).status_code == 404
    assert signed(cast.lead).post(reverse("finance-outcome-statements")).status_code == 404
    assert Statement.objects.filter(state="frozen").count() == 0
    auditor = person(partnership, actor, name="Ada Auditor", role=Role.AUDITOR)
    assert "Freeze" not in page_of(signed(auditor), "finance-outcome-statement", **keys).split("<main")[1]
    assert signed(auditor).post(reverse("finance-outcome-statement", kwargs=keys)).status_code == 403


def test_a_paid_day_that_was_moved_says_so(cast, january):
    contract = hub_contract(cast, years=1)
    assert "Friday 24 September 2027 (the 25th is a Saturday)" in page_of(
        signed(cast.lead), "outcome-statement", number=contract.number, ordinal=3
    )
    assert "Monday 25 January 2027" in page_of(
        signed(cast.lead), "outcome-statement", number=contract.number, ordinal=1
    )


def test_an_amount_is_moved_with_its_reason(contract, cast, january):
    officer = signed(cast.officer)
    where = reverse("finance-outcome-move", kwargs={"number": contract.number, "code": "autumn-1"})
    assert "Enter why" in officer.post(where, {"to": statement(contract, APRIL).pk}).content.decode()
    assert not StatementMove.objects.exists()
    officer.post(where, {"to": statement(contract, APRIL).pk, "reason": "Their year ends in March"})
    assert StatementMove.objects.get().reason == "Their year ends in March"
    assert item(contract, "autumn-1").statement.cut_off == APRIL


def test_only_a_manager_takes_back_and_no_more_than_was_paid(contract, cast, january):
    where = reverse("finance-outcome-take-back", kwargs={"number": contract.number, "code": "autumn-1"})
    signed(cast.officer).post(reverse("finance-outcome-statements"))
    assert signed(cast.officer).get(where).status_code == 403
    manager = signed(cast.manager)
    too_much = manager.post(where, {"pence": "2800.01", "reason": "Not held"})
    assert too_much.status_code == 400 and "£2,800.00 or less" in too_much.content.decode()
    manager.post(where, {"pence": "720", "reason": "The scores were of another year"})
    assert Clawback.objects.get().pence == 720_00
    text = page_of(manager, "finance-outcome-statement", number=contract.number, ordinal=1)
    assert "Still to be taken back" in text and "£720.00" in text


def test_the_months_end_is_accrued_once(contract, cast, january):
    officer = signed(cast.officer)
    assert "Accrue £4,000.00" in page_of(
        officer, "finance-outcome-expected"
    )  # £2,800.00 and 4 of 12 months of £3,600.00
    officer.post(reverse("finance-outcome-expected"))
    assert OutcomeAccrual.objects.get().pence == 4_000_00
    assert "Nothing is left to accrue" in page_of(officer, "finance-outcome-expected")
