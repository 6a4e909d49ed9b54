"""The words of the published offers, against which a mistyped search is compared."""

import re
from collections import Counter

from django.db import transaction

from catalogue.models import Offer, SearchWord

_WORD = re.compile(r"[^\W\d_]{3,40}")


@transaction.atomic
def refresh_search_words() -> int:
    """Rebuilds the list from the published offers and returns its length. Safe to run at any time."""
    counted: Counter[str] = Counter()
    fields = ("title", "summary", "keywords")
    for texts in Offer.objects.filter(state=Offer.State.PUBLISHED).values_list(*fields).iterator():
        counted.update(set(_WORD.findall(" ".join(texts).lower())))
    words = [SearchWord(word=word, offers=offers) for word, offers in sorted(counted.items())]
    SearchWord.objects.exclude(word__in=list(counted)).delete()
    SearchWord.objects.bulk_create(
        words, update_conflicts=True, unique_fields=["word"], update_fields=["offers"], batch_size=1000
    )
    return len(words)
