"""A cluster's purse: money that several paid in, kept on an account of its own, and what its members draw from it."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from marketplace.organisations.models import Organisation, Person


class Purse(models.Model):
    """What the members of a cluster may spend together over ``[valid_from, valid_to)``; its ``lead`` is invoiced.

    ``account`` is the customer on whose account the money stands, so that nothing else is settled with it.
    ``reserved_pence`` of it is kept for orders that are not settled yet; what is left is the rest.
    """

    code = models.SlugField(max_length=20, unique=True)
    name = models.CharField(max_length=100)
    lead = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="led_purses")
    account = models.OneToOneField(Organisation, on_delete=models.PROTECT, related_name="purse")
    valid_from = models.DateField()
    valid_to = models.DateField()
    reserved_pence = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(valid_to__gt=F("valid_from")), name="purse_dates"),
            models.CheckConstraint(condition=Q(reserved_pence__gte=0), name="purse_reserved_not_negative"),
            models.CheckConstraint(condition=~Q(account=F("lead")), name="purse_account_of_its_own"),
        ]

    def __str__(self) -> str:
        return self.name


class PurseMember(models.Model):
    """Who belongs to a purse: what it agreed to pay in, and how much of the whole it may draw, in pence with VAT.

    Without ``most_pence`` it draws as much as is left. ``drawn_pence`` are its orders less what came back of them.
    """

    purse = models.ForeignKey(Purse, on_delete=models.PROTECT, related_name="members", db_index=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="purse_memberships")
    agreed_pence = models.BigIntegerField(default=0)
    steps = models.JSONField(default=list)
    may_draw = models.BooleanField(default=True)
    most_pence = models.BigIntegerField(null=True)
    drawn_pence = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["purse", "organisation"], name="purse_member_once"),
            models.CheckConstraint(condition=Q(agreed_pence__gte=0, drawn_pence__gte=0), name="purse_member_pence"),
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id} in {self.purse_id}"


class PurseDraw(models.Model):
    """What one order takes, in pence with VAT, kept once per source.

    ``charge_keys`` are the items to invoice that it pays for. ``settled_pence`` were set against their invoices,
    ``released_pence`` were not needed, ``returned_pence`` came back with credit notes.
    """

    purse = models.ForeignKey(Purse, on_delete=models.PROTECT, related_name="draws", db_index=False)
    member = models.ForeignKey(PurseMember, on_delete=models.PROTECT, related_name="draws")
    source_key = models.CharField(max_length=120, unique=True)
    label = models.CharField(max_length=120, help_text="What it was for, as the statement says it; no person's name.")
    on = models.DateField()
    pence = models.BigIntegerField()
    charge_keys = ArrayField(models.CharField(max_length=120))
    settled_pence = models.BigIntegerField(default=0)
    released_pence = models.BigIntegerField(default=0)
    returned_pence = models.BigIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["purse", "on"], name="purse_draw_on")]
        constraints = [
            models.CheckConstraint(
                condition=Q(pence__gt=0, settled_pence__gte=0, released_pence__gte=0)
                & Q(pence__gte=F("settled_pence") + F("released_pence"))
                & Q(returned_pence__gte=0, returned_pence__lte=F("settled_pence")),
                name="purse_draw_within",
            )
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def open_pence(self) -> int:
        """What is still kept for it."""
        return self.pence - self.settled_pence - self.released_pence

    @property
    def cost_pence(self) -> int:
        """What it takes from the purse in the end, as far as is known."""
        return self.pence - self.released_pence - self.returned_pence


class PurseMovement(models.Model):
    """One thing that happened to what is drawn: written with it and never changed. ``about`` names what it was for."""

    class Kind(models.TextChoices):
        RESERVED = "reserved", "Kept for an order"
        SETTLED = "settled", "Paid an invoice"
        RELEASED = "released", "Not needed"
        RETURNED = "returned", "Came back with a credit note"

    draw = models.ForeignKey(PurseDraw, on_delete=models.PROTECT, related_name="movements", db_index=False)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    about = models.CharField(max_length=120, blank=True)
    pence = models.BigIntegerField()
    on = models.DateField()
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(pence__gt=0), name="purse_movement_positive"),
            models.UniqueConstraint(
                fields=["draw", "kind", "about"], condition=~Q(about=""), name="purse_movement_once"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["settled", "returned"]) & ~Q(about="") | Q(kind__in=["reserved", "released"]),
                name="purse_movement_about",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pence}"
