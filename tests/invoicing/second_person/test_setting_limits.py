"""Limits are set as a page sets them: without a transaction around the call."""

from datetime import date

import pytest

from invoicing.second_person.models import Action, FinanceLimit
from invoicing.services import set_limit
from marketplace.core.actors import Role
from marketplace.core.models import Event
from tests.conftest import finance

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_limit_is_kept_with_its_event(partnership):
    manager = finance(partnership, Role.FINANCE_MANAGER, 9002)
    made = set_limit(action=Action.REFUND, pence=10_000, valid_from=date(2026, 9, 1), actor=manager)
    assert FinanceLimit.objects.get() == made
    assert Event.objects.get(kind="finance_limit.set").payload["after"] == 10_000
