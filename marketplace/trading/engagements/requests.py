"""A school's need sent to one consultant or up to four, what each answered, and how they are paid for tax."""

from django.db import models
from django.db.models import F, Q

from marketplace.organisations.models import Organisation, Person
from marketplace.trading.engagements.models import Engagement
from providers.models import Consultant


class ConsultantRequest(models.Model):
    """What a school needs, in its own words, and by when it wants to hear.

    No pupil is named in it. ``quantity`` is in ``unit``; the wanted days are ``[wanted_from, wanted_to)``. ``budget_pence``
    is with VAT and is not shown to providers. A request lapses after ``answer_by`` when nobody answered it.
    """

    class State(models.TextChoices):
        SENT = "sent", "Sent"
        ANSWERED = "answered", "Answered"
        AGREED = "agreed", "Agreed"
        WITHDRAWN = "withdrawn", "Withdrawn"
        LAPSED = "lapsed", "Lapsed"

    class Mode(models.TextChoices):
        AT_SCHOOL = "at_school", "At our school"
        ONLINE = "online", "Online"
        EITHER = "either", "Either"

    number = models.CharField(max_length=24, unique=True)
    state = models.CharField(max_length=9, choices=State.choices, default=State.SENT)
    school = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="consultant_requests", db_index=False
    )
    title = models.CharField(max_length=120)
    theme = models.CharField(max_length=40, blank=True)
    purpose = models.CharField(max_length=1000)
    wanted_from = models.DateField()
    wanted_to = models.DateField()
    unit = models.CharField(max_length=8, choices=Engagement.Unit.choices)
    quantity = models.DecimalField(max_digits=7, decimal_places=2)
    budget_pence = models.BigIntegerField(null=True)
    mode = models.CharField(max_length=9, choices=Mode.choices, default=Mode.AT_SCHOOL)
    answer_by = models.DateField()
    asked_on = models.DateField()
    asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    closed_on = models.DateField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["school", "-id"], name="consultant_request_school"),
            models.Index(fields=["state", "answer_by"], name="consultant_request_state"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(title="") & ~Q(purpose="") & Q(quantity__gt=0), name="consultant_request_says_what"
            ),
            models.CheckConstraint(
                condition=Q(wanted_to__gt=F("wanted_from"), answer_by__gte=F("asked_on")),
                name="consultant_request_dates",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["sent", "answered"], closed_on__isnull=True)
                | (~Q(state__in=["sent", "answered"]) & Q(closed_on__isnull=False)),
                name="consultant_request_closed_when",
            ),
            models.CheckConstraint(
                condition=Q(budget_pence__isnull=True) | Q(budget_pence__gt=0), name="consultant_request_budget"
            ),
        ]

    def __str__(self) -> str:
        return self.number


class ConsultantQuote(models.Model):
    """One consultant's part in a request: asked, then quoted or declined, and in the end accepted or not chosen.

    Pence; ``net_pence`` is the whole work before VAT, ``travel_pence`` the travel of all visits, ``gross_pence`` both
    with ``vat_pence``. ``miles`` are those of one visit, there and back, and ``visits`` how many there will be.
    ``first_days`` are the first free days that the provider offers. ``valid_until`` is the last day on which it holds.
    """

    class State(models.TextChoices):
        ASKED = "asked", "Asked"
        QUOTED = "quoted", "Quoted"
        DECLINED = "declined", "Declined"
        ACCEPTED = "accepted", "Accepted"
        NOT_CHOSEN = "not_chosen", "Not chosen"

    request = models.ForeignKey(ConsultantRequest, on_delete=models.PROTECT, related_name="quotes", db_index=False)
    consultant = models.ForeignKey(Consultant, on_delete=models.PROTECT, related_name="quotes", db_index=False)
    state = models.CharField(max_length=10, choices=State.choices, default=State.ASKED)
    rate = models.ForeignKey("providers.Rate", on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    quantity = models.DecimalField(max_digits=7, decimal_places=2, null=True)
    visits = models.PositiveSmallIntegerField(default=0)
    miles = models.PositiveIntegerField(default=0)
    net_pence = models.BigIntegerField(default=0)
    travel_pence = models.BigIntegerField(default=0)
    vat_pence = models.BigIntegerField(default=0)
    gross_pence = models.BigIntegerField(default=0)
    first_days = models.JSONField(default=list)
    words = models.CharField(max_length=600, blank=True)
    reason = models.CharField(max_length=240, blank=True)
    valid_until = models.DateField(null=True)
    answered_on = models.DateField(null=True)
    engagement = models.OneToOneField(Engagement, on_delete=models.PROTECT, null=True, related_name="quote")

    class Meta:
        indexes = [models.Index(fields=["consultant", "state", "-id"], name="consultant_quote_consultant")]
        constraints = [
            models.UniqueConstraint(fields=["request", "consultant"], name="consultant_quote_once"),
            models.UniqueConstraint(
                fields=["request"], condition=Q(state="accepted"), name="consultant_quote_one_accepted"
            ),
            models.CheckConstraint(
                condition=Q(gross_pence=F("net_pence") + F("travel_pence") + F("vat_pence")),
                name="consultant_quote_adds_up",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["quoted", "accepted"])
                | Q(rate__isnull=False, quantity__gt=0, valid_until__isnull=False),
                name="consultant_quote_has_price",
            ),
            models.CheckConstraint(condition=~Q(state="declined") | ~Q(reason=""), name="consultant_quote_why"),
            models.CheckConstraint(
                condition=Q(state="accepted", engagement__isnull=False)
                | (~Q(state="accepted") & Q(engagement__isnull=True)),
                name="consultant_quote_is_booked",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.request_id}, {self.consultant_id}"


class OffPayrollDetermination(models.Model):
    """A school's answer to the off-payroll rules for one booking, with its reasons; the latest one counts.

    Only where the consultant is paid through their own company (``own_company``) is there anything to decide; inside the
    rules, nothing is paid gross. Kept as it was given: another answer is another row.
    """

    class Answer(models.TextChoices):
        NOT_NEEDED = "not_needed", "Not needed"
        OUTSIDE = "outside", "Outside the rules"
        INSIDE = "inside", "Inside the rules"

    engagement = models.ForeignKey(Engagement, on_delete=models.PROTECT, related_name="determinations")
    own_company = models.BooleanField()
    answer = models.CharField(max_length=10, choices=Answer.choices)
    reasons = models.CharField(max_length=1000, blank=True)
    decided_on = models.DateField()
    decided_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(own_company=False, answer="not_needed")
                | (Q(own_company=True, answer__in=["outside", "inside"]) & ~Q(reasons="")),
                name="off_payroll_says_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.answer}, {self.engagement_id}"
