"""What is claimed and by what it is shown: submissions with their evidence, the decision of another, counted facts."""

from django.db import models
from django.db.models import F, Q

from marketplace.organisations.models import Organisation, Person
from subscriptions.outcomes.models.contracts import OutcomeContract
from subscriptions.outcomes.models.parts import Measure, OutcomeItem


class Submission(models.Model):
    """A claim that an item's measure is met, and what somebody else decided of it.

    Who claims and for which organisation, who decides and of which, are kept as they were at the time: the two persons and
    the two organisations differ. ``claimed`` and ``accepted`` are in the measure's unit. ``words`` name no pupil.
    """

    class State(models.TextChoices):
        SUBMITTED = "submitted", "To verify"
        ACCEPTED = "accepted", "Accepted"
        PART = "part", "Accepted part"
        REJECTED = "rejected", "Sent back"
        WITHDRAWN = "withdrawn", "Withdrawn"
        UNDONE = "undone", "Taken back"

    item = models.ForeignKey(OutcomeItem, on_delete=models.PROTECT, related_name="submissions", db_index=False)
    ordinal = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=9, choices=State.choices, default=State.SUBMITTED)
    claimed = models.DecimalField(max_digits=14, decimal_places=4, null=True)
    words = models.TextField(blank=True)
    claimant = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_index=False)
    claimant_organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+", db_index=False)
    submitted_on = models.DateField()
    decide_by = models.DateField()
    escalated_on = models.DateField(null=True)
    decided_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    decided_organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    decided_on = models.DateField(null=True)
    accepted = models.DecimalField(max_digits=14, decimal_places=4, null=True)
    reason = models.CharField(max_length=500, blank=True)
    sampled_on = models.DateField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["state", "submitted_on", "id"], name="submission_state"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["item", "ordinal"], name="submission_ordinal"),
            models.UniqueConstraint(fields=["item"], condition=Q(state="submitted"), name="submission_one_waits"),
            models.UniqueConstraint(
                fields=["item"], condition=Q(state__in=["accepted", "part"]), name="submission_one_accepted"
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("claimant")), name="submission_another_person"
            ),
            models.CheckConstraint(
                condition=Q(decided_organisation__isnull=True)
                | ~Q(decided_organisation=F("claimant_organisation")),
                name="submission_another_organisation",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["submitted", "withdrawn"], decided_on__isnull=True)
                | Q(
                    state__in=["accepted", "part", "rejected", "undone"], decided_on__isnull=False,
                    decided_by__isnull=False, decided_organisation__isnull=False,
                ),
                name="submission_decided_by",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["rejected", "part", "undone"]) | ~Q(reason=""), name="submission_says_why"
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.item_id}, {self.ordinal}"


class Evidence(models.Model):
    """What shows that a measure is met: a private file, a link, a structured return, or a count of the platform's own.

    Added to the item while it is not claimed; a submission takes what lies there with it, and from then on it stays.
    """

    class Form(models.TextChoices):
        FILE = "file", "File"
        LINK = "link", "Link"
        RETURN = "return", "Return"
        COUNT = "count", "Count"

    item = models.ForeignKey(OutcomeItem, on_delete=models.PROTECT, related_name="evidence", db_index=False)
    submission = models.ForeignKey(
        Submission, on_delete=models.PROTECT, null=True, related_name="evidence", db_index=False
    )
    form = models.CharField(max_length=6, choices=Form.choices)
    type = models.CharField(max_length=40)
    label = models.CharField(max_length=160)
    link = models.URLField(max_length=400, blank=True)
    facts = models.JSONField(default=dict)
    added_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    added_on = models.DateField()

    class Meta:
        indexes = [models.Index(fields=["item", "id"], name="outcome_evidence_item")]
        constraints = [
            models.CheckConstraint(
                condition=Q(form="link") & ~Q(link="") | ~Q(form="link") & Q(link=""), name="outcome_evidence_link"
            ),
            models.CheckConstraint(condition=~Q(label="") & ~Q(type=""), name="outcome_evidence_named"),
        ]

    def __str__(self) -> str:
        return self.label


class MeasuredFact(models.Model):
    """A fact that the platform counted and pushed down once: attendance of a register, an evaluation, a place taken."""

    source_key = models.CharField(max_length=120, unique=True)
    measure = models.ForeignKey(Measure, on_delete=models.PROTECT, related_name="facts", db_index=False)
    on = models.DateField()
    value = models.DecimalField(max_digits=14, decimal_places=4)
    label = models.CharField(max_length=160)

    class Meta:
        indexes = [models.Index(fields=["measure", "on"], name="measured_fact_measure")]

    def __str__(self) -> str:
        return self.source_key


class ContractPerson(models.Model):
    """Who acts for the other party beside those with a role there: the lead's deputy, for some days."""

    contract = models.ForeignKey(OutcomeContract, on_delete=models.PROTECT, related_name="deputies")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    named_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")), name="contract_person_dates"
            )
        ]

    def __str__(self) -> str:
        return f"{self.person_id} of {self.contract_id}"
