"""Who delivers what is offered."""

from django.db import models

from marketplace.organisations.models import Organisation


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
