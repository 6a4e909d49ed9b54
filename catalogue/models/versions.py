from django.db import models
from django.db.models import F
from django.db.models.functions import Now, TruncDate

from catalogue.models.offers import Offer
from marketplace.organisations.models import Person


class OfferVersion(models.Model):
    """An offer as it was published: what those who bought it then were shown. Never changed.

    ``content`` has the form of ``catalogue.rules.offer_content``. Unless said, it was published on the day in London on
    which it was written.
    """

    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, related_name="versions", db_index=False)
    number = models.PositiveIntegerField()
    published_on = models.DateField(db_default=TruncDate(Now()))
    content = models.JSONField()

    class Meta:
        ordering = ["offer_id", "number"]
        constraints = [
            models.UniqueConstraint(fields=["offer", "number"], name="offer_version_once"),
            models.CheckConstraint(condition=models.Q(number__gte=1), name="offer_version_from_one"),
        ]

    def __str__(self) -> str:
        return f"Version {self.number} of {self.offer_id}"


class OfferDraft(models.Model):
    """The working copy of an offer that was published before: what its next version will say.

    ``content`` is the whole of it. Publishing writes it to the offer and ends the copy.
    """

    class State(models.TextChoices):
        DRAFT = "draft", "Being changed"
        SUBMITTED = "submitted", "With us to look at"
        CHANGES_ASKED = "changes_asked", "Changes asked for"

    offer = models.OneToOneField(Offer, on_delete=models.CASCADE, related_name="draft")
    content = models.JSONField()
    state = models.CharField(max_length=13, choices=State.choices, default=State.DRAFT)

    def __str__(self) -> str:
        return f"Changes of {self.offer_id}"


class OfferAsk(models.Model):
    """What an organiser asked to be changed before an offer is published."""

    offer = models.ForeignKey(Offer, on_delete=models.CASCADE, related_name="asks")
    text = models.CharField(max_length=1000)
    asked_on = models.DateField()
    asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["offer_id", "-id"]
        constraints = [models.CheckConstraint(condition=~models.Q(text=""), name="offer_ask_says_something")]

    def __str__(self) -> str:
        return self.text


class BudgetCode(models.Model):
    """What is sold → the codes under which schools and academies report it, over dates (half-open).

    ``for_kind`` is the kind of offer for which it is proposed. Source: the consistent financial reporting framework and
    the academies' accounts return (Department for Education).
    """

    sold = models.CharField(max_length=80)
    cfr_code = models.CharField(max_length=6)
    aar_code = models.CharField(max_length=8)
    for_kind = models.CharField(max_length=11, choices=Offer.Kind.choices, blank=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["sold", "valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["sold", "valid_from"], name="budget_code_once"),
            models.CheckConstraint(
                condition=models.Q(valid_to__isnull=True) | models.Q(valid_to__gt=F("valid_from")),
                name="budget_code_dates",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sold}: {self.cfr_code}, {self.aar_code}"
