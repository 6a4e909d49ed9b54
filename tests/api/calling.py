"""A program that calls the API with a token."""

import itertools
from datetime import date, timedelta
from typing import Any

import orjson
from django.test import Client
from django.utils import timezone

from marketplace.core.actors import Actor
from marketplace.core.api.scopes import SCOPES
from marketplace.core.api.tokens import create_token

_keys = itertools.count(1)


class Program:
    """Speaks JSON for one person; every write has a key of its own unless one is given."""

    def __init__(self, actor: Actor, *, scopes: list[str] | None = None, organisation_id: int | None = None) -> None:
        today: date = timezone.localdate()
        self.actor = actor
        self.token, self.secret = create_token(
            name="Test program",
            scopes=sorted(SCOPES) if scopes is None else scopes,
            expires_on=today + timedelta(days=30),
            on=today,
            actor=actor,
            organisation_id=organisation_id,
        )
        self.client = Client(raise_request_exception=False)

    def get(self, path: str, **query: Any) -> Any:
        return self.client.get(f"/api/v1{path}", query, headers=self._headers())

    def send(self, method: str, path: str, body: Any = None, *, key: str | None = None) -> Any:
        own = f"test-key-{next(_keys):06d}" if key is None else key
        return self.client.generic(
            method,
            f"/api/v1{path}",
            _json(body) if body is not None else b"",
            content_type="application/json",
            headers=self._headers() | ({"Idempotency-Key": own} if own else {}),
        )

    def post(self, path: str, body: Any = None, *, key: str | None = None) -> Any:
        return self.send("POST", path, body if body is not None else {}, key=key)

    def form(self, path: str, *, key: str | None = None, **sent: Any) -> Any:
        """Sends a form, as it is done with files."""
        own = f"test-key-{next(_keys):06d}" if key is None else key
        return self.client.post(f"/api/v1{path}", sent, headers=self._headers() | {"Idempotency-Key": own})

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.secret}"}


def _json(body: Any) -> bytes:
    return orjson.dumps(body, default=str)
