"""What helps to choose among offers: ratings, what is bought together, and what a person keeps."""

import uuid

from django.db import models
from django.db.models import F, Q

from catalogue.models.offers import Offer
from marketplace.organisations.models import Person

FEWEST_RATINGS = 5
"""Fewer people than this are never told as a figure: who rated could be guessed."""
FEWEST_SCHOOLS = 5


class Rating(models.Model):
    """One person's score of an offer, 1 to 5, once for the evaluation it comes from. It does not say whose it is."""

    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, related_name="ratings")
    source_key = models.CharField(max_length=120, unique=True)
    score = models.PositiveSmallIntegerField()
    given_on = models.DateField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(score__gte=1, score__lte=5), name="rating_from_1_to_5")]

    def __str__(self) -> str:
        return self.source_key


class OfferRating(models.Model):
    """The ratings of an offer added up, so that showing and sorting need not read them: moved with each rating."""

    offer = models.OneToOneField(Offer, on_delete=models.PROTECT, primary_key=True, related_name="rated")
    people = models.PositiveIntegerField()
    points = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(people__gte=1, points__gte=F("people"), points__lte=F("people") * 5),
                name="offer_rating_adds_up",
            )
        ]

    def __str__(self) -> str:
        return f"{self.points} points of {self.people}"


class BoughtTogether(models.Model):
    """How many schools that bought ``offer`` bought ``other`` as well: told from above, never of few schools."""

    offer = models.ForeignKey(Offer, on_delete=models.CASCADE, related_name="bought_with", db_index=False)
    other = models.ForeignKey(Offer, on_delete=models.CASCADE, related_name="+")
    schools = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["offer", "other"], name="bought_together_once"),
            models.CheckConstraint(condition=Q(schools__gte=FEWEST_SCHOOLS), name="bought_together_not_of_few"),
            models.CheckConstraint(condition=~Q(offer=F("other")), name="bought_together_with_another"),
        ]

    def __str__(self) -> str:
        return f"{self.offer_id} with {self.other_id}"


class ListPrice(models.Model):
    """What one of an offer costs who is no member, before VAT, as worked out on a day: for sorting, never for showing.

    ``pence`` is empty where there is no figure without asking.
    """

    offer = models.OneToOneField(Offer, on_delete=models.CASCADE, primary_key=True, related_name="list_price")
    pence = models.BigIntegerField(null=True)
    worked_on = models.DateField(db_index=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(pence__isnull=True) | Q(pence__gte=0), name="list_price_sane")
        ]

    def __str__(self) -> str:
        return f"{self.pence} for {self.offer_id}"


class PushedStatistic(models.Model):
    """On which day a statistic was told last: of several workers one tells it."""

    name = models.CharField(max_length=40, primary_key=True)
    pushed_on = models.DateField()

    def __str__(self) -> str:
        return self.name


class Favourite(models.Model):
    """An offer that a person marked with a star."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="favourites", db_index=False)
    offer = models.ForeignKey(Offer, on_delete=models.CASCADE, related_name="+")
    added_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "offer"], name="favourite_once")]

    def __str__(self) -> str:
        return f"{self.offer_id} of {self.person_id}"


class SavedSearch(models.Model):
    """What a person looks for again and again. ``told_at``: news up to then has been told, or was there already."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="saved_searches", db_index=False)
    text = models.CharField(max_length=200, blank=True)
    kind = models.CharField(max_length=11, blank=True)
    theme = models.CharField(max_length=60, blank=True)
    phase = models.CharField(max_length=60, blank=True)
    provider = models.CharField(max_length=60, blank=True)
    mode = models.CharField(max_length=60, blank=True)
    by_email = models.BooleanField(default=True)
    saved_at = models.DateTimeField()
    told_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "text", "kind", "theme", "phase", "provider", "mode"], name="saved_search_once"
            )
        ]
        indexes = [models.Index(fields=["told_at"], condition=Q(by_email=True), name="saved_search_to_tell")]

    def __str__(self) -> str:
        return f"Search {self.pk} of {self.person_id}"


class CalendarFeed(models.Model):
    """A person's own calendar for other programs: whoever knows the address reads it. Another key ends the old one."""

    person = models.OneToOneField(Person, on_delete=models.CASCADE, primary_key=True, related_name="calendar_feed")
    key = models.UUIDField(default=uuid.uuid4, unique=True)
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"Calendar of {self.person_id}"
