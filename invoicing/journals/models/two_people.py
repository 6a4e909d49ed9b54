"""What one person prepares and another approves before anything of it is posted."""

from django.db import models
from django.db.models import F, Q

from marketplace.organisations.models import Person


class TwoPeople(models.Model):
    """Prepared by one person, approved by another: people are compared, never logins.

    ``version`` counts the changes, so that what is approved is what the approver saw.
    """

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        SUBMITTED = "submitted", "With approver"
        SENT_BACK = "sent_back", "Sent back"
        APPROVED = "approved", "Approved"
        CANCELLED = "cancelled", "Cancelled"

    number = models.CharField(max_length=24, unique=True)
    state = models.CharField(max_length=9, choices=State.choices, default=State.DRAFT)
    version = models.PositiveIntegerField(default=1)
    prepared_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_index=False)
    approved_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    sent_back_reason = models.CharField(max_length=240, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.number


def two_people(name: str) -> list[models.CheckConstraint]:
    """The preparer is not the approver; whoever approved is named exactly when somebody has."""
    return [
        models.CheckConstraint(
            condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("prepared_by")), name=f"{name}_two_people"
        ),
        models.CheckConstraint(
            condition=Q(state="approved", approved_by__isnull=False)
            | Q(state="cancelled")
            | Q(state__in=["draft", "submitted", "sent_back"], approved_by__isnull=True),
            name=f"{name}_approved_by",
        ),
        models.CheckConstraint(
            condition=~Q(state="sent_back") | ~Q(sent_back_reason=""), name=f"{name}_sent_back_says_why"
        ),
    ]
