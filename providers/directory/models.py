"""What consultants say they know, tested by the partnership; and who of them is close to whom."""

from django.db import models
from django.db.models import F, Q

from marketplace.organisations.models import Organisation, Person
from providers.profiles.models import Consultant, Provider


class Expertise(models.Model):
    """What a consultant says they can do, by theme and phase, and what the partnership found when it tested that.

    ``level`` is their own word for it; ``result`` is nothing until somebody other than the consultant tested it.
    """

    class Level(models.TextChoices):
        KNOWS = "knows", "Works with it"
        LEADS = "leads", "Leads it in schools"
        TRAINS = "trains", "Trains others in it"

    class Result(models.TextChoices):
        CONFIRMED = "confirmed", "Confirmed"
        NOT_CONFIRMED = "not_confirmed", "Not confirmed"

    consultant = models.ForeignKey(Consultant, on_delete=models.PROTECT, related_name="expertise")
    theme = models.CharField(max_length=40)
    phase = models.CharField(max_length=24, blank=True)
    level = models.CharField(max_length=6, choices=Level.choices)
    declared_on = models.DateField()
    tested_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    tested_on = models.DateField(null=True)
    result = models.CharField(max_length=13, choices=Result.choices, blank=True)

    class Meta:
        ordering = ["theme", "phase"]
        indexes = [models.Index(fields=["theme", "result"], name="expertise_theme")]
        constraints = [
            models.UniqueConstraint(fields=["consultant", "theme", "phase"], name="expertise_once"),
            models.CheckConstraint(
                condition=Q(result="", tested_on__isnull=True) | (~Q(result="") & Q(tested_on__isnull=False)),
                name="expertise_tested_on",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.theme} of {self.consultant_id}"


class RelatedParty(models.Model):
    """A consultant or a provider is close to an organisation over ``[valid_from, valid_to)``: a governor there, a
    spouse of its head. The school reads it before it books. ``nature`` says how, in words that name no private person."""

    consultant = models.ForeignKey(Consultant, on_delete=models.PROTECT, null=True, related_name="related_parties")
    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, null=True, related_name="related_parties")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="related_providers")
    nature = models.CharField(max_length=160)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(consultant__isnull=True, provider__isnull=False)
                | Q(consultant__isnull=False, provider__isnull=True),
                name="related_party_of_one",
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")), name="related_party_dates"
            ),
            models.CheckConstraint(condition=~Q(nature=""), name="related_party_has_nature"),
        ]

    def __str__(self) -> str:
        return self.nature
