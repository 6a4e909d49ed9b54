from django.db import models
from django.db.models import F, Q

from marketplace.core.models import StoredFile
from marketplace.core.signed_links import SignedLink
from marketplace.organisations.models import ApprovalRule, Organisation, Person
from marketplace.trading.models.orders import Order


class Approval(models.Model):
    """The question whether an order may be placed, asked of a second person; and what was decided.

    ``committed_pence`` is the whole term's total with VAT, ``over_pence`` by how much that exceeds the asker's own
    limit. Who may decide is frozen when it is asked: a role, a person, or a governor by link. ``kept_until`` is the
    last day on which the places are kept and the price stands. What the decider wrote lies in the event's text.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        APPROVED = "approved", "Approved"
        DECLINED = "declined", "Not approved"
        WITHDRAWN = "withdrawn", "Withdrawn"
        EXPIRED = "expired", "Ran out"

    class How(models.TextChoices):
        NONE = "", "Not decided"
        SIGNED_IN = "signed_in", "Signed in"
        LINK = "link", "By link"
        PAPER = "paper", "On paper"

    order = models.OneToOneField(Order, on_delete=models.PROTECT, related_name="approval")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="approvals")
    state = models.CharField(max_length=9, choices=State.choices, default=State.WAITING)
    asked_by_person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="approvals_asked")
    asked_on = models.DateField()
    committed_pence = models.BigIntegerField()
    over_pence = models.BigIntegerField(default=0)
    kept_until = models.DateField()
    rule = models.ForeignKey(ApprovalRule, on_delete=models.PROTECT, null=True, related_name="approvals")
    approver_role = models.CharField(max_length=20, blank=True)
    approver_person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    approver_email = models.EmailField(blank=True)
    approver_title = models.CharField(max_length=80, blank=True)
    reminded_at = models.DateTimeField(null=True)
    closed_on = models.DateField(null=True)
    how = models.CharField(max_length=9, choices=How.choices, blank=True, default=How.NONE)
    decided_by_person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="approvals_decided")
    on_behalf_of_person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    recorded_by_person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    minute_reference = models.CharField(max_length=60, blank=True)
    minuted_on = models.DateField(null=True)
    scan = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        indexes = [
            models.Index(fields=["organisation", "state"], name="approval_organisation_state"),
            models.Index(fields=["kept_until"], condition=Q(state="waiting"), name="approval_waiting_until"),
        ]
        constraints = [
            # Never the person who asked, nor on that person's behalf.
            models.CheckConstraint(
                condition=Q(decided_by_person__isnull=True) | ~Q(decided_by_person=F("asked_by_person")),
                name="approval_second_person",
            ),
            models.CheckConstraint(
                condition=Q(on_behalf_of_person__isnull=True) | ~Q(on_behalf_of_person=F("asked_by_person")),
                name="approval_not_for_the_asker",
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", closed_on__isnull=True)
                | (~Q(state="waiting") & Q(closed_on__isnull=False)),
                name="approval_closed_iff_dated",
            ),
            models.CheckConstraint(
                condition=(Q(state__in=["approved", "declined"]) & ~Q(how=""))
                | (~Q(state__in=["approved", "declined"]) & Q(how="")),
                name="approval_decided_somehow",
            ),
            models.CheckConstraint(
                condition=Q(how="", decided_by_person__isnull=True, recorded_by_person__isnull=True)
                | Q(how="signed_in", decided_by_person__isnull=False, recorded_by_person__isnull=True)
                | (
                    Q(how="link", decided_by_person__isnull=True, recorded_by_person__isnull=True)
                    & ~Q(approver_email="")
                )
                | (
                    Q(how="paper", decided_by_person__isnull=True, recorded_by_person__isnull=False)
                    & Q(minuted_on__isnull=False)
                    & ~Q(minute_reference="")
                ),
                name="approval_decided_by_whom",
            ),
            models.CheckConstraint(
                condition=Q(recorded_by_person__isnull=True)
                | ~Q(recorded_by_person=F("asked_by_person"))
                | Q(scan__isnull=False),
                name="approval_own_paper_has_scan",
            ),
            models.CheckConstraint(
                condition=Q(committed_pence__gte=0, over_pence__gte=0) & Q(kept_until__gte=F("asked_on")),
                name="approval_sums_and_dates",
            ),
        ]

    def __str__(self) -> str:
        return f"Approval of {self.order_id}"

    @property
    def by_link(self) -> bool:
        """Whether a governor without an account decides."""
        return bool(self.approver_email)

    @property
    def on_paper(self) -> bool:
        """Decided by a board and recorded here: the auditor looks at these."""
        return self.how == self.How.PAPER


class ApprovalLink(SignedLink):
    """A signed link to decide once, for seven days. Only the digest of its token is kept."""

    approval = models.ForeignKey(Approval, on_delete=models.PROTECT, related_name="links")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(expires_at__gte=F("made_at")), name="approval_link_dates"),
        ]

    def __str__(self) -> str:
        return f"Link {self.pk} of {self.approval_id}"


class ApprovalRecusal(models.Model):
    """Somebody who was asked and will not decide: for an interest of theirs, or because it is not for them.

    Without a person it was the governor who was asked by link.
    """

    class Kind(models.TextChoices):
        INTEREST = "interest", "Has an interest"
        NOT_FOR_ME = "not_for_me", "Not for them"

    approval = models.ForeignKey(Approval, on_delete=models.PROTECT, related_name="recusals")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    on = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["approval", "person", "kind"], nulls_distinct=False, name="approval_recusal_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} in {self.approval_id}"
