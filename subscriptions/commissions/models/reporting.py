"""What a council is told: indicators with their readings, quarterly returns, and the invoices that it approves."""

from django.db import models
from django.db.models import F, Q

from invoicing.documents.models import Document
from marketplace.organisations.models import Person
from subscriptions.commissions.models.contracts import CouncilContract
from subscriptions.outcomes.models import Measure


class Indicator(models.Model):
    """Something by which a contract is judged: a number, a percentage, or a percentage within statutory weeks.

    ``target`` is in its unit, to be reached by ``due_on``; ``lower_is_better`` turns it round. Of ``within_weeks`` cases those
    with an allowed exception do not count. ``measure`` is what of the outcome contract is at risk on it, if anything.
    """

    class Kind(models.TextChoices):
        NUMBER = "number", "Number"
        PERCENTAGE = "percentage", "Percentage"
        WITHIN_WEEKS = "within_weeks", "Percentage within statutory weeks"

    council = models.ForeignKey(CouncilContract, on_delete=models.PROTECT, related_name="indicators", db_index=False)
    code = models.SlugField(max_length=40)
    name = models.CharField(max_length=160)
    definition = models.TextField(blank=True)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    unit = models.CharField(max_length=40, blank=True)
    weeks = models.PositiveSmallIntegerField(null=True)
    target = models.DecimalField(max_digits=14, decimal_places=4)
    lower_is_better = models.BooleanField(default=False)
    due_on = models.DateField()

    class Meta:
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(fields=["council", "code"], name="indicator_code"),
            models.CheckConstraint(condition=Q(target__gte=0), name="indicator_target"),
            models.CheckConstraint(
                condition=Q(kind="number") | Q(target__lte=100), name="indicator_percentage_of_a_hundred"
            ),
            models.CheckConstraint(
                condition=Q(kind="within_weeks", weeks__gt=0) | ~Q(kind="within_weeks") & Q(weeks__isnull=True),
                name="indicator_weeks",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class IndicatorMeasure(models.Model):
    """A measure of the outcome contract that is at risk on an indicator: one of its quarters, usually."""

    indicator = models.ForeignKey(Indicator, on_delete=models.PROTECT, related_name="links", db_index=False)
    measure = models.OneToOneField(Measure, on_delete=models.PROTECT, related_name="indicator_link")

    class Meta:
        indexes = [models.Index(fields=["indicator", "measure"], name="indicator_measure")]

    def __str__(self) -> str:
        return f"{self.measure_id} on {self.indicator_id}"


class QuarterReturn(models.Model):
    """What the partnership tells a council of one quarter ``[quarter_from, quarter_to)``.

    ``figures`` are those that the platform counted when it was sent (plain facts, see ``rules.figures``). A return that is
    queried is mended and sent again; accepted, it and its readings stay as they are.
    """

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        SENT = "sent", "To accept"
        QUERIED = "queried", "Queried"
        ACCEPTED = "accepted", "Accepted"

    council = models.ForeignKey(CouncilContract, on_delete=models.PROTECT, related_name="returns", db_index=False)
    ordinal = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.DRAFT)
    quarter_from = models.DateField()
    quarter_to = models.DateField()
    due_on = models.DateField()
    narrative = models.TextField(blank=True)
    figures = models.JSONField(default=dict)
    sent_on = models.DateField(null=True)
    sent_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    decided_on = models.DateField(null=True)
    decided_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    query = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["ordinal"]
        indexes = [models.Index(fields=["state", "due_on", "id"], name="quarter_return_state")]
        constraints = [
            models.UniqueConstraint(fields=["council", "ordinal"], name="quarter_return_ordinal"),
            models.CheckConstraint(condition=Q(quarter_to__gt=F("quarter_from")), name="quarter_return_dates"),
            models.CheckConstraint(
                condition=Q(state="draft", sent_on__isnull=True) | ~Q(state="draft") & Q(sent_on__isnull=False),
                name="quarter_return_sent",
            ),
            models.CheckConstraint(
                condition=~Q(state="accepted") | Q(decided_on__isnull=False), name="quarter_return_accepted"
            ),
            models.CheckConstraint(condition=~Q(state="queried") | ~Q(query=""), name="quarter_return_query_said"),
            models.CheckConstraint(
                condition=Q(sent_by__isnull=True) | Q(decided_by__isnull=True) | ~Q(sent_by=F("decided_by")),
                name="quarter_return_two_people",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.council_id}, quarter {self.ordinal}"


class IndicatorReading(models.Model):
    """An indicator in one quarter: a number, or ``part`` of ``whole``; ``excepted`` cases were left out of the whole.

    ``value`` is the number or the percentage, None where nothing counted. Cases are numbers: nobody is named.
    """

    indicator = models.ForeignKey(Indicator, on_delete=models.PROTECT, related_name="readings", db_index=False)
    report = models.ForeignKey(QuarterReturn, on_delete=models.PROTECT, related_name="readings")
    value = models.DecimalField(max_digits=14, decimal_places=4, null=True)
    part = models.PositiveIntegerField(null=True)
    whole = models.PositiveIntegerField(null=True)
    excepted = models.PositiveIntegerField(default=0)
    source = models.CharField(max_length=160)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["indicator", "report"], name="indicator_reading_once"),
            models.CheckConstraint(
                condition=Q(part__isnull=True, whole__isnull=True) | Q(part__lte=F("whole")),
                name="indicator_reading_part",
            ),
            models.CheckConstraint(condition=~Q(source=""), name="indicator_reading_source"),
        ]

    def __str__(self) -> str:
        return f"{self.indicator_id} in {self.report_id}"


class InvoiceApproval(models.Model):
    """A commissioner approved an invoice for payment, with the purchase order that their payments need. Never changed."""

    document = models.OneToOneField(Document, on_delete=models.PROTECT, related_name="commissioner_approval")
    purchase_order = models.CharField(max_length=20)
    approved_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    approved_on = models.DateField()

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(purchase_order=""), name="invoice_approval_order")]

    def __str__(self) -> str:
        return f"{self.document_id}"
