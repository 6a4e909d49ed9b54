from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from catalogue.models import CourseRun
from marketplace.organisations.models import Organisation, Person

LIVE = ("waiting", "offered")


class WaitingEntry(models.Model):
    """A school that waits for places on a course date. Who asked first stands first: entries are in the order of ``id``.

    ``seats`` is how many are still wanted of the ``asked``. With ``together`` all of them or none, otherwise as they
    come. ``facts`` are what the buyer stated for the price, as on a line of a basket.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        OFFERED = "offered", "Places offered"
        TAKEN = "taken", "Places taken"
        DECLINED = "declined", "Places declined"
        LAPSED = "lapsed", "Offer ran out"
        LEFT = "left", "Left the list"
        CLOSED = "closed", "List closed"

    run = models.ForeignKey(CourseRun, on_delete=models.PROTECT, related_name="waiting_entries", db_index=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="waiting_entries")
    school = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="waiting_entries")
    asked = models.PositiveSmallIntegerField()
    seats = models.PositiveSmallIntegerField()
    together = models.BooleanField()
    facts = models.JSONField(default=dict, blank=True)
    joined_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    closed_on = models.DateField(null=True)

    class Meta:
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["run", "state", "id"], name="waiting_run_state"),
            models.Index(fields=["school"], name="waiting_school"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["run", "school"], condition=Q(state__in=LIVE), name="waiting_once_for_a_school"
            ),
            models.CheckConstraint(
                condition=Q(asked__gte=1, seats__lte=F("asked"))
                & (Q(state="taken", seats=0) | ~Q(state="taken") & Q(seats__gte=1)),
                name="waiting_seats_within",
            ),
            models.CheckConstraint(
                condition=Q(state__in=LIVE, closed_on__isnull=True) | ~Q(state__in=LIVE) & Q(closed_on__isnull=False),
                name="waiting_closed_iff_dated",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.seats} of {self.school_id} wait for {self.run_id}"


class WaitingOffer(models.Model):
    """Places that were held for an entry and offered to it until a moment. The list's history is kept by these.

    ``free_places`` is how many there were to offer. ``passed_over`` names the entries before it that wanted more together
    than that. An organiser who offers by hand says why; then the order is theirs.
    """

    class State(models.TextChoices):
        OPEN = "open", "Open"
        TAKEN = "taken", "Taken"
        DECLINED = "declined", "Declined"
        LAPSED = "lapsed", "Ran out"
        ENDED = "ended", "Ended"

    entry = models.ForeignKey(WaitingEntry, on_delete=models.PROTECT, related_name="offers")
    places = models.PositiveSmallIntegerField()
    free_places = models.PositiveIntegerField()
    passed_over = ArrayField(models.BigIntegerField(), default=list)
    by_hand = models.BooleanField(default=False)
    reason = models.CharField(max_length=200, blank=True)
    offered_on = models.DateField()
    until = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    closed_on = models.DateField(null=True)
    order = models.ForeignKey("trading.Order", on_delete=models.PROTECT, null=True, related_name="waiting_offers")

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["until"], name="waiting_offer_open", condition=Q(state="open"))]
        constraints = [
            models.UniqueConstraint(fields=["entry"], condition=Q(state="open"), name="waiting_offered_once"),
            models.CheckConstraint(
                condition=Q(places__gte=1, places__lte=F("free_places")), name="waiting_offer_of_free_places"
            ),
            models.CheckConstraint(
                condition=Q(by_hand=False, reason="") | Q(by_hand=True) & ~Q(reason=""), name="waiting_hand_has_reason"
            ),
            models.CheckConstraint(
                condition=Q(state="open", closed_on__isnull=True) | ~Q(state="open") & Q(closed_on__isnull=False),
                name="waiting_offer_closed_iff_dated",
            ),
            models.CheckConstraint(
                condition=Q(state="taken", order__isnull=False) | ~Q(state="taken") & Q(order__isnull=True),
                name="waiting_offer_taken_by_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.places} places for {self.entry_id}"

    @property
    def source_key(self) -> str:
        """Under which the catalogue holds its places."""
        return f"waiting-offer:{self.pk}:places"
