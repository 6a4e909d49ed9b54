"""What an organisation takes for a term, priced line by line, and the periods in which it is charged."""

from datetime import date, timedelta

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from catalogue.models import Offer, Price
from marketplace.core.constraints import no_overlap
from marketplace.organisations.models import Organisation, Person
from subscriptions.agreements.rules.forms import Every, Prorate, Timing


def _choices(words: type[Every] | type[Timing] | type[Prorate]) -> list[tuple[str, str]]:
    return [(one.value, one.words) for one in words]


class Agreement(models.Model):
    """A subscription, a service agreement, a contribution of members or a share of a common cost, over ``[term_from, term_to)``.

    Offered, it binds nobody; accepted, it runs. ``ended_on`` is the first day on which it no longer runs, where that is
    before the end of the term. ``notice_by`` is the last day on which notice for the end of the term is in time. A
    renewal is an agreement of its own that ``succeeds`` this one. ``invoice_to`` is empty where the customer's terms
    decide; ``term_starts`` ("MM-DD") are the days on which termly payments begin.
    """

    class Kind(models.TextChoices):
        SUBSCRIPTION = "subscription", "Subscription"
        SERVICE = "service", "Service agreement"
        MEMBERSHIP = "membership", "Membership contribution"
        SHARED = "shared", "Shared cost"

    class State(models.TextChoices):
        OFFERED = "offered", "To accept"
        ACTIVE = "active", "Running"
        SUSPENDED = "suspended", "Paused"
        ENDED = "ended", "Ended"
        DECLINED = "declined", "Declined"
        WITHDRAWN = "withdrawn", "Withdrawn"

    class Renewal(models.TextChoices):
        ASK = "ask", "When the school says so"
        AUTOMATIC = "automatic", "By itself, unless notice is given"
        NONE = "none", "Ends with its term"

    number = models.CharField(max_length=20, unique=True)
    source_key = models.CharField(max_length=120, unique=True)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="agreements")
    invoice_to = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="+")
    title = models.CharField(max_length=160)
    term_from = models.DateField()
    term_to = models.DateField()
    ended_on = models.DateField(null=True)
    state = models.CharField(max_length=9, choices=State.choices)
    every = models.CharField(max_length=5, choices=_choices(Every))
    timing = models.CharField(max_length=7, choices=_choices(Timing))
    prorate = models.CharField(max_length=6, choices=_choices(Prorate))
    term_starts = ArrayField(models.CharField(max_length=5), default=list)
    purchase_order = models.CharField(max_length=20, blank=True)
    notice_weeks = models.PositiveSmallIntegerField(default=0)
    notice_by = models.DateField(null=True)
    renewal = models.CharField(max_length=9, choices=Renewal.choices, default=Renewal.ASK)
    notice_given_on = models.DateField(null=True)
    succeeds = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="successors", db_index=False)
    accepted_by_person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    accepted_on = models.DateField(null=True)
    paper = models.CharField(
        max_length=60,
        blank=True,
        default="",
        db_default="",
        help_text="Where the paper is found on which it was agreed.",
    )
    changes = models.PositiveIntegerField(default=0, db_default=0, editable=False)

    class Meta:
        indexes = [
            models.Index(fields=["organisation", "-term_to"], name="agreement_organisation"),
            models.Index(fields=["state", "term_to"], name="agreement_state_end"),
            models.Index(fields=["notice_by"], condition=Q(state="active"), name="agreement_notice"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(term_to__gt=F("term_from")), name="agreement_term"),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True) | Q(ended_on__gte=F("term_from"), ended_on__lte=F("term_to")),
                name="agreement_ended_within",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["offered", "declined", "withdrawn"], accepted_on__isnull=True)
                | Q(state__in=["active", "suspended", "ended"], accepted_on__isnull=False),
                name="agreement_runs_once_accepted",
            ),
            models.CheckConstraint(condition=Q(notice_weeks__lte=104), name="agreement_notice_sensible"),
            models.UniqueConstraint(
                fields=["succeeds"], condition=~Q(state__in=["declined", "withdrawn"]), name="agreement_one_successor"
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @staticmethod
    def notice_day(term_to: date, weeks: int) -> date | None:
        """The last day on which notice for the end of a term is in time; None where none is needed."""
        return term_to - timedelta(weeks=weeks) if weeks else None

    @property
    def runs_to(self) -> date:
        """The first day on which it no longer runs."""
        return self.ended_on or self.term_to


class AgreementLine(models.Model):
    """One thing taken under an agreement over ``[valid_from, valid_to)``, at a price for ``[base_from, base_to)``.

    Lines of one ``slot`` follow one another: a change ends one and begins the next, so that each day has one price. What
    was priced is frozen; only the end may come earlier (a line that ends where it begins never ran). ``source`` names
    what was chosen by its owner (``plan-version:7``, ``share:12``); ``level`` is the code of the offer's level.
    ``charge_stem`` is the source of its first charge, made at once, where an order above keeps it; ``quantity`` and
    ``unit_price_pence`` are what that charge says where their product is its net.
    """

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="lines", db_index=False)
    slot = models.PositiveSmallIntegerField()
    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, null=True, related_name="agreement_lines")
    price = models.ForeignKey(Price, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    source = models.CharField(max_length=60, blank=True)
    level = models.CharField(max_length=20, blank=True)
    title = models.CharField(max_length=160)
    consumer = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+", db_index=False)
    supplier = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    valid_from = models.DateField()
    valid_to = models.DateField()
    base_from = models.DateField()
    base_to = models.DateField()
    base_pence = models.BigIntegerField()
    facts = models.JSONField(default=dict)
    steps = models.JSONField(default=list)
    vat_category = models.CharField(max_length=2)
    vat_rate = models.DecimalField(max_digits=5, decimal_places=4)
    vat_reason = models.CharField(max_length=240, blank=True)
    account_code = models.CharField(max_length=10)
    stream_code = models.CharField(max_length=4)
    cfr_code = models.CharField(max_length=6, blank=True)
    aar_code = models.CharField(max_length=8, blank=True)
    analysis_code = models.CharField(max_length=60, blank=True)
    quantity = models.DecimalField(max_digits=12, decimal_places=3, default=1)
    unit_price_pence = models.BigIntegerField(null=True)
    recognition = models.CharField(max_length=15, default="over_time")
    label = models.CharField(max_length=120, blank=True)
    instalments = models.PositiveSmallIntegerField(default=1)
    charge_stem = models.CharField(max_length=100, blank=True)

    class Meta:
        indexes = [models.Index(fields=["agreement", "slot", "valid_from"], name="agreement_line_slot")]
        constraints = [
            no_overlap(name="agreement_line_no_overlap", keys=["agreement_id", "slot"]),
            models.CheckConstraint(
                condition=Q(valid_to__gte=F("valid_from"), base_to__gt=F("base_from")), name="agreement_line_dates"
            ),
            models.CheckConstraint(
                condition=Q(base_from__lte=F("valid_from"), base_to__gte=F("valid_to")), name="agreement_line_in_base"
            ),
            models.CheckConstraint(condition=Q(base_pence__gte=0), name="agreement_line_not_negative"),
        ]

    def __str__(self) -> str:
        return self.title


class BillingPeriod(models.Model):
    """Days ``[valid_from, valid_to)`` of a line that are charged together: planned, then charged once.

    ``pence`` is what these days cost. ``carried_pence`` of it was charged already, for what the days had before a change;
    ``kept_pence`` is charged beside it: late notice, or days given up for which nothing comes back. The charge of
    ``charge_key`` is made of ``pence − carried_pence``; what costs nothing has none. Days taken out shorten it; empty, it
    was taken back whole. A planned one that more was carried into than is left of it is charged, and the rest comes back.
    """

    class State(models.TextChoices):
        PLANNED = "planned", "Planned"
        CHARGED = "charged", "Charged"

    line = models.ForeignKey(AgreementLine, on_delete=models.PROTECT, related_name="periods", db_index=False)
    valid_from = models.DateField()
    valid_to = models.DateField()
    pence = models.BigIntegerField()
    carried_pence = models.BigIntegerField(default=0)
    kept_pence = models.BigIntegerField(default=0)
    bill_on = models.DateField()
    state = models.CharField(max_length=7, choices=State.choices, default=State.PLANNED)
    charge_key = models.CharField(max_length=120, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["line", "valid_from"], name="billing_period_line"),
            models.Index(fields=["bill_on", "id"], condition=Q(state="planned"), name="billing_period_planned"),
        ]
        constraints = [
            no_overlap(name="billing_period_no_overlap", keys=["line_id"]),
            models.CheckConstraint(condition=Q(valid_to__gte=F("valid_from")), name="billing_period_dates"),
            models.CheckConstraint(
                condition=Q(pence__gte=0, carried_pence__gte=0, kept_pence__gte=0), name="billing_period_pence"
            ),
            models.CheckConstraint(
                condition=Q(charge_key="") | Q(state="charged"), name="billing_period_key_once_charged"
            ),
            models.UniqueConstraint(fields=["charge_key"], condition=~Q(charge_key=""), name="billing_period_charge"),
        ]

    def __str__(self) -> str:
        return f"{self.valid_from} to {self.valid_to}"


class Suspension(models.Model):
    """Days on which an agreement is paused: nothing is charged for them. Open while nobody has resumed it."""

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="suspensions", db_index=False)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    reason = models.CharField(max_length=240)

    class Meta:
        constraints = [
            no_overlap(name="suspension_no_overlap", keys=["agreement_id"]),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")), name="suspension_dates"
            ),
        ]

    def __str__(self) -> str:
        return f"from {self.valid_from}"
