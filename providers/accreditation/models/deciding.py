"""For which days a consultant is accredited, and for which nobody may book them."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models import F, Func, Q, Value

from marketplace.organisations.models import Person
from providers.accreditation.models.applications import Application
from providers.profiles.models import Consultant, Provider


class Accreditation(models.Model):
    """A consultant may be booked for days in ``[valid_from, valid_to)``, as long as what is required is in date then.

    Written by a decision and never changed; a renewal is another one. No two of a consultant overlap.
    """

    consultant = models.ForeignKey(Consultant, on_delete=models.PROTECT, related_name="accreditations", db_index=False)
    application = models.OneToOneField(Application, on_delete=models.PROTECT, null=True, related_name="accreditation")
    valid_from = models.DateField()
    valid_to = models.DateField()
    decided_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    decided_on = models.DateField()

    class Meta:
        indexes = [models.Index(fields=["valid_to"], name="accreditation_ends")]
        constraints = [
            models.CheckConstraint(condition=Q(valid_to__gt=F("valid_from")), name="accreditation_dates"),
            ExclusionConstraint(
                name="accreditation_no_overlap",
                expressions=[
                    (Func(F("consultant_id"), F("consultant_id"), Value("[]"), function="int8range"), "&&"),
                    (
                        Func(
                            F("valid_from"),
                            F("valid_to"),
                            Value("[)"),
                            function="daterange",
                            output_field=DateRangeField(),
                        ),
                        "&&",
                    ),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.consultant_id} from {self.valid_from}"


class Suspension(models.Model):
    """Nobody may book the consultant, or anybody of the provider, for days in ``[starts_on, ends_on)``.

    ``words`` are neutral and all that anybody reads. The true reason lies in the text of the event alone, where it can
    be erased; it is in no e-mail and no message to a program.
    """

    consultant = models.ForeignKey(Consultant, on_delete=models.PROTECT, null=True, related_name="suspensions")
    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, null=True, related_name="suspensions")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)
    words = models.CharField(max_length=200)
    suspended_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    ended_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(consultant__isnull=True, provider__isnull=False)
                | Q(consultant__isnull=False, provider__isnull=True),
                name="provider_suspension_of_one",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")), name="provider_suspension_dates"
            ),
            models.CheckConstraint(condition=~Q(words=""), name="provider_suspension_has_words"),
            models.UniqueConstraint(
                fields=["consultant"], condition=Q(ends_on__isnull=True), name="provider_suspension_of_consultant_once"
            ),
            models.UniqueConstraint(
                fields=["provider"], condition=Q(ends_on__isnull=True), name="provider_suspension_of_provider_once"
            ),
        ]

    def __str__(self) -> str:
        return f"from {self.starts_on}"
