"""Who can deliver: organisations that list what they offer, and the consultants who work for them."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from marketplace.organisations.models import Organisation, Person


class Provider(models.Model):
    """An organisation that delivers courses and services; the partnership itself may be one."""

    organisation = models.OneToOneField(Organisation, on_delete=models.PROTECT, related_name="provider")
    code = models.SlugField(max_length=40, unique=True)
    summary = models.CharField(max_length=300, blank=True)
    published = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~models.Q(code=""), name="provider_has_code"),
        ]

    def __str__(self) -> str:
        return self.code


class Consultant(models.Model):
    """Somebody who works in schools for a provider: a company's consultant, a sole trader, a leader of a school.

    ``person`` is who signs in as them. A leader of a school (NLE, SLE) is paid through ``home_school``, whose head releases
    each date. ``grade`` is the partnership's own word ("Consultant", "Senior consultant"); rates may differ by it.
    ``left_on`` is the first day on which they no longer work for this provider (half-open).
    """

    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="consultants")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="consultancies")
    code = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=120)
    grade = models.CharField(max_length=40, default="Consultant")
    summary = models.CharField(max_length=300, blank=True)
    biography = models.TextField(blank=True)
    themes = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    phases = ArrayField(models.CharField(max_length=24), default=list, blank=True)
    home_school = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="seconded_consultants"
    )
    published = models.BooleanField(default=False)
    joined_on = models.DateField()
    left_on = models.DateField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["published", "name"], name="consultant_published")]
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "person"], condition=Q(person__isnull=False), name="consultant_once_a_provider"
            ),
            models.CheckConstraint(condition=~Q(name="") & ~Q(grade=""), name="consultant_has_name"),
            models.CheckConstraint(
                condition=Q(left_on__isnull=True) | Q(left_on__gt=F("joined_on")), name="consultant_dates"
            ),
        ]

    def __str__(self) -> str:
        return self.name
