from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from catalogue.rules.cancellation import DEFAULT_POLICY
from marketplace.organisations.models import Organisation
from providers.models import Provider


def default_policy() -> dict[str, object]:
    return dict(DEFAULT_POLICY)


def _last_date() -> "models.DateTimeField[datetime | None, datetime | None]":
    """When the last open date of one mode begins; kept by a trigger on the dates, never written by hand."""
    return models.DateTimeField(null=True, blank=True, editable=False)


class Offer(models.Model):
    """A course, a consultant's time, a service, a resource or a group deal that schools can buy.

    ``account_code`` and ``stream_code`` name a ledger account and an income stream; ``vat_category`` is
    empty where the VAT rules decide; filled, it is a person's own EN 16931 code with the reason printed for all but the
    standard rate. ``term_months`` is the length of
    what one price pays for (12 for a yearly agreement); empty where it is delivered once. ``keywords``
    holds what people also search by (themes, the provider's name); the service keeps it. ``last_…`` say for each mode
    when the last open date begins: an offer has a date to come exactly while one of them lies ahead. What search reads of
    it lies in ``ListedOffer``.

    ``signposted_url``: somebody else's event, shown without a price, booked there. For ``exhibitors`` it is a package of
    the event ``of_event``, hidden from schools. A group deal runs over ``[deal_from, deal_to)``. What was published last
    is ``current_version``; changes to come wait in ``OfferDraft``.
    """

    class Kind(models.TextChoices):
        COURSE = "course", "Course"
        CONSULTANCY = "consultancy", "Consultancy"
        SERVICE = "service", "Service"
        RESOURCE = "resource", "Resource"
        DEAL = "deal", "Group deal"

    class SupplyKind(models.TextChoices):
        TRAINING = "training", "Training"
        CONSULTANCY = "consultancy", "Consultancy"
        GOODS = "goods", "Goods"
        PRINTED = "printed", "Printed books and e-books"
        SECONDMENT = "secondment", "Seconded teacher"
        OTHER = "other", "Other services"

    class VatCategory(models.TextChoices):
        STANDARD = "S", "Standard rate"
        ZERO = "Z", "Zero rated"
        EXEMPT = "E", "Exempt"
        OUTSIDE = "O", "Outside the scope of VAT"

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        SUBMITTED = "submitted", "With us to look at"
        CHANGES_ASKED = "changes_asked", "Changes asked for"
        PUBLISHED = "published", "Published"
        WITHDRAWN = "withdrawn", "Withdrawn"

    class Audience(models.TextChoices):
        SCHOOLS = "schools", "Schools"
        EXHIBITORS = "exhibitors", "Exhibitors and sponsors"

    class Evidence(models.TextChoices):
        NONE = "none", "Not rated"
        EMERGING = "emerging", "Emerging"
        MODERATE = "moderate", "Moderate"
        STRONG = "strong", "Strong"

    code = models.SlugField(max_length=60, unique=True)
    kind = models.CharField(max_length=11, choices=Kind.choices)
    title = models.CharField(max_length=120)
    summary = models.CharField(max_length=300, blank=True)
    description = models.TextField(blank=True)
    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="offers")
    sold_by = models.ForeignKey(
        Organisation,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Another legal supplier, in whose name the partnership sells it.",
    )
    themes = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    phases = ArrayField(models.CharField(max_length=24), default=list, blank=True)
    roles = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    evidence = models.CharField(max_length=8, choices=Evidence.choices, default=Evidence.NONE)
    evidence_url = models.URLField(max_length=300, blank=True)
    audience = models.CharField(max_length=10, choices=Audience.choices, default=Audience.SCHOOLS)
    of_event = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="packages")
    signposted_url = models.URLField(max_length=300, blank=True)
    list_price_pence = models.BigIntegerField(null=True, blank=True, help_text="What a group deal costs without it.")
    who_may_join = models.CharField(max_length=200, blank=True)
    deal_from = models.DateField(null=True, blank=True)
    deal_to = models.DateField(null=True, blank=True)
    keywords = models.CharField(max_length=600, blank=True)
    cfr_code = models.CharField(max_length=6)
    aar_code = models.CharField(max_length=8, blank=True)
    supply_kind = models.CharField(max_length=11, choices=SupplyKind.choices)
    vat_category = models.CharField(max_length=1, choices=VatCategory.choices, blank=True)
    vat_reason = models.CharField(max_length=200, blank=True)
    account_code = models.CharField(max_length=10)
    stream_code = models.CharField(max_length=4)
    term_months = models.PositiveSmallIntegerField(null=True, blank=True)
    cancellation = models.JSONField(default=default_policy)
    state = models.CharField(max_length=13, choices=State.choices, default=State.DRAFT)
    current_version = models.ForeignKey(
        "catalogue.OfferVersion", on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    last_face_to_face = _last_date()
    last_online = _last_date()
    last_hybrid = _last_date()

    class Meta:
        indexes = [
            GinIndex(fields=["themes"], name="offer_themes"),
            GinIndex(fields=["phases"], name="offer_phases"),
            models.Index(fields=["state", "kind", "title"], name="offer_state_kind_title"),
            models.Index(fields=["last_face_to_face"], name="offer_last_face_to_face"),
            models.Index(fields=["last_online"], name="offer_last_online"),
            models.Index(fields=["last_hybrid"], name="offer_last_hybrid"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(vat_category="S")
                | models.Q(vat_category="", vat_reason="")
                | (~models.Q(vat_category="") & ~models.Q(vat_reason="")),
                name="offer_vat_reason",
            ),
            models.CheckConstraint(
                condition=models.Q(term_months__isnull=True)
                | models.Q(term_months__gte=1, term_months__lte=60) & ~models.Q(kind="course"),
                name="offer_term_sensible",
            ),
            models.CheckConstraint(condition=~models.Q(title=""), name="offer_has_title"),
            models.CheckConstraint(
                condition=models.Q(audience="schools", of_event__isnull=True)
                | models.Q(audience="exhibitors", of_event__isnull=False),
                name="offer_package_of_event",
            ),
            models.CheckConstraint(
                condition=models.Q(signposted_url="") | models.Q(kind="course", audience="schools"),
                name="offer_signposted_event",
            ),
            models.CheckConstraint(
                condition=models.Q(deal_to__isnull=True) | models.Q(deal_to__gt=models.F("deal_from")),
                name="offer_deal_dates",
            ),
            models.CheckConstraint(
                condition=models.Q(list_price_pence__isnull=True) | models.Q(list_price_pence__gt=0),
                name="offer_list_price_positive",
            ),
            models.CheckConstraint(
                condition=models.Q(evidence="none") | ~models.Q(evidence_url=""), name="offer_evidence_linked"
            ),
        ]

    def __str__(self) -> str:
        return self.title
