from django.conf import settings
from django.db import models

from marketplace.core.actors import Role
from marketplace.organisations.models.organisations import Organisation


class Person(models.Model):
    """A human being, whatever logins or roles they have."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="person"
    )
    name = models.CharField(max_length=120)
    email = models.EmailField(blank=True)

    class Meta:
        verbose_name_plural = "people"

    def __str__(self) -> str:
        return self.name


class RoleAssignment(models.Model):
    """A role held at an organisation from one date to another (half-open)."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="roles")
    role = models.CharField(max_length=20, choices=[(role.value, role.words) for role in Role])
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="role_assignments")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    spending_limit_pence = models.BigIntegerField(
        null=True, blank=True, help_text="The most this person may commit in one order; empty means no limit."
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "role", "organisation"],
                condition=models.Q(valid_to__isnull=True),
                name="one_current_role",
            ),
            models.CheckConstraint(
                condition=models.Q(spending_limit_pence__isnull=True) | models.Q(spending_limit_pence__gte=0),
                name="spending_limit_not_negative",
            ),
        ]
        indexes = [models.Index(fields=["organisation", "role"], name="role_organisation")]

    def __str__(self) -> str:
        return f"{self.role} at {self.organisation_id}"
