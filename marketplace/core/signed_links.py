"""Signed links: somebody without a login answers once, within seven days, and nothing personal stands in the address.

Opening a link uses nothing up, since mail scanners open links; answering does. Only the digest of a token is kept, so
that nobody who reads the tables can answer for another. Which links there are, what they ask and when the question is
over, is for the package that asks: it keeps a table of its own on ``SignedLink`` and tells a link that is unknown, used
or too old apart from none of the others (``GONE``).
"""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.db import models

VALID = timedelta(days=7)
TOKEN_BYTES = 32
GONE = "This link no longer works."


class SignedLink(models.Model):
    """A link for one use, kept as the digest of its token; the child names what it asks about."""

    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True


Link = TypeVar("Link", bound=SignedLink)


def digest_of(token: str) -> str:
    """What is kept of a token: its SHA-256."""
    return hashlib.sha256(token.encode()).hexdigest()


def make_link(links: type[Link], *, at: datetime, **asks: Any) -> str:
    """A fresh token, given once; ``asks`` are the fields of the table that say what about. Earlier links stay as they are."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    links._default_manager.create(digest=digest_of(token), made_at=at, expires_at=at + VALID, **asks)
    return token


def links_of(links: type[Link], token: str) -> models.QuerySet[Link]:
    """The link of a token, whether it works still or not: none or one."""
    return links._default_manager.filter(digest=digest_of(token))


def usable(links: type[Link], *, token: str, at: datetime) -> models.QuerySet[Link]:
    """The link of a token while it works: none or one. Uses nothing up."""
    return links_of(links, token).filter(used_at=None, expires_at__gt=at)


def claim(links: type[Link], *, token: str, at: datetime) -> bool:
    """The guard of the single use: one conditional UPDATE, or none."""
    return usable(links, token=token, at=at).update(used_at=at) == 1
