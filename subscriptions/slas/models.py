"""How an offer is agreed for a term, what it promises, and the terms of service that a customer accepts."""

from decimal import Decimal

from django.contrib.postgres.fields import ArrayField
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q

from catalogue.models import Offer
from marketplace.core.models import StoredFile
from marketplace.organisations.models import Person
from subscriptions.agreements.models import Agreement
from subscriptions.agreements.rules.forms import CreditRule, Prorate
from subscriptions.slas.rules.terms import DOCUMENT, PartYear

MONTH_AND_DAY = RegexValidator(r"\A(\d{2}-\d{2})?\Z", "A day of the year must be like 04-01")


def one_year() -> list[int]:
    return [1]


class ServiceTerms(models.Model):
    """How an offer is agreed: for which terms, from when a year runs, what changes its price, how it ends.

    ``maintained_starts`` and ``academy_starts`` ("MM-DD") are where a year of such a school begins; empty, a year begins
    with the service. ``uplift`` is per cent a year after ``frozen_years``. ``terms_code`` names the terms of service. They
    hold for what is agreed from now on: an agreement keeps what it was made with.
    """

    offer = models.OneToOneField(Offer, on_delete=models.PROTECT, primary_key=True, related_name="service_terms")
    years = ArrayField(models.PositiveSmallIntegerField(), default=one_year)
    maintained_starts = models.CharField(max_length=5, blank=True, validators=[MONTH_AND_DAY])
    academy_starts = models.CharField(max_length=5, blank=True, validators=[MONTH_AND_DAY])
    prorate = models.CharField(max_length=6, choices=[(one.value, one.words) for one in Prorate])
    part_year = models.CharField(max_length=6, choices=[(one.value, one.words) for one in PartYear])
    frozen_years = models.PositiveSmallIntegerField(default=1)
    uplift = models.DecimalField(max_digits=5, decimal_places=2, default=Decimal(0))
    notice_weeks = models.PositiveSmallIntegerField(default=12)
    renewal = models.CharField(max_length=9, choices=Agreement.Renewal.choices, default=Agreement.Renewal.ASK)
    credit = models.CharField(max_length=6, choices=[(one.value, one.words) for one in CreditRule])
    terms_code = models.SlugField(max_length=40, default=DOCUMENT)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(years__len__gte=1, years__len__lte=7), name="service_terms_years"),
            models.CheckConstraint(condition=Q(uplift__gte=0, uplift__lte=25), name="service_terms_uplift"),
            models.CheckConstraint(
                condition=Q(frozen_years__gte=1, frozen_years__lte=7, notice_weeks__lte=104),
                name="service_terms_sensible",
            ),
        ]

    def __str__(self) -> str:
        return f"Terms of {self.offer_id}"


class PromiseTable(models.Model):
    """What an offer promises from a day on, for one of its levels or (``level`` empty) for all; until the next table.

    A table without promises says that from its day on nothing is promised. It holds for agreements that begin from its
    day on; those that run keep theirs.
    """

    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, related_name="promise_tables", db_index=False)
    level = models.CharField(max_length=20, blank=True)
    valid_from = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["offer", "level", "valid_from"], name="promise_table_once")]

    def __str__(self) -> str:
        return f"{self.offer_id} from {self.valid_from}"


class Promise(models.Model):
    """For one priority: answered and mended within so many minutes of working hours.

    ``credit_percent`` of the month's share of the price comes back where that is missed.
    """

    class Priority(models.TextChoices):
        P1 = "P1", "P1: nobody can work"
        P2 = "P2", "P2: some cannot work"
        P3 = "P3", "P3: hindered"
        P4 = "P4", "P4: a question"

    table = models.ForeignKey(PromiseTable, on_delete=models.PROTECT, related_name="promises", db_index=False)
    priority = models.CharField(max_length=2, choices=Priority.choices)
    response_minutes = models.PositiveIntegerField()
    fix_minutes = models.PositiveIntegerField()
    credit_percent = models.DecimalField(max_digits=5, decimal_places=2, default=Decimal(0))

    class Meta:
        ordering = ["table_id", "priority"]
        constraints = [
            models.UniqueConstraint(fields=["table", "priority"], name="promise_once"),
            models.CheckConstraint(
                condition=Q(response_minutes__gte=1, fix_minutes__gte=F("response_minutes")), name="promise_minutes"
            ),
            models.CheckConstraint(condition=Q(credit_percent__gte=0, credit_percent__lte=100), name="promise_credit"),
        ]

    def __str__(self) -> str:
        return self.priority


class TermsDocument(models.Model):
    """A version of terms of service in plain paragraphs. Published, it never changes: what follows is a version of its own."""

    code = models.SlugField(max_length=40)
    version = models.PositiveIntegerField()
    title = models.CharField(max_length=120)
    body = models.TextField()
    published_on = models.DateField(null=True)

    class Meta:
        ordering = ["code", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="terms_version_once"),
            models.UniqueConstraint(fields=["code"], condition=Q(published_on__isnull=True), name="terms_one_draft"),
            models.CheckConstraint(
                condition=Q(version__gte=1) & ~Q(title="") & ~Q(body=""), name="terms_say_something"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title}, version {self.version}"

    @property
    def paragraphs(self) -> list[str]:
        return [part.strip() for part in self.body.split("\n") if part.strip()]


class Acceptance(models.Model):
    """Evidence that an agreement's customer accepted a version of terms: on a page, or on paper with a scan.

    ``person`` accepted on the page, or recorded the paper. Never changed.
    """

    class How(models.TextChoices):
        PAGE = "page", "On the page"
        PAPER = "paper", "On paper"

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="acceptances", db_index=False)
    terms = models.ForeignKey(TermsDocument, on_delete=models.PROTECT, related_name="acceptances")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    on = models.DateField()
    how = models.CharField(max_length=5, choices=How.choices)
    note = models.CharField(max_length=120, blank=True)
    scan = models.OneToOneField(StoredFile, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["agreement_id", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["agreement", "terms"], name="acceptance_once"),
            models.CheckConstraint(
                condition=Q(how="page", scan__isnull=True, note="") | Q(how="paper", scan__isnull=False) & ~Q(note=""),
                name="acceptance_paper_has_scan",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.terms} for {self.agreement_id}"
