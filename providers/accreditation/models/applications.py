"""Asking to be accredited: what is declared, who vouches, what was decided and signed."""

from django.db import models
from django.db.models import F, Q

from marketplace.core.signed_links import SignedLink
from marketplace.organisations.models import Person
from providers.profiles.models import Consultant


class Application(models.Model):
    """A provider's request that one of its consultants be accredited.

    ``declared`` are the statements that were ticked, with their words as they stood. ``agreement`` is the text that both
    sides signed. ``reason`` and ``appeal_answer`` are what the provider reads. Three acts are another person's each:
    deciding, deciding the appeal, countersigning what the provider signed.
    """

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        REFERENCES = "references", "Waiting for references"
        PANEL = "panel", "With the panel"
        SIGNING = "signing", "Agreement to sign"
        SIGNED = "signed", "Agreement to countersign"
        ACCREDITED = "accredited", "Accredited"
        REFUSED = "refused", "Not accredited"
        APPEALED = "appealed", "Appeal"
        CLOSED = "closed", "Appeal not upheld"
        WITHDRAWN = "withdrawn", "Withdrawn"

    number = models.CharField(max_length=20, unique=True)
    consultant = models.ForeignKey(Consultant, on_delete=models.PROTECT, related_name="applications")
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    declared = models.JSONField(default=list)
    started_on = models.DateField()
    submitted_on = models.DateField(null=True)
    submitted_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    decided_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    decided_on = models.DateField(null=True)
    reason = models.TextField(blank=True)
    appeal = models.TextField(blank=True)
    appealed_on = models.DateField(null=True)
    appeal_decided_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    appeal_decided_on = models.DateField(null=True)
    appeal_answer = models.TextField(blank=True)
    agreement = models.TextField(blank=True)
    signed_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    signed_on = models.DateField(null=True)
    countersigned_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    countersigned_on = models.DateField(null=True)

    class Meta:
        indexes = [models.Index(fields=["state", "submitted_on"], name="application_state")]
        constraints = [
            models.UniqueConstraint(
                fields=["consultant"],
                condition=~Q(state__in=["accredited", "refused", "closed", "withdrawn"]),
                name="application_one_open",
            ),
            models.CheckConstraint(
                condition=Q(appeal_decided_by__isnull=True)
                | Q(decided_by__isnull=True)
                | ~Q(appeal_decided_by=F("decided_by")),
                name="application_appeal_by_another",
            ),
            models.CheckConstraint(
                condition=Q(countersigned_by__isnull=True)
                | Q(signed_by__isnull=True)
                | ~Q(countersigned_by=F("signed_by")),
                name="application_countersigned_by_another",
            ),
            models.CheckConstraint(
                condition=~Q(state="accredited") | Q(signed_on__isnull=False, countersigned_on__isnull=False),
                name="application_accredited_signed",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class Reference(models.Model):
    """Somebody who is asked about the consultant, by a signed link to their address.

    Name, address and answer are personal: those of an application that led to nothing are erased after twelve months
    (``erased_on``).
    """

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="references")
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=120)
    email = models.EmailField()
    relation = models.CharField(max_length=120)
    asked_on = models.DateField(null=True)
    answered_on = models.DateField(null=True)
    recommends = models.BooleanField(null=True)
    words = models.TextField(blank=True)
    erased_on = models.DateField(null=True)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["application", "position"], name="reference_place"),
            models.CheckConstraint(
                condition=Q(answered_on__isnull=True) | Q(asked_on__isnull=False, recommends__isnull=False),
                name="reference_answered",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.application_id}, {self.position}"


class ReferenceLink(SignedLink):
    """A link for one use, kept as the digest of its token. The address holds nothing personal."""

    reference = models.ForeignKey(Reference, on_delete=models.PROTECT, related_name="links")

    def __str__(self) -> str:
        return f"of {self.reference_id} till {self.expires_at}"
