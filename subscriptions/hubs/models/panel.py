"""Who chooses: members with their declared interests, the points they gave, and what was agreed where they differed."""

from django.db import models
from django.db.models import Q

from marketplace.organisations.models import Person
from subscriptions.hubs.models.applications import HubApplication
from subscriptions.hubs.models.calls import HubCall, HubCriterion


class PanelMember(models.Model):
    """Somebody who scores the applications to a call. Before ``declared_on`` they see no more than who applied."""

    call = models.ForeignKey(HubCall, on_delete=models.PROTECT, related_name="members", db_index=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="panels")
    invited_on = models.DateField()
    invited_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    declared_on = models.DateField(null=True)
    left_on = models.DateField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["call", "person"], name="panel_member_once")]

    def __str__(self) -> str:
        return f"{self.person_id} of {self.call_id}"


class PanelInterest(models.Model):
    """An interest that bars a member from one application: declared, or found (``own``) since they hold a role there.

    Written once and never taken back. ``words`` are the member's own.
    """

    member = models.ForeignKey(PanelMember, on_delete=models.PROTECT, related_name="interests", db_index=False)
    application = models.ForeignKey(HubApplication, on_delete=models.PROTECT, related_name="interests")
    own = models.BooleanField(default=False)
    words = models.CharField(max_length=300)
    declared_on = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["member", "application"], name="panel_interest_once"),
            models.CheckConstraint(condition=~Q(words=""), name="panel_interest_says_what"),
        ]

    def __str__(self) -> str:
        return f"{self.member_id} in {self.application_id}"


class PanelScore(models.Model):
    """What a member gave an application for one criterion. It may be changed until the scoring ends."""

    member = models.ForeignKey(PanelMember, on_delete=models.PROTECT, related_name="scores", db_index=False)
    application = models.ForeignKey(HubApplication, on_delete=models.PROTECT, related_name="scores")
    criterion = models.ForeignKey(HubCriterion, on_delete=models.PROTECT, related_name="scores", db_index=False)
    points = models.PositiveSmallIntegerField()
    words = models.CharField(max_length=500, blank=True)
    scored_on = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["member", "application", "criterion"], name="panel_score_once"),
        ]

    def __str__(self) -> str:
        return f"{self.points} for {self.application_id}"


class AgreedPoints(models.Model):
    """What the panel agreed for a criterion after talking about it, and why: it counts instead of the mean."""

    application = models.ForeignKey(HubApplication, on_delete=models.PROTECT, related_name="agreed", db_index=False)
    criterion = models.ForeignKey(HubCriterion, on_delete=models.PROTECT, related_name="+", db_index=False)
    points = models.DecimalField(max_digits=7, decimal_places=2)
    reason = models.CharField(max_length=500)
    agreed_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    agreed_on = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["application", "criterion"], name="agreed_points_once"),
            models.CheckConstraint(condition=Q(points__gte=0), name="agreed_points_not_below"),
            models.CheckConstraint(condition=~Q(reason=""), name="agreed_points_say_why"),
        ]

    def __str__(self) -> str:
        return f"{self.points} for {self.application_id}"
