"""What search reads besides the offers themselves."""

from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models

from catalogue.models.offers import Offer
from providers.models import Provider


class SearchWord(models.Model):
    """A word that stands in a published offer: what a mistyped search is compared with."""

    word = models.CharField(max_length=40, primary_key=True)
    offers = models.PositiveIntegerField(help_text="In how many published offers it stands.")

    def __str__(self) -> str:
        return self.word


class TagSet(models.Model):
    """The themes of an offer, or its phases, under a number: counting compares numbers, not lists of words.

    Added by the trigger that keeps ``ListedOffer``, never changed.
    """

    tags = ArrayField(models.CharField(max_length=40), unique=True)

    def __str__(self) -> str:
        return ", ".join(self.tags)


def _last_date() -> "models.DateTimeField[datetime | None, datetime | None]":
    return models.DateTimeField(null=True, editable=False)


class ListedOffer(models.Model):
    """A published offer as search reads it: what it is found by, counted by and ordered by, and nothing to show.

    Kept by a trigger on the offer, in the same statement, and never written by hand; an offer that is not published has
    none. So what the counts walk through for a common word is half the size of the offers. ``words`` weigh by where
    they stand: title, keywords, summary, description. ``title_words`` are the title's alone: offers that say a word
    there are found first, without ranking all others.
    """

    # The trigger takes it away with the offer.
    offer = models.OneToOneField(Offer, on_delete=models.DO_NOTHING, primary_key=True, related_name="listed")
    provider = models.ForeignKey(Provider, on_delete=models.DO_NOTHING, related_name="+", db_index=False)
    themes = models.ForeignKey(TagSet, on_delete=models.DO_NOTHING, related_name="+", db_index=False)
    phases = models.ForeignKey(TagSet, on_delete=models.DO_NOTHING, related_name="+", db_index=False)
    kind = models.CharField(max_length=11)
    last_face_to_face = _last_date()
    last_online = _last_date()
    last_hybrid = _last_date()
    title = models.CharField(max_length=120)
    title_words = SearchVectorField()
    words = SearchVectorField()

    class Meta:
        indexes = [
            GinIndex(fields=["words"], name="listed_words"),
            GinIndex(fields=["title_words"], name="listed_title_words"),
            models.Index(fields=["title", "offer"], name="listed_title"),
            models.Index(  # all that the counts beside a search without words read, in a tenth of the table's size
                fields=["offer"],
                include=["provider", "themes", "phases", "kind", "last_face_to_face", "last_online", "last_hybrid"],
                name="listed_facets",
            ),
        ]

    def __str__(self) -> str:
        return self.title
