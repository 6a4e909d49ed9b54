"""What a consultant or a provider must show, and what was shown."""

from django.db import models
from django.db.models import F, Q

from marketplace.organisations.models import Person
from providers.profiles.models import Consultant, Provider


class Requirement(models.Model):
    """Something to be shown by a consultant or by the provider they work for.

    ``required`` ones must be accepted and in date on a delivery date; the others only stand in the letter of assurance.
    ``months`` is how long one lasts where its document says no end; none means for good. ``file`` says whether a
    document is uploaded: of a DBS certificate no copy is ever kept.
    """

    class Holder(models.TextChoices):
        CONSULTANT = "consultant", "Consultant"
        PROVIDER = "provider", "Provider"

    class File(models.TextChoices):
        NEEDED = "needed", "A document"
        ALLOWED = "allowed", "A document or none"
        NEVER = "never", "No copy"

    code = models.SlugField(max_length=40, unique=True)
    label = models.CharField(max_length=80)
    holder = models.CharField(max_length=10, choices=Holder.choices)
    months = models.PositiveSmallIntegerField(null=True)
    file = models.CharField(max_length=7, choices=File.choices, default=File.NEEDED)
    needs_number = models.BooleanField(default=False)
    required = models.BooleanField(default=True)
    words = models.CharField(max_length=300)
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.CheckConstraint(condition=~Q(code="") & ~Q(label=""), name="requirement_has_name"),
            models.CheckConstraint(condition=Q(months__isnull=True) | Q(months__gt=0), name="requirement_lasts"),
        ]

    def __str__(self) -> str:
        return self.label


class Evidence(models.Model):
    """What was shown for a requirement, over ``[valid_from, valid_to)``; it counts once another person accepted it.

    ``number`` is what is printed on it; ``decision`` what the certificate says. Its file, if any, is a private file of
    the kind ``evidence``. ``reason`` is why it was refused: the provider reads it.
    """

    class State(models.TextChoices):
        SUBMITTED = "submitted", "To check"
        ACCEPTED = "accepted", "Accepted"
        REFUSED = "refused", "Refused"

    requirement = models.ForeignKey(Requirement, on_delete=models.PROTECT, related_name="evidence")
    consultant = models.ForeignKey(
        Consultant, on_delete=models.PROTECT, null=True, related_name="evidence", db_index=False
    )
    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, null=True, related_name="evidence", db_index=False)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    number = models.CharField(max_length=40, blank=True)
    decision = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=9, choices=State.choices, default=State.SUBMITTED)
    reason = models.CharField(max_length=300, blank=True)
    given_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    given_on = models.DateField()
    checked_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    checked_on = models.DateField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["consultant", "requirement", "state"], name="evidence_consultant"),
            models.Index(fields=["provider", "requirement", "state"], name="evidence_provider"),
            models.Index(fields=["state", "given_on"], name="evidence_to_check"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(consultant__isnull=True, provider__isnull=False)
                | Q(consultant__isnull=False, provider__isnull=True),
                name="evidence_of_one",
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")), name="evidence_dates"
            ),
            models.CheckConstraint(
                condition=Q(state="submitted", checked_on__isnull=True, checked_by__isnull=True)
                | Q(state__in=["accepted", "refused"], checked_on__isnull=False),
                name="evidence_checked_on",
            ),
            models.CheckConstraint(
                condition=Q(checked_by__isnull=True) | Q(given_by__isnull=True) | ~Q(checked_by=F("given_by")),
                name="evidence_checked_by_another",
            ),
            models.CheckConstraint(condition=~Q(state="refused") | ~Q(reason=""), name="evidence_refused_why"),
        ]

    def __str__(self) -> str:
        return f"{self.requirement_id} from {self.valid_from}"
