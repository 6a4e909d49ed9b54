"""A query of an invoice: the lines it is about and what both sides wrote."""

from django.db import models
from django.db.models import F, Q

from invoicing.documents.models import Document, DocumentLine
from marketplace.organisations.models import Organisation, Person

_RESOLVED = Q(state="resolved")


class InvoiceQuery(models.Model):
    """What an organisation asks about lines of an invoice that it was sent, or that stand there for it.

    Its lines are in query until it is resolved; nothing else of the invoice is held back.
    """

    class State(models.TextChoices):
        OPEN = "open", "Waits for finance"
        ANSWERED = "answered", "Waits for the school"
        RESOLVED = "resolved", "Resolved"

    class Outcome(models.TextChoices):
        AGREED = "agreed", "Agreed as invoiced"
        CREDITED = "credited", "Credited"
        WITHDRAWN = "withdrawn", "Withdrawn"

    number = models.CharField(max_length=24, unique=True)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="queries", db_index=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="queries", db_index=False)
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    outcome = models.CharField(max_length=9, choices=Outcome.choices, blank=True)
    opened_on = models.DateField()
    opened_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    resolved_on = models.DateField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["document"], name="query_document"),
            models.Index(fields=["organisation", "-id"], name="query_organisation"),
            models.Index(fields=["state", "id"], name="query_live", condition=~_RESOLVED),
        ]
        constraints = [
            models.CheckConstraint(
                condition=(_RESOLVED & Q(resolved_on__isnull=False) & ~Q(outcome=""))
                | (~_RESOLVED & Q(resolved_on__isnull=True, outcome="")),
                name="query_resolved_iff_outcome",
            ),
            models.CheckConstraint(
                condition=Q(resolved_on__isnull=True) | Q(resolved_on__gte=F("opened_on")), name="query_days_in_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}: {self.state}"


class QueryLine(models.Model):
    """A line in query. ``live`` until its query is resolved: a line is in one live query at most."""

    query = models.ForeignKey(InvoiceQuery, on_delete=models.PROTECT, related_name="lines")
    line = models.ForeignKey(DocumentLine, on_delete=models.PROTECT, related_name="queried")
    live = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["query", "line"], name="query_line_once"),
            models.UniqueConstraint(fields=["line"], condition=Q(live=True), name="query_line_live_once"),
        ]

    def __str__(self) -> str:
        return f"line {self.line_id} of query {self.query_id}"


class QueryMessage(models.Model):
    """What one side wrote. It is personal text: it stands here alone, in no event and in no e-mail."""

    class Side(models.TextChoices):
        CUSTOMER = "customer", "The school"
        FINANCE = "finance", "Finance"

    query = models.ForeignKey(InvoiceQuery, on_delete=models.PROTECT, related_name="messages")
    side = models.CharField(max_length=8, choices=Side.choices)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    written_at = models.DateTimeField()
    text = models.TextField(max_length=2000)

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="query_message_says_something")]

    def __str__(self) -> str:
        return f"{self.side} on query {self.query_id}"
