"""What ``verify_ledger`` says of a locked return that was changed past its service, one change at a time."""

import pytest
from django.db import connection

from marketplace.core.verification import verify
from tests.invoicing.books import run_sql
from tests.invoicing.vat_returns.tampering import _built

pytestmark = pytest.mark.django_db
CHANGES = [
    "DELETE FROM invoicing_vatreturnentry WHERE entry_id = (SELECT min(entry_id) FROM invoicing_vatreturnentry)",
    "UPDATE invoicing_vatreturnpart SET pence = pence + 1 WHERE id = (SELECT min(id) FROM invoicing_vatreturnpart WHERE counts)",
    "UPDATE invoicing_vatreturn SET purchases_net_pence = 5 WHERE id = (SELECT min(id) FROM invoicing_vatreturn)",
    "DELETE FROM invoicing_vatreturnentry; DELETE FROM invoicing_vatreturnpart; DELETE FROM invoicing_vatreturn",
    "UPDATE invoicing_vatreturn SET state = 'withdrawn', locked_by_id = NULL, locked_at = NULL, sales_vat_pence = NULL,"
    " purchases_vat_pence = NULL, sales_net_pence = NULL, purchases_net_pence = NULL"
    " WHERE id = (SELECT max(id) FROM invoicing_vatreturn)",
    "UPDATE invoicing_journalentry SET tax_point = '2028-01-01', posted_on = '2028-01-01'"
    " WHERE id = (SELECT min(entry_id) FROM invoicing_vatreturnentry)",
]


def broken() -> set[str]:
    return {found.invariant.name for found in verify() if found.violations}


@pytest.mark.parametrize("change", CHANGES)
def test_each_change_is_named(small_world, change):
    _built()
    run_sql("SET CONSTRAINTS ALL IMMEDIATE")
    assert "vat-returns-as-locked" not in broken()
    run_sql("SET LOCAL session_replication_role = replica")
    with connection.cursor() as cursor:
        cursor.execute(change)
    assert "vat-returns-as-locked" in broken()
