"""What was used of what a subscription includes, for the page on which its renewal is decided."""

from collections import defaultdict
from collections.abc import Sequence

from django.db.models import Q

from subscriptions.agreements.models import Agreement
from subscriptions.allowances.models import Allowance
from subscriptions.allowances.rules.units import amount, counted


def used_under(agreements: Sequence[Agreement]) -> dict[int, str]:
    """ "5 of 6 places" for each agreement that includes anything, by its id. One query."""
    wanted = {one.number: one.pk for one in agreements if one.kind == Agreement.Kind.SUBSCRIPTION}
    if not wanted:
        return {}
    keys = Q()
    for number in wanted:
        keys |= Q(source_key__startswith=f"agreement:{number}:")
    found: dict[int, list[str]] = defaultdict(list)
    for row in Allowance.objects.filter(keys).order_by("pk"):
        pk = wanted[row.source_key.split(":")[1]]
        found[pk].append(f"{amount(row.taken, row.unit)} of {counted(row.granted, row.unit)}")
    return {pk: ", ".join(words) for pk, words in found.items()}
