"""Tokens of the API: shown once, kept as a digest, never reaching further than their person."""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import date, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from marketplace.core import events
from marketplace.core.actors import Actor
from marketplace.core.api.scopes import SCOPES
from marketplace.core.errors import NotAllowed, NotFound, WrongInput
from marketplace.core.models import ApiToken
from marketplace.core.text import clean_line

PREFIX = "psk_"
LONGEST = timedelta(days=366)
SHOWN = 10
USED_EVERY = timedelta(minutes=5)


def digest_of(token: str) -> str:
    """SHA-256 of a token: 256 random bits need no slow hash."""
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def create_token(
    *,
    name: str,
    scopes: Sequence[str],
    expires_on: date,
    on: date,
    actor: Actor,
    organisation_id: int | None = None,
) -> tuple[ApiToken, str]:
    """A token of the actor's own, with its secret, which is told here and never again.

    ``organisation_id`` narrows it to one of the actor's organisations. Refuses unknown scopes, none at all, an
    organisation that is not the actor's, and a life of more than 366 days.
    """
    if actor.user_id is None or actor.person_id is None:
        raise NotAllowed("Only a person with a sign-in may have a token.")
    if not scopes or not set(scopes) <= SCOPES.keys():
        raise WrongInput("Choose at least one thing that the token may do")
    if not on < expires_on <= on + LONGEST:
        raise WrongInput("The last day must be after today and within a year")
    if organisation_id is not None and organisation_id not in actor.organisations():
        raise NotFound("There is no such organisation.")
    secret = PREFIX + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        user_id=actor.user_id,
        name=clean_line(name, what="Name", limit=80),
        prefix=secret[:SHOWN],
        digest=digest_of(secret),
        scopes=sorted(set(scopes)),
        organisation_id=organisation_id,
        expires_on=expires_on,
    )
    _record("api_token.created", token, actor)
    return token, secret


def tokens_of(actor: Actor) -> QuerySet[ApiToken]:
    """The actor's own tokens that were not revoked, newest first."""
    return ApiToken.objects.filter(user_id=actor.user_id or 0, revoked_at__isnull=True).order_by("-pk")


@transaction.atomic
def revoke_token(*, pk: int, actor: Actor) -> ApiToken:
    """Ends one of the actor's own tokens at once. One that is revoked already counts as gone."""
    token = tokens_of(actor).filter(pk=pk).first()
    if token is None or ApiToken.objects.filter(pk=pk, revoked_at=None).update(revoked_at=timezone.now()) != 1:
        raise NotFound("There is no such token.")
    _record("api_token.revoked", token, actor)
    return token


def find_token(secret: str, *, on: date) -> ApiToken | None:
    """The live token of that secret on a day; ``expires_on`` is its last day."""
    if not secret.startswith(PREFIX):
        return None
    live = ApiToken.objects.filter(revoked_at__isnull=True, expires_on__gte=on, user__is_active=True)
    found = live.select_related("user").filter(digest=digest_of(secret)).first()
    now = timezone.now()
    if found and (found.last_used_at is None or now - found.last_used_at > USED_EVERY):
        ApiToken.objects.filter(pk=found.pk).update(last_used_at=now)
    return found


def _record(kind: str, token: ApiToken, actor: Actor) -> None:
    events.record(
        kind=kind,
        subject_kind="api_token",
        subject=str(token.pk),
        organisation_ids=[token.organisation_id] if token.organisation_id else [],
        payload={"scopes": token.scopes, "expires_on": token.expires_on.isoformat()},
        text={"name": token.name},
        actor=actor,
    )
