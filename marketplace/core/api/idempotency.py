"""Doing a write once, however often it is sent: the answer is committed together with its effect.

The caller names a write by ``Idempotency-Key``. Sent again within 24 hours with the same body it gets the same answer;
with another body it is refused; while the first is still being worked on, 409. A refusal is not kept: nothing was
changed, so the same key may be tried again.
"""

import hashlib
import json
import re
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import orjson
from django.core.files.uploadedfile import UploadedFile
from django.db import connection, transaction
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.core.errors import DomainError, WrongInput
from marketplace.core.models import IdempotentRequest

HEADER = "Idempotency-Key"
KEPT = timedelta(hours=24)
_KEY = re.compile(r"[\x21-\x7e]{8,64}")


class KeyMissing(WrongInput):
    """A write without a key."""

    code = "idempotency_key_missing"


class StillInFlight(DomainError):
    """The same key is being worked on at this moment."""

    code = "still_in_flight"


class KeyReused(DomainError):
    """The key was used for another request."""

    code = "idempotency_key_reused"
    status = 422


def once(request: Request, handler: Callable[[], Response], *, told_once: Sequence[str] = ()) -> Response:
    """Runs ``handler`` in a transaction that also keeps its answer, or gives the answer that is kept.

    ``told_once`` names fields of the answer that are not kept: a secret is told the first time and never again.
    """
    key, user_id = _key_of(request), int(request.user.pk or 0)
    fingerprint = _fingerprint(request)
    with transaction.atomic():
        _lock(user_id, key)
        mine = IdempotentRequest.objects.filter(user_id=user_id, key=key)
        mine.filter(at__lte=timezone.now() - KEPT).delete()
        kept = mine.first()
        if kept is not None:
            return _again(kept, fingerprint)
        response = handler()
        if response.status_code < 400:
            body = orjson.loads(orjson.dumps(response.data, default=str)) if response.data is not None else None
            if isinstance(body, dict):
                body |= {name: "" for name in told_once if name in body}
            IdempotentRequest.objects.create(
                user_id=user_id, key=key, fingerprint=fingerprint, status=response.status_code, body=body
            )
        else:
            transaction.set_rollback(True)
    return response


def _key_of(request: Request) -> str:
    key = request.headers.get(HEADER, "")
    if not _KEY.fullmatch(key):
        raise KeyMissing(
            f"Send the header {HEADER} with 8 to 64 letters, digits or signs of your own, a new one for each thing "
            "that you want done. Nothing was done."
        )
    return key


def _lock(user_id: int, key: str) -> None:
    """Held until the transaction ends; whoever comes second is told at once rather than kept waiting."""
    number = int.from_bytes(hashlib.sha256(f"{user_id}:{key}".encode()).digest()[:8], signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [number])
        [got] = cursor.fetchone()
    if not got:
        raise StillInFlight("The same request is being worked on. Ask again in a moment with the same key.")


def _again(kept: IdempotentRequest, fingerprint: str) -> Response:
    if kept.fingerprint != fingerprint:
        raise KeyReused(f"This {HEADER} was used for another request. Use a new one. Nothing was done.")
    return Response(kept.body, status=kept.status, headers={"Idempotent-Replayed": "true"})


def _fingerprint(request: Request) -> str:
    """SHA-256 of method, path and body; an uploaded file counts by its content."""
    narrowed = getattr(request.auth, "organisation_id", None)  # another token may reach less
    facts: list[Any] = [request.method, request.get_full_path(), narrowed]
    data = request.data
    if hasattr(data, "lists"):
        for name, values in sorted(data.lists()):
            facts.append([name, [_digest(v) if isinstance(v, UploadedFile) else str(v) for v in values]])
    else:
        facts.append(data)
    return hashlib.sha256(json.dumps(facts, sort_keys=True, default=str).encode("utf-8", "replace")).hexdigest()


def _digest(upload: UploadedFile) -> str:
    found = hashlib.sha256()
    for chunk in upload.chunks():
        found.update(chunk)
    upload.seek(0)
    return found.hexdigest()


def forget_old(*, older_than: timedelta = KEPT) -> int:
    """Deletes answers that are no longer replayed; called now and then."""
    return IdempotentRequest.objects.filter(at__lt=timezone.now() - older_than).delete()[0]
