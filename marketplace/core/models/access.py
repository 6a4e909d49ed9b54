from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now


class ApiToken(models.Model):
    """A program's key to the API, for one login and its roles. Only the digest of the token is kept.

    ``organisation_id`` narrows the token to one of the person's organisations. ``scopes`` are codes such as
    ``orders:write``; a token never reaches further than the person does on that day.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="api_tokens")
    name = models.CharField(max_length=80)
    prefix = models.CharField(max_length=12, help_text="The first characters, by which its owner knows it again.")
    digest = models.CharField(max_length=64, unique=True)
    scopes = ArrayField(models.CharField(max_length=30))
    organisation_id = models.BigIntegerField(null=True)
    created_at = models.DateTimeField(db_default=Now())
    expires_on = models.DateField()
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["user", "-id"], name="api_token_user")]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"


class IdempotentRequest(models.Model):
    """The answer to a write that was asked for with an ``Idempotency-Key``, committed together with its effect."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=64)
    fingerprint = models.CharField(max_length=64, help_text="SHA-256 of method, path and body.")
    status = models.PositiveSmallIntegerField()
    body = models.JSONField(null=True)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="idempotency_key_once")]
        indexes = [models.Index(fields=["at"], name="idempotent_request_at")]

    def __str__(self) -> str:
        return self.key


class StoredFile(models.Model):
    """A private file, kept with its hash. Its kind was found from its content, never from its name.

    ``owner_kind`` and ``owner`` name what it belongs to; who may see that may see the file. ``organisation_id`` is
    whose it is.
    """

    sha256 = models.CharField(max_length=64)
    name = models.CharField(max_length=120)
    content_type = models.CharField(max_length=80)
    size = models.PositiveIntegerField()
    content = models.BinaryField()
    owner_kind = models.CharField(max_length=40)
    owner = models.CharField(max_length=60)
    organisation_id = models.BigIntegerField(null=True)
    added_by_person_id = models.BigIntegerField(null=True)
    added_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [models.Index(fields=["owner_kind", "owner"], name="stored_file_owner")]
        constraints = [
            models.CheckConstraint(condition=models.Q(size__gt=0), name="stored_file_not_empty"),
        ]

    def __str__(self) -> str:
        return self.name
