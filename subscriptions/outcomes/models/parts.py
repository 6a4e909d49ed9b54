"""The parts of a contract: what is to be shown, each amount that it pays, and its prices by heads."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from marketplace.organisations.models import Organisation
from subscriptions.outcomes.models.contracts import ContractVersion, OutcomeContract


class Measure(models.Model):
    """Something to be shown by a day: an output (done) or an outcome (achieved), with what counts as showing it.

    ``partial`` says what an achievement short of the target earns: nothing (``whole``), its share (``proportional``), or what
    ``steps`` says (``[["0.8", "0.5"], …]``: from 80% of the target on, half). ``tolerance`` is what may be missing of the
    target and still count as met, in the measure's unit. ``weight`` is its share of what hangs on several together, for
    reading: the amounts stand on the items. ``counts`` names facts that the platform pushes (``attended``, ``places``,
    ``evaluations``, …), so that most of a return is filled in. Lower is better where ``baseline`` lies above ``target``.
    """

    class Kind(models.TextChoices):
        OUTPUT = "output", "Output"
        OUTCOME = "outcome", "Outcome"

    class Partial(models.TextChoices):
        WHOLE = "whole", "All or nothing"
        PROPORTIONAL = "proportional", "In proportion"
        STEPS = "steps", "By steps"

    contract = models.ForeignKey(OutcomeContract, on_delete=models.PROTECT, related_name="measures", db_index=False)
    version = models.ForeignKey(ContractVersion, on_delete=models.PROTECT, related_name="measures", db_index=False)
    code = models.SlugField(max_length=40)
    kind = models.CharField(max_length=7, choices=Kind.choices)
    name = models.CharField(max_length=160)
    definition = models.TextField(blank=True)
    unit = models.CharField(max_length=40, blank=True)
    baseline = models.DecimalField(max_digits=14, decimal_places=4, null=True)
    target = models.DecimalField(max_digits=14, decimal_places=4, null=True)
    tolerance = models.DecimalField(max_digits=14, decimal_places=4, default=0)
    weight = models.DecimalField(max_digits=7, decimal_places=4, default=1)
    due_on = models.DateField()
    decide_days = models.PositiveSmallIntegerField(default=10)
    evidence_types = ArrayField(models.CharField(max_length=40), default=list)
    partial = models.CharField(max_length=12, choices=Partial.choices, default=Partial.WHOLE)
    steps = models.JSONField(default=list)
    counts = models.CharField(max_length=40, blank=True)
    verifier = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, related_name="verified_measures", db_index=False
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["contract", "code"], name="measure_code"),
            models.CheckConstraint(condition=Q(tolerance__gte=0, weight__gt=0), name="measure_figures"),
            models.CheckConstraint(
                condition=Q(partial="whole") | Q(target__isnull=False), name="measure_partial_of_a_target"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class OutcomeItem(models.Model):
    """One amount of a contract: paid by its day (``gate`` nothing), or once its measure is verified. Pence before VAT.

    ``pence`` is the most it may pay, ``earned_pence`` what was verified of it (``earned``: pounds, unrounded), ``settled_pence`` what
    frozen statements paid of it less what they took back. ``claimed_from`` is the first day on which it may be claimed.
    """

    class Gate(models.TextChoices):
        NOTHING = "nothing", "Nothing"
        OUTPUT = "output", "Output"
        OUTCOME = "outcome", "Outcome"

    class State(models.TextChoices):
        PLANNED = "planned", "Planned"
        SUBMITTED = "submitted", "To verify"
        REJECTED = "rejected", "Sent back"
        ELIGIBLE = "eligible", "Verified"
        NOT_MET = "not_met", "Not met"
        PAYABLE = "payable", "On statement"
        PAID = "paid", "Paid"
        CLAWED_BACK = "clawed_back", "Taken back"
        CANCELLED = "cancelled", "Cancelled"

    contract = models.ForeignKey(OutcomeContract, on_delete=models.PROTECT, related_name="items", db_index=False)
    version = models.ForeignKey(ContractVersion, on_delete=models.PROTECT, related_name="items", db_index=False)
    measure = models.ForeignKey(Measure, on_delete=models.PROTECT, null=True, related_name="items")
    code = models.SlugField(max_length=40)
    name = models.CharField(max_length=160)
    gate = models.CharField(max_length=7, choices=Gate.choices)
    state = models.CharField(max_length=11, choices=State.choices, default=State.PLANNED)
    pence = models.BigIntegerField()
    earned = models.DecimalField(max_digits=20, decimal_places=6, default=0)
    earned_pence = models.BigIntegerField(default=0)
    settled_pence = models.BigIntegerField(default=0)
    service_from = models.DateField()
    service_to = models.DateField()
    claimed_from = models.DateField()
    due_on = models.DateField()
    reminded_on = models.DateField(null=True)
    verified_by_submission = models.ForeignKey(
        "Submission", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    statement = models.ForeignKey("Statement", on_delete=models.PROTECT, null=True, related_name="items")
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["contract", "due_on", "id"], name="outcome_item_contract"),
            models.Index(fields=["state", "due_on", "id"], name="outcome_item_state"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["contract", "code"], name="outcome_item_code"),
            models.CheckConstraint(
                condition=Q(pence__gt=0, earned_pence__gte=0, settled_pence__gte=0)
                & Q(earned_pence__lte=F("pence"), settled_pence__lte=F("earned_pence")),
                name="outcome_item_within",
            ),
            models.CheckConstraint(condition=Q(service_to__gt=F("service_from")), name="outcome_item_dates"),
            models.CheckConstraint(
                condition=Q(gate="nothing", measure__isnull=True)
                | Q(gate__in=["output", "outcome"], measure__isnull=False),
                name="outcome_item_gate",
            ),
            models.CheckConstraint(
                condition=Q(gate="nothing") | Q(earned_pence=0) | Q(verified_by_submission__isnull=False),
                name="outcome_item_verified_first",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["eligible", "payable", "paid", "clawed_back"]) | Q(earned_pence=0),
                name="outcome_item_earned_state",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["payable", "paid", "clawed_back"]) | Q(settled_pence=0),
                name="outcome_item_settled_state",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["rejected", "not_met", "cancelled"]) | ~Q(reason=""),
                name="outcome_item_says_why",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Band(models.Model):
    """A price by volume: so many heads at so much each, filled from the lowest up. ``service`` is the part paid on time."""

    version = models.ForeignKey(ContractVersion, on_delete=models.PROTECT, related_name="bands")
    position = models.PositiveSmallIntegerField()
    capacity = models.PositiveIntegerField()
    price_pence = models.BigIntegerField()
    service = models.DecimalField(max_digits=5, decimal_places=4, default=0)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["version", "position"], name="outcome_band_position"),
            models.CheckConstraint(
                condition=Q(capacity__gt=0, price_pence__gt=0, service__gte=0, service__lt=1),
                name="outcome_band_figures",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version_id}, band {self.position}"


class Milestone(models.Model):
    """A point that heads reach, with its share of the output part. The shares of a version add up to exactly 1."""

    version = models.ForeignKey(ContractVersion, on_delete=models.PROTECT, related_name="milestones")
    position = models.PositiveSmallIntegerField()
    code = models.SlugField(max_length=40)
    name = models.CharField(max_length=160)
    share = models.DecimalField(max_digits=7, decimal_places=6)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["version", "code"], name="outcome_milestone_code"),
            models.CheckConstraint(condition=Q(share__gt=0, share__lte=1), name="outcome_milestone_share"),
        ]

    def __str__(self) -> str:
        return self.name
