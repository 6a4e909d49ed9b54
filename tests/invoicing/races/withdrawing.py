"""A repayment request is withdrawn at the moment at which money for it is set against it."""

import time
from datetime import date
from typing import Any

from tests.invoicing.races.settling import _each_together, _no_lock, _without_row_locks

ON = date(2026, 11, 9)
RECEIVED = 12_000


def withdraw_or_settle(
    index: int, claims: list[int], receipts: list[int], withdrawer: int, guarded: bool, barrier: Any
) -> list[str]:
    """The first withdraws each request, the second sets £120.00 against it; unguarded, both go by what they saw."""
    from invoicing.provider_invoices.claim_models import ClaimBack
    from invoicing.provider_invoices.withdrawing_claims import withdraw_claim
    from invoicing.receivables.allocation import allocate
    from invoicing.receivables.models import ReceivableItem, UnallocatedItem
    from marketplace.core.actors import platform
    from marketplace.core.models import User
    from marketplace.organisations.services.people import actor_for

    if not guarded:
        _by_what_was_seen()
    finance = actor_for(user=User.objects.get(pk=withdrawer), on=ON)

    def attempt(number: int) -> None:
        claim = ClaimBack.objects.select_related("credit", "document").get(pk=claims[number])
        if not index:
            withdraw_claim(claim=claim, reason="Race", on=ON, actor=finance)
            return
        item = ReceivableItem.objects.select_related("document").get(document=claim.document_id)
        source = UnallocatedItem.objects.get(pk=receipts[number])
        allocate(source=source, to=item, pence=RECEIVED, on=ON, actor=platform("race"))

    return _each_together(barrier, len(claims), attempt)


def _by_what_was_seen() -> None:
    """The control: no locks, no guards of the database, and balances are written as they were worked out from a look."""
    from django.db import connection

    from invoicing.receivables import allocation
    from invoicing.receivables.models import ReceivableItem, UnallocatedItem

    def take(source: Any, item: Any, pence: int) -> None:
        time.sleep(0.3)
        UnallocatedItem.objects.filter(pk=source.pk).update(remaining_pence=source.remaining_pence - pence)
        ReceivableItem.objects.filter(pk=item.pk).update(outstanding_pence=item.outstanding_pence - pence)

    _without_row_locks()
    allocation._take, allocation._lock = take, _no_lock
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
