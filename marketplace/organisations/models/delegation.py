from django.db import models
from django.db.models import F, Q

from marketplace.core.actors import APPROVING
from marketplace.core.constraints import no_overlap
from marketplace.organisations.models.organisations import Organisation
from marketplace.organisations.models.people import Person


class ApprovalRule(models.Model):
    """One step of an organisation's own scheme of delegation: orders from a sum on need somebody else's approval.

    The sum is the whole term's total in pence with VAT. The approver is a role, a person, or a governor without an
    account known by ``approver_email`` and a title ("the chair of governors"): exactly one of the three. Dates are
    half-open. ``keeps_days`` is how long places are kept meanwhile.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="approval_rules")
    from_pence = models.BigIntegerField()
    approver_role = models.CharField(
        max_length=20, blank=True, choices=[(role.value, role.words) for role in sorted(APPROVING)]
    )
    approver_person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    approver_email = models.EmailField(blank=True)
    approver_title = models.CharField(max_length=80, blank=True)
    keeps_days = models.PositiveSmallIntegerField(default=14)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            no_overlap(name="approval_rule_no_overlap", keys=["organisation_id", "from_pence"]),
            models.CheckConstraint(condition=Q(from_pence__gte=0), name="approval_rule_from_not_negative"),
            models.CheckConstraint(condition=Q(keeps_days__gte=1, keeps_days__lte=60), name="approval_rule_keeps"),
            models.CheckConstraint(
                condition=(~Q(approver_role="") & Q(approver_person__isnull=True, approver_email=""))
                | Q(approver_role="", approver_person__isnull=False, approver_email="")
                | (Q(approver_role="", approver_person__isnull=True) & ~Q(approver_email="") & ~Q(approver_title="")),
                name="approval_rule_one_approver",
            ),
        ]

    def __str__(self) -> str:
        return f"From {self.from_pence} at {self.organisation_id}"


class Deputy(models.Model):
    """Who decides on orders for somebody who approves at an organisation, from one date to another (half-open).

    ``spending_limit_pence`` may narrow what the represented person may approve, never widen it. Dates that are equal
    are those of one that ended before it began.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="deputies")
    for_person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="deputies")
    deputy = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="deputises")
    valid_from = models.DateField()
    valid_to = models.DateField()
    spending_limit_pence = models.BigIntegerField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "deputies"
        constraints = [
            no_overlap(name="deputy_no_overlap", keys=["organisation_id", "for_person_id"]),
            models.CheckConstraint(condition=~Q(deputy=F("for_person")), name="deputy_another_person"),
            models.CheckConstraint(condition=Q(valid_to__gte=F("valid_from")), name="deputy_dates"),
            models.CheckConstraint(
                condition=Q(spending_limit_pence__isnull=True) | Q(spending_limit_pence__gte=0),
                name="deputy_limit_not_negative",
            ),
        ]
        indexes = [models.Index(fields=["deputy", "valid_to"], name="deputy_person")]

    def __str__(self) -> str:
        return f"{self.deputy_id} for {self.for_person_id}"
