"""What the processes do that send the same write at the same moment."""

import logging
import os
import signal
from typing import Any
from unittest import mock

IDEMPOTENCY = "marketplace.core.api.idempotency"


def _post(secret: str, key: str, body: dict[str, Any]) -> int:
    import orjson
    from django.test import Client

    headers = {"Authorization": f"Bearer {secret}", "Idempotency-Key": key}
    client = Client(raise_request_exception=False)
    answer = client.post("/api/v1/payments", orjson.dumps(body), content_type="application/json", headers=headers)
    return int(answer.status_code)


def post_together(secret: str, body: dict[str, Any], trials: int, guard: str, barrier: Any) -> list[int]:
    """The statuses of one request sent once a trial, each trial under a key of its own that all processes share.

    ``guard`` is "all", "no lock" (only the row and its unique key are left) or "nothing".
    """

    def unguarded(request: Any, handler: Any, **_: Any) -> Any:
        return handler()

    patches = {
        "all": [],
        "no lock": [mock.patch(f"{IDEMPOTENCY}._lock", lambda user_id, key: None)],
        "nothing": [mock.patch(f"{IDEMPOTENCY}.once", unguarded)],
    }[guard]
    for patch in patches:
        patch.start()
    logging.disable()  # the controls fail on purpose
    statuses = []
    for trial in range(trials):
        barrier.wait(timeout=60)
        statuses.append(_post(secret, f"race-key-{trial:04d}", body))
    return statuses


def post_and_die_before_commit(secret: str, key: str, body: dict[str, Any]) -> None:
    """Everything is written and the answer is ready, but the transaction never ends."""

    def die(payment: Any) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    with mock.patch("invoicing.api.payments.payment_body", die):
        _post(secret, key, body)
