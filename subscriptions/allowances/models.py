"""What a subscription includes and how much of it is used: movements of their own, never lines of £0."""

from django.db import models
from django.db.models import F, Q

from marketplace.organisations.models import Organisation, Person
from subscriptions.allowances.rules.units import Unit


class LastMove(models.Model):
    """On which day, by whom and why a row was moved last. The database writes them into the movement it makes of it.

    Who did it is told as the event log tells it: nothing looks the person up as places are kept.
    """

    moved_on = models.DateField(null=True, editable=False)
    moved_by = models.ForeignKey(
        Person,
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    moved_why = models.CharField(max_length=240, blank=True, editable=False)

    class Meta:
        abstract = True


class Allowance(LastMove):
    """Places, half days or downloads that an organisation may use without a charge, from one day to another (half-open).

    ``granted`` holds ``carried_in``, what came from an allowance before. ``taken`` are those kept or used. What is left at
    the end lapses (``expired``), but for ``carried`` of it, at most ``carry_most``, which went on ``carried_into``
    another. They move only by conditional update, and are what the movements add up to.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="allowances")
    name = models.CharField(max_length=60, help_text="What the school calls it: the subscription level.")
    unit = models.CharField(
        max_length=8, choices=[(one.value, one.words) for one in Unit], default=Unit.PLACE.value, db_default="place"
    )
    granted = models.PositiveIntegerField()
    carried_in = models.PositiveIntegerField(default=0, db_default=0)
    taken = models.PositiveIntegerField(default=0)
    expired = models.PositiveIntegerField(default=0, help_text="What was left when it ended.")
    carry_most = models.PositiveIntegerField(default=0, db_default=0)
    carried = models.PositiveIntegerField(default=0, db_default=0)
    carried_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, editable=False, related_name="came_from"
    )
    valid_from = models.DateField()
    valid_to = models.DateField()
    source_key = models.CharField(max_length=120, unique=True)
    told_on = models.DateField(null=True, editable=False, help_text="When its lapsing was announced.")

    class Meta:
        indexes = [
            models.Index(fields=["organisation", "valid_to"], name="allowance_organisation"),
            models.Index(fields=["valid_to", "id"], name="allowance_ends"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(valid_to__gt=F("valid_from")), name="allowance_dates"),
            models.CheckConstraint(
                condition=Q(taken__gte=0, expired__gte=0, carried__gte=0, carried_in__gte=0)
                & Q(granted__gte=F("taken") + F("expired") + F("carried")),
                name="allowance_within_grant",
            ),
            models.CheckConstraint(
                condition=Q(carried=0, carried_into__isnull=True)
                | Q(carried__gt=0, carried__lte=F("carry_most"), carried_into__isnull=False),
                name="allowance_carried_within",
            ),
            models.CheckConstraint(condition=Q(unit__in=[one.value for one in Unit]), name="allowance_unit_known"),
        ]

    def __str__(self) -> str:
        return f"{self.name} from {self.valid_from}"

    @property
    def left(self) -> int:
        return self.granted - self.taken - self.expired - self.carried


class AllowanceUse(LastMove):
    """Units of an allowance kept for a source above, once per source.

    ``released`` of them came back; ``consumed`` says that what they were for has been, so that none comes back any more.
    """

    allowance = models.ForeignKey(Allowance, on_delete=models.PROTECT, related_name="uses")
    source_key = models.CharField(max_length=120, unique=True)
    label = models.CharField(max_length=160, help_text="What for, as the statement of use says it; no person's name.")
    on = models.DateField()
    places = models.PositiveIntegerField()
    released = models.PositiveIntegerField(default=0)
    consumed = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["allowance", "on"], name="allowance_use_on")]
        constraints = [
            models.CheckConstraint(
                condition=Q(places__gt=0, released__gte=0, released__lte=F("places")), name="allowance_use_within"
            )
        ]

    def __str__(self) -> str:
        return self.label


class AllowanceMovement(models.Model):
    """One thing that happened to an allowance: written by the database with the change itself, and never changed.

    ``units`` is above nought, but where something is taken back: what had lapsed is carried over, or what counted as used
    comes back after all. ``at`` is the moment of writing.
    """

    class Kind(models.TextChoices):
        GRANTED = "granted", "Granted"
        REDUCED = "reduced", "Taken off"
        CARRIED_IN = "carried_in", "Carried over from before"
        RESERVED = "reserved", "Kept"
        RELEASED = "released", "Came back"
        CONSUMED = "consumed", "Used"
        EXPIRED = "expired", "Lapsed"
        CARRIED_OVER = "carried_over", "Carried over"

    allowance = models.ForeignKey(Allowance, on_delete=models.PROTECT, related_name="movements", db_index=False)
    use = models.ForeignKey(AllowanceUse, on_delete=models.PROTECT, null=True, related_name="movements")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    units = models.IntegerField()
    on = models.DateField()
    at = models.DateTimeField()
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, related_name="+", db_index=False, db_constraint=False
    )
    note = models.CharField(max_length=240, blank=True)

    class Meta:
        indexes = [models.Index(fields=["allowance", "id"], name="allowance_movement_of")]
        constraints = [
            models.CheckConstraint(
                condition=Q(units__gt=0) | Q(units__lt=0, kind__in=["expired", "consumed"]),
                name="allowance_movement_units",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["reserved", "released", "consumed"], use__isnull=False)
                | Q(kind__in=["granted", "reduced", "carried_in", "expired", "carried_over"], use__isnull=True),
                name="allowance_movement_of_use",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.units}"
