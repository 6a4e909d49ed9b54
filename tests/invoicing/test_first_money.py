from datetime import date

import pytest
from django.core.management import call_command

from invoicing.documents.models import Document
from invoicing.ledger.reports import trial_balance
from invoicing.services import credit_in_full, propose, run_billing

pytestmark = pytest.mark.django_db


def test_smoke(oakfield, charges, actor):
    charges(oakfield, 3333)
    charges(oakfield, 3333)
    charges(oakfield, 3333)
    on = date(2026, 9, 1)
    p = propose(on=on)
    r = run_billing(on=on, actor=actor)
    assert (p.gross_pence, r.gross_pence) == (11999, 11999)
    call_command("verify_ledger")
    credit_in_full(invoice=Document.objects.get(number=r.numbers[0]), reason="Wrong", on=on, actor=actor)
    call_command("verify_ledger")
    print([b for b in trial_balance(on=on) if b.pence])
