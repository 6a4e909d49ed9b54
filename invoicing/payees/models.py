"""The bank accounts into which providers are paid, version by version, and payments that are held."""

from django.db import models
from django.db.models import F, Q

from marketplace.organisations.models import Organisation, Person


class PayeeAccount(models.Model):
    """One version of the account into which an organisation is paid: asked by one person, confirmed by another.

    Sort code and account number are digits only. Once confirmed it never changes; a new account is a new version.
    ``usable_from`` is the first day on which it may be paid into. ``how_checked`` says what the second person did, such as
    calling back on the number known before. ``modulus`` says what the arithmetic of its digits told.
    """

    class State(models.TextChoices):
        ASKED = "asked", "To confirm"
        CONFIRMED = "confirmed", "Confirmed"
        REFUSED = "refused", "Refused"
        REPLACED = "replaced", "Replaced"

    class Modulus(models.TextChoices):
        VALID = "valid", "The digits fit each other"
        NOT_CHECKED = "not_checked", "Not checked by arithmetic"

    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="payee_accounts", db_index=False
    )
    version = models.PositiveIntegerField()
    state = models.CharField(max_length=9, choices=State.choices, default=State.ASKED)
    account_name = models.CharField(max_length=70)
    sort_code = models.CharField(max_length=6)
    account_number = models.CharField(max_length=8)
    modulus = models.CharField(max_length=11, choices=Modulus.choices)
    asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_index=False)
    asked_on = models.DateField()
    confirmed_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    confirmed_on = models.DateField(null=True)
    how_checked = models.CharField(max_length=240, blank=True)
    usable_from = models.DateField(null=True)
    refused_reason = models.CharField(max_length=240, blank=True)

    class Meta:
        indexes = [models.Index(fields=["state", "-id"], name="payee_account_state")]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "version"], name="payee_account_version_once"),
            models.UniqueConstraint(
                fields=["organisation"], condition=Q(state="confirmed"), name="payee_account_one_in_force"
            ),
            models.UniqueConstraint(fields=["organisation"], condition=Q(state="asked"), name="payee_account_one_asked"),
            models.CheckConstraint(
                condition=Q(sort_code__regex=r"^[0-9]{6}$", account_number__regex=r"^[0-9]{8}$") & ~Q(account_name=""),
                name="payee_account_digits",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True) | ~Q(confirmed_by=F("asked_by")), name="payee_account_two_people"
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=["confirmed", "replaced"], confirmed_by__isnull=False, confirmed_on__isnull=False,
                    usable_from__gte=F("confirmed_on"),
                )
                & ~Q(how_checked="")
                | Q(state__in=["asked", "refused"], confirmed_by__isnull=True, usable_from__isnull=True),
                name="payee_account_confirmed_whole",
            ),
            models.CheckConstraint(condition=~Q(state="refused") | ~Q(refused_reason=""), name="payee_account_says_why"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.organisation_id} version {self.version}"

    @property
    def masked(self) -> str:
        """All that most people see of it: the last four digits."""
        return f"ending {self.account_number[-4:]}"


class PaymentHold(models.Model):
    """Why a provider is not paid for now, once for each source. ``reason`` is a sentence that the provider reads.

    ``payable_source`` narrows it to the invoices on which the amount due of that source stands; empty holds all.
    """

    source_key = models.CharField(max_length=120, unique=True)
    provider = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="payment_holds", db_index=False)
    payable_source = models.CharField(max_length=120, blank=True)
    reason = models.CharField(max_length=240)
    held_on = models.DateField()
    lifted_on = models.DateField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["provider"], condition=Q(lifted_on__isnull=True), name="payment_hold_in_force"),
            models.Index(fields=["-id"], name="payment_hold_newest"),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(reason="") & ~Q(source_key=""), name="payment_hold_says_why"),
            models.CheckConstraint(
                condition=Q(lifted_on__isnull=True) | Q(lifted_on__gte=F("held_on")), name="payment_hold_in_order"
            ),
        ]

    def __str__(self) -> str:
        return self.source_key
