"""What a school holds from others than us, written by the school itself, with its documents and its reminders."""

from datetime import date

from django.db import models
from django.db.models import F, Q

from marketplace.core.constraints import no_overlap
from marketplace.core.models import StoredFile
from marketplace.core.periods import Period
from marketplace.organisations.models import Organisation, Person


class OutsideContract(models.Model):
    """A contract with another supplier over ``[term_from, term_to)``, as the school entered it.

    ``year_pence`` is its price a year before VAT; ``vat_category`` and ``vat_rate`` are as the school entered them.
    ``ended_on`` is the first day on which it no longer runs, where that is before the end of its term. ``notice_by`` is
    the last day on which notice is in time: so many weeks before the term ends. Once the school has decided about the
    coming end, nobody is reminded of it any more. ``related_role`` says who is related by their role, never by name.
    """

    class Renewal(models.TextChoices):
        ASK = "ask", "Only if you renew it"
        AUTOMATIC = "automatic", "By itself, unless you give notice"
        NONE = "none", "Ends with its term"

    class Related(models.TextChoices):
        NONE = "none", "Nobody is related"
        INTEREST = "interest", "A trustee or governor has an interest"
        DECLARED = "declared", "An interest, and it is declared"

    class Decision(models.TextChoices):
        OPEN = "", "Not decided"
        KEEP = "keep", "To be kept"
        NOTICE = "notice", "Notice given"

    number = models.CharField(max_length=20, unique=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="outside_contracts")
    supplier = models.CharField(max_length=160)
    title = models.CharField(max_length=160)
    cfr_code = models.CharField(max_length=6)
    year_pence = models.BigIntegerField()
    vat_category = models.CharField(max_length=2)
    vat_rate = models.DecimalField(max_digits=5, decimal_places=4)
    term_from = models.DateField()
    term_to = models.DateField()
    ended_on = models.DateField(null=True)
    notice_weeks = models.PositiveSmallIntegerField(default=0)
    notice_by = models.DateField(null=True)
    renewal = models.CharField(max_length=9, choices=Renewal.choices)
    decision = models.CharField(max_length=6, choices=Decision.choices, default=Decision.OPEN, blank=True)
    decided_on = models.DateField(null=True)
    owner_person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    related = models.CharField(max_length=8, choices=Related.choices, default=Related.NONE)
    related_role = models.CharField(max_length=80, blank=True)
    quotes = models.PositiveSmallIntegerField(default=0)
    notes = models.CharField(max_length=1000, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["organisation", "term_to"], name="outside_contract_organisation"),
            models.Index(
                fields=["notice_by"], condition=Q(ended_on__isnull=True, decision=""), name="outside_contract_notice"
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(term_to__gt=F("term_from")), name="outside_contract_term"),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True) | Q(ended_on__gte=F("term_from"), ended_on__lte=F("term_to")),
                name="outside_contract_ended_within",
            ),
            models.CheckConstraint(condition=Q(year_pence__gte=0), name="outside_contract_not_negative"),
            models.CheckConstraint(
                condition=Q(vat_rate__gte=0, vat_rate__lt=1) & (Q(vat_category="S") | Q(vat_rate=0)),
                name="outside_contract_vat",
            ),
            models.CheckConstraint(
                condition=Q(notice_by__isnull=True) | Q(notice_by__lt=F("term_to"), notice_weeks__gt=0),
                name="outside_contract_notice_in_term",
            ),
            models.CheckConstraint(condition=Q(notice_weeks__lte=104), name="outside_contract_notice_sensible"),
            models.CheckConstraint(
                condition=Q(decision="", decided_on__isnull=True) | (~Q(decision="") & Q(decided_on__isnull=False)),
                name="outside_contract_decided_iff_dated",
            ),
            models.CheckConstraint(
                condition=Q(related="none", related_role="") | (~Q(related="none") & ~Q(related_role="")),
                name="outside_contract_related_by_role",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def term(self) -> Period:
        return Period(self.term_from, self.term_to)

    @property
    def runs_to(self) -> date:
        """The first day on which it no longer runs."""
        return self.ended_on or self.term_to


class ContractDocument(models.Model):
    """A private file of a contract, under its title and in its version.

    A replaced version has ended and stays to be read; one that was taken off has ended and its file is gone.
    """

    class Kind(models.TextChoices):
        CONTRACT = "contract", "Contract or terms"
        QUOTE = "quote", "Quote"
        DECLARATION = "declaration", "Declaration of interest"
        OTHER = "other", "Other"

    contract = models.ForeignKey(OutsideContract, on_delete=models.PROTECT, related_name="documents", db_index=False)
    kind = models.CharField(max_length=11, choices=Kind.choices)
    title = models.CharField(max_length=120)
    version = models.PositiveSmallIntegerField()
    stored = models.OneToOneField(StoredFile, on_delete=models.PROTECT, null=True, related_name="+")
    added_on = models.DateField()
    ended_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["contract", "title", "version"], name="contract_document_version"),
            models.UniqueConstraint(
                fields=["contract", "title"], condition=Q(ended_on__isnull=True), name="contract_document_current"
            ),
            models.CheckConstraint(
                condition=Q(stored__isnull=False) | Q(ended_on__isnull=False), name="contract_document_current_has_file"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title}, version {self.version}"


class ContractReminder(models.Model):
    """That the last day for notice was announced so many days before, once."""

    contract = models.ForeignKey(OutsideContract, on_delete=models.PROTECT, related_name="reminders", db_index=False)
    notice_by = models.DateField()
    days_before = models.PositiveSmallIntegerField()
    reminded_on = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["contract", "notice_by", "days_before"], name="contract_reminder_once")
        ]

    def __str__(self) -> str:
        return f"{self.days_before} days before {self.notice_by}"


class QuoteRule(models.Model):
    """An organisation's own bands of value and the quotes that each needs, over ``[valid_from, valid_to)``.

    A trust's holds for its schools. ``bands`` is ``[{"from_pence", "quotes", "words"}]``, the first from nought; pence
    are those of the whole term with VAT. ``source`` is where the rule stands.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+", db_index=False)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    bands = models.JSONField()
    source = models.CharField(max_length=160)

    class Meta:
        constraints = [
            no_overlap(name="quote_rule_no_overlap", keys=["organisation_id"]),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")), name="quote_rule_dates"
            ),
        ]

    def __str__(self) -> str:
        return f"from {self.valid_from}"
