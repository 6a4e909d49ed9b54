"""A self-billing run is killed by SIGKILL again and again: no amount is lost, none stands on two invoices."""

import os
import random
import signal
import time
from datetime import date

import pytest
from django.core.management import call_command
from django.db import connection

from invoicing.provider_invoices.models import InvoicedMove, ProviderInvoice
from marketplace.organisations.models import Organisation
from tests.invoicing.races.processes import start, wait_until_alone
from tests.invoicing.self_billing.ridgeway import ON, add_firm, agreed, earned

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]
PROVIDERS, KILLS, CHUNK = 60, 5, 10


def run_command() -> None:
    """What the killed process does: manage.py self_bill, in small chunks."""
    from invoicing.self_billing import billing

    billing.CHUNK = CHUNK
    with open(os.devnull, "w") as nowhere:
        call_command("self_bill", "--on", ON.isoformat(), stdout=nowhere)


def written() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM invoicing_providerinvoice")
        return int(cursor.fetchone()[0])


def test_kills_lose_nothing_and_write_nothing_twice(transactional_db, partnership):
    firms = [add_firm(f"Firm {n}", vat_number="") for n in range(PROVIDERS)]
    for firm in firms:
        agreed(firm, begins=date(2026, 9, 1))
    chance, moments, killed = random.Random(11), [], 0
    for trial in range(KILLS):
        for firm in firms:
            earned(firm, 1_000 + trial, key=f"{trial}:{firm.pk}")
        before = written()
        moment = before + chance.uniform(1, PROVIDERS * 0.9)
        process = start(run_command)
        deadline = time.monotonic() + 60
        while written() < moment and process.is_alive() and time.monotonic() < deadline:
            time.sleep(0.002)
        process.kill()
        process.join()
        wait_until_alone()
        killed += process.exitcode == -signal.SIGKILL
        moments.append(written() - before)
        again = start(run_command)
        again.join(timeout=60)
        assert again.exitcode == 0
        assert written() - before == PROVIDERS
    assert killed >= KILLS // 2 and all(moment % CHUNK == 0 for moment in moments), "a chunk is whole or not there"
    assert InvoicedMove.objects.count() == PROVIDERS * KILLS
    assert ProviderInvoice.objects.count() == PROVIDERS * KILLS
    assert Organisation.objects.filter(provider_invoices__isnull=False).distinct().count() == PROVIDERS
    call_command("verify_ledger")
