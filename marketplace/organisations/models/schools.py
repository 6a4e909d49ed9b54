from django.db import models

from marketplace.core.constraints import no_overlap
from marketplace.organisations.models.organisations import Organisation


class BillingClass(models.TextChoices):
    """How a school is billed: derived from the register's type code, or decided by a person."""

    MAINTAINED = "maintained", "Maintained by a council"
    ACADEMY = "academy", "Academy or free school"
    INDEPENDENT = "independent", "Independent"
    NON_MAINTAINED_SPECIAL = "non_maintained_special", "Non-maintained special"
    OVERSEAS = "overseas", "Offshore or overseas"
    OTHER = "other", "Needs a decision"


class Authority(models.Model):
    """A local authority, known by its three-digit code (text)."""

    organisation = models.OneToOneField(
        Organisation, on_delete=models.PROTECT, primary_key=True, related_name="authority"
    )
    code = models.CharField(max_length=3, unique=True)

    def __str__(self) -> str:
        return self.code


class Trust(models.Model):
    """A trust, known by its group UID (text)."""

    organisation = models.OneToOneField(Organisation, on_delete=models.PROTECT, primary_key=True, related_name="trust")
    uid = models.CharField(max_length=10, unique=True)
    ukprn = models.CharField(max_length=8, blank=True)
    companies_house_number = models.CharField(max_length=10, blank=True)
    closed_on = models.DateField(null=True, blank=True)

    def __str__(self) -> str:
        return self.uid


class School(models.Model):
    """An establishment of the register of schools. URN, UKPRN and establishment number are text."""

    class Status(models.TextChoices):
        OPEN = "1", "Open"
        CLOSED = "2", "Closed"
        CLOSING = "3", "Open, but proposed to close"
        PROPOSED = "4", "Proposed to open"

    organisation = models.OneToOneField(Organisation, on_delete=models.PROTECT, primary_key=True, related_name="school")
    urn = models.CharField(max_length=8, unique=True)
    ukprn = models.CharField(max_length=8, blank=True)
    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="schools")
    establishment_number = models.CharField(max_length=4, blank=True)
    type_code = models.CharField(max_length=3)
    type_name = models.CharField(max_length=80, blank=True)
    status = models.CharField(max_length=1, choices=Status.choices)
    phase_code = models.CharField(max_length=2)
    phase_name = models.CharField(max_length=40, blank=True)
    opened_on = models.DateField(null=True, blank=True)
    closed_on = models.DateField(null=True, blank=True)
    low_age = models.PositiveSmallIntegerField(null=True, blank=True)
    high_age = models.PositiveSmallIntegerField(null=True, blank=True)
    billing_class = models.CharField(max_length=24, choices=BillingClass.choices)
    billing_class_decided = models.BooleanField(default=False, help_text="A person decided it; imports leave it alone.")
    register_changed_on = models.DateField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["authority", "status"], name="school_authority_status"),
            models.Index(fields=["billing_class"], name="school_billing_class"),
        ]

    def __str__(self) -> str:
        return self.urn


class TrustMembership(models.Model):
    """A school's membership of a trust, from one date to another (half-open)."""

    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="trust_memberships")
    trust = models.ForeignKey(Trust, on_delete=models.PROTECT, related_name="memberships")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [no_overlap(name="trust_membership_no_overlap", keys=["school_id"])]

    def __str__(self) -> str:
        return f"{self.school_id} in {self.trust_id}"


class PupilCount(models.Model):
    """Pupils on roll, by whom counted and when: prices store the one they used."""

    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="pupil_counts")
    pupils = models.PositiveIntegerField()
    source = models.CharField(max_length=40, help_text="Such as: October census, register of schools, the school.")
    counted_on = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["school", "source", "counted_on"], name="pupil_count_once"),
        ]
        indexes = [models.Index(fields=["school", "-counted_on"], name="pupil_count_latest")]

    def __str__(self) -> str:
        return f"{self.pupils} pupils, {self.source} {self.counted_on}"


class SchoolLink(models.Model):
    """Predecessor and successor, as the register links them. Many links have no date."""

    predecessor = models.ForeignKey(School, on_delete=models.PROTECT, related_name="successor_links")
    successor = models.ForeignKey(School, on_delete=models.PROTECT, related_name="predecessor_links")
    kind = models.CharField(max_length=60)
    linked_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["predecessor", "successor"], name="school_link_once"),
            models.CheckConstraint(
                condition=~models.Q(predecessor=models.F("successor")), name="school_link_two_schools"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.predecessor_id} to {self.successor_id}"
