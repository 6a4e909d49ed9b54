"""Which items to invoice came to nothing: taken off before they were invoiced, or credited to the last penny."""

from collections.abc import Collection

from django.db.models import F, Q

from invoicing.receivables.models import Charge


def wholly_given_back(source_keys: Collection[str]) -> set[str]:
    """Those of the items of which nothing is left. What was given up as a bad debt was not given back."""
    credited = Q(state=Charge.State.BILLED, document_line__credit__credited_pence=F("document_line__net_pence"))
    found = Charge.objects.filter(credited | Q(state=Charge.State.CANCELLED), source_key__in=source_keys)
    return set(found.values_list("source_key", flat=True))
