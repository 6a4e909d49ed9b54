"""What pays when something is achieved: a contract in dated versions. Its parts: ``parts``."""

from django.db import models
from django.db.models import F, Q

from invoicing.ledger.models import IncomeStream, LedgerAccount
from marketplace.organisations.models import Organisation, Person


class OutcomeContract(models.Model):
    """An agreement over ``[valid_from, valid_to)`` that pays on verification, seen from one of two sides.

    ``side`` says who pays: ``pays`` is the partnership (a hub lead earns), ``earns`` is the other party (a council). A frozen
    statement owes or charges its total once. ``value_pence`` is the most that all statements may come to together, before
    VAT; ``settled_pence`` what the frozen ones came to, ``retained_pence`` what they hold back still, ``carried_pence`` what the
    next one takes first since a frozen one would have come below nought. Where it pays by heads, the part paid on time is
    reckoned for ``heads_target`` heads less ``set_up_pence``. A contract that causes no one to be named may be ``confidential``:
    then only those of its two parties see it. ``plan`` are the few words from which it was drawn up; none where another package
    drew it up of parts of its own.
    """

    class Kind(models.TextChoices):
        HUB = "hub", "Hub"
        COUNCIL = "council", "Council contract"
        NHS = "nhs", "NHS contract"
        DEPARTMENT = "department", "Department's contract"
        CENTRE = "centre", "Specialist centre"
        MATCHED = "matched", "Matched funding"
        TRUST = "trust", "Trust partnership"

    class Side(models.TextChoices):
        PAYS = "pays", "The partnership pays"
        EARNS = "earns", "The other party pays"

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        OFFERED = "offered", "Offered"
        ACTIVE = "active", "Active"
        DISCARDED = "discarded", "Discarded"
        DECLINED = "declined", "Declined"
        ENDED = "ended", "Ended"
        TERMINATED = "terminated", "Ended early"

    class RefundRule(models.TextChoices):
        OWN_FIRST = "own_first", "Refunds come off the same statement first"
        IN_ORDER = "in_order", "Refunds in the order in which they came"

    number = models.CharField(max_length=20, unique=True)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    side = models.CharField(max_length=5, choices=Side.choices)
    party = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="outcome_contracts", db_index=False)
    title = models.CharField(max_length=160)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    valid_from = models.DateField()
    valid_to = models.DateField()
    value_pence = models.BigIntegerField()
    settled_pence = models.BigIntegerField(default=0)
    retained_pence = models.BigIntegerField(default=0)
    carried_pence = models.BigIntegerField(default=0)
    heads_target = models.PositiveIntegerField(default=0)
    set_up_pence = models.BigIntegerField(default=0)
    retention = models.DecimalField(max_digits=5, decimal_places=4, default=0)
    retention_due_on = models.DateField(null=True)
    refund_rule = models.CharField(max_length=9, choices=RefundRule.choices, default=RefundRule.IN_ORDER)
    cut_places = models.PositiveSmallIntegerField(null=True)
    vat_category = models.CharField(max_length=2)
    vat_rate = models.DecimalField(max_digits=5, decimal_places=4)
    vat_reason = models.CharField(max_length=240, blank=True)
    account = models.ForeignKey(LedgerAccount, on_delete=models.PROTECT, related_name="+", db_index=False)
    stream = models.ForeignKey(IncomeStream, on_delete=models.PROTECT, related_name="+", db_index=False)
    analysis_code = models.CharField(max_length=60, blank=True)
    purchase_order = models.CharField(max_length=20, blank=True)
    confidential = models.BooleanField(default=False)
    plan = models.JSONField(null=True)
    offered_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    offered_on = models.DateField(null=True)
    agreed_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    agreed_on = models.DateField(null=True)
    ended_on = models.DateField(null=True)
    end_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["party", "-id"], name="outcome_contract_party"),
            models.Index(fields=["kind", "state", "-id"], name="outcome_contract_kind"),
            models.Index(fields=["state", "-id"], name="outcome_contract_state"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(valid_to__gt=F("valid_from")), name="outcome_contract_dates"),
            models.CheckConstraint(
                condition=Q(value_pence__gt=0, settled_pence__gte=0, retained_pence__gte=0)
                & Q(carried_pence__gte=0, set_up_pence__gte=0)
                & Q(settled_pence__lte=F("value_pence") - F("retained_pence")),
                name="outcome_contract_within_value",
            ),
            models.CheckConstraint(
                condition=Q(retention__gte=0, retention__lt=1) & (Q(retention=0) | Q(retention_due_on__isnull=False)),
                name="outcome_contract_retention",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "discarded", "declined"])
                | Q(state="offered", offered_on__isnull=False)
                | Q(offered_on__isnull=False, agreed_on__isnull=False),
                name="outcome_contract_agreed",
            ),
            models.CheckConstraint(
                condition=Q(offered_by__isnull=True) | Q(agreed_by__isnull=True) | ~Q(offered_by=F("agreed_by")),
                name="outcome_contract_two_people",
            ),
            models.CheckConstraint(
                condition=~Q(state="terminated") | Q(ended_on__isnull=False) & ~Q(end_reason=""),
                name="outcome_contract_ended_why",
            ),
            models.CheckConstraint(
                condition=~Q(state="discarded") | Q(ended_on__isnull=False, offered_on__isnull=True),
                name="outcome_contract_discarded",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def left_pence(self) -> int:
        """What may still be paid under it, before VAT."""
        return self.value_pence - self.settled_pence - self.retained_pence


class ContractVersion(models.Model):
    """The terms from a day on. The first is agreed with the contract; each later one is a variation that both sides approve.

    ``changes`` are the changes as they were previewed (a list of plain facts, see ``rules.variation``); agreed, they are
    done and never changed again. ``valid_to`` is the contract's end by these terms, ``proposed_for`` the side that proposes them.
    """

    class State(models.TextChoices):
        PROPOSED = "proposed", "Proposed"
        AGREED = "agreed", "Agreed"
        DECLINED = "declined", "Declined"
        WITHDRAWN = "withdrawn", "Withdrawn"

    class For(models.TextChoices):
        OURS = "ours", "The partnership"
        THEIRS = "theirs", "The other party"

    contract = models.ForeignKey(OutcomeContract, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=9, choices=State.choices, default=State.PROPOSED)
    valid_from = models.DateField()
    valid_to = models.DateField()
    value_pence = models.BigIntegerField()
    reason = models.CharField(max_length=300, blank=True)
    changes = models.JSONField(default=list)
    notice_given_on = models.DateField(null=True)
    proposed_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    proposed_on = models.DateField()
    proposed_for = models.CharField(max_length=6, choices=For.choices, default=For.OURS)
    approved_ours_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    approved_ours_on = models.DateField(null=True)
    approved_theirs_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    approved_theirs_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["contract", "number"], name="contract_version_number"),
            models.UniqueConstraint(
                fields=["contract"], condition=Q(state="proposed"), name="contract_version_one_proposed"
            ),
            models.CheckConstraint(
                condition=~Q(state="agreed") | Q(approved_ours_on__isnull=False, approved_theirs_on__isnull=False),
                name="contract_version_both_sides",
            ),
            models.CheckConstraint(
                condition=Q(approved_ours_by__isnull=True)
                | Q(approved_theirs_by__isnull=True)
                | ~Q(approved_ours_by=F("approved_theirs_by")),
                name="contract_version_two_people",
            ),
            models.CheckConstraint(condition=Q(number=1) | ~Q(reason=""), name="contract_version_says_why"),
            models.CheckConstraint(
                condition=Q(number=1)
                | Q(proposed_by__isnull=True)
                | (Q(approved_ours_by__isnull=True) | ~Q(approved_ours_by=F("proposed_by")))
                & (Q(approved_theirs_by__isnull=True) | ~Q(approved_theirs_by=F("proposed_by"))),
                name="contract_version_proposer_approves_not",
            ),
            models.CheckConstraint(condition=Q(valid_to__gt=F("valid_from")), name="contract_version_dates"),
            models.CheckConstraint(condition=Q(value_pence__gt=0), name="contract_version_worth"),
        ]

    def __str__(self) -> str:
        return f"{self.contract_id}, version {self.number}"
