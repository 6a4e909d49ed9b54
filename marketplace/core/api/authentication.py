"""Who calls: a token in the ``Authorization`` header, or the session of somebody who is signed in."""

from dataclasses import replace
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.module_loading import import_string
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from marketplace.core.actors import Actor
from marketplace.core.api.scopes import READ, WRITE
from marketplace.core.api.tokens import find_token
from marketplace.core.models import ApiToken, User

SAFE = ("GET", "HEAD", "OPTIONS")


class TokenAuthentication(BaseAuthentication):
    """``Authorization: Bearer psk_…``. A token that is wrong, revoked or past its last day answers 401."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        token = find_token(secret.strip(), on=timezone.localdate())
        if token is None:
            raise AuthenticationFailed("This token does not work. Make a new one on your account page.")
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class TokenScheme(OpenApiAuthenticationExtension):
    """How the description of the API names it."""

    target_class = "marketplace.core.api.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "description": "A token made on your account page."}


class HasScope(BasePermission):
    """A token needs ``area:read`` to look and ``area:write`` to change; a session needs neither."""

    message = "This token may not do that. Make one with the scope that the documentation names."

    def has_permission(self, request: Request, view: Any) -> bool:
        token = request.auth
        if not isinstance(token, ApiToken):
            return True
        reads = request.method in SAFE or getattr(view, "calculates", False)
        return f"{view.area}:{READ if reads else WRITE}" in token.scopes if view.area else True


def actor_of(request: Request) -> Actor:
    """The actor behind a request today; a token for one organisation leaves the other roles out."""
    actor: Actor = import_string(settings.API_ACTOR)(user=request.user, on=timezone.localdate())
    token = request.auth
    if isinstance(token, ApiToken) and token.organisation_id is not None:
        own = frozenset(grant for grant in actor.grants if grant.organisation_id == token.organisation_id)
        return replace(actor, grants=own)
    return actor
