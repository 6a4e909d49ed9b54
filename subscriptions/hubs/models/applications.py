"""What schools offer in answer to a call: one school, or a lead with partners."""

from django.db import models
from django.db.models import Q

from marketplace.organisations.models import Organisation, Person
from subscriptions.hubs.models.calls import HubCall
from subscriptions.outcomes.models import OutcomeContract


class HubApplication(models.Model):
    """A school's answer to a call. A draft is the school's alone; submitted, it is sealed until the call closes.

    ``plan`` is what the school would do, ``reach`` whom it would work with, ``people`` who would lead it (roles, no pupil named).
    ``asked_pence`` is what it would need over the whole term, where that is not what the call usually pays. ``feedback`` is
    what the applicants read of the decision. An award has its contract. What was written in one that led to nothing is
    erased twelve months after its end (``erased_on``), with its files. ``reminded_on`` is when its schools were told that the
    deadline is near.
    """

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        SUBMITTED = "submitted", "Submitted"
        WITHDRAWN = "withdrawn", "Withdrawn"
        AWARDED = "awarded", "Awarded"
        DECLINED = "declined", "Not chosen"

    number = models.CharField(max_length=20, unique=True)
    call = models.ForeignKey(HubCall, on_delete=models.PROTECT, related_name="applications", db_index=False)
    lead = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="hub_applications")
    state = models.CharField(max_length=9, choices=State.choices, default=State.DRAFT)
    title = models.CharField(max_length=160, blank=True)
    plan = models.TextField(blank=True)
    reach = models.TextField(blank=True)
    people = models.TextField(blank=True)
    schools_planned = models.PositiveSmallIntegerField(null=True)
    asked_pence = models.BigIntegerField(null=True)
    started_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    started_on = models.DateField()
    saved_at = models.DateTimeField(null=True)
    submitted_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    submitted_at = models.DateTimeField(null=True)
    reminded_on = models.DateField(null=True)
    withdrawn_on = models.DateField(null=True)
    decided_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    decided_on = models.DateField(null=True)
    feedback = models.TextField(blank=True)
    contract = models.OneToOneField(
        OutcomeContract, on_delete=models.PROTECT, null=True, related_name="hub_application"
    )
    erased_on = models.DateField(null=True)

    class Meta:
        indexes = [models.Index(fields=["call", "state", "id"], name="hub_application_call")]
        constraints = [
            models.UniqueConstraint(
                fields=["call", "lead"], condition=~Q(state="withdrawn"), name="hub_application_one_stands"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "withdrawn"])
                | Q(submitted_at__isnull=False) & (Q(erased_on__isnull=False) | ~Q(title="") & ~Q(plan="")),
                name="hub_application_submitted_whole",
            ),
            models.CheckConstraint(
                condition=Q(state="awarded", contract__isnull=False) | ~Q(state="awarded") & Q(contract__isnull=True),
                name="hub_application_award_has_contract",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["awarded", "declined"])
                | Q(decided_on__isnull=False) & (~Q(feedback="") | Q(erased_on__isnull=False)),
                name="hub_application_decided_with_feedback",
            ),
            models.CheckConstraint(
                condition=Q(erased_on__isnull=True) | ~Q(state="awarded"), name="hub_application_award_is_kept"
            ),
            models.CheckConstraint(
                condition=Q(asked_pence__isnull=True) | Q(asked_pence__gt=0), name="hub_application_asks_something"
            ),
        ]

    def __str__(self) -> str:
        return self.number


class HubPartner(models.Model):
    """A school that applies together with the lead, and what it would do. It answers in its own name, by ``answered_by``.

    ``part`` is what it answered to: with other words it is asked anew. ``words`` say why it declined. Those of applications that were sent before partners
    were asked have no ``answered_by``.
    """

    class Answer(models.TextChoices):
        ASKED = "asked", "Asked"
        CONFIRMED = "confirmed", "Confirmed"
        DECLINED = "declined", "Declined"

    application = models.ForeignKey(HubApplication, on_delete=models.PROTECT, related_name="partners")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="hub_partnerships")
    part = models.CharField(max_length=200, blank=True)
    answer = models.CharField(max_length=9, choices=Answer.choices, default=Answer.ASKED)
    answered_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    answered_at = models.DateTimeField(null=True)
    words = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["application", "organisation"], name="hub_partner_once"),
            models.CheckConstraint(
                condition=Q(answer="asked", answered_at__isnull=True, answered_by__isnull=True)
                | ~Q(answer="asked") & Q(answered_at__isnull=False),
                name="hub_partner_answered",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id} in {self.application_id}"
