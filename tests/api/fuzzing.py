"""Generated requests to every operation of the API in the name of every role, held against its own description."""

import copy
import itertools
import random
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest import SkipTest

import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from django.test import Client
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.api.fuzz_world import FuzzWorld

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
PREFIX = "/api/v1"
KNOWN = 0.85  # how often a value that exists takes the place of a generated one
HOME = 0.8  # how often a role asks for what is its own
WHOLE = 0.4  # how often the whole body is one that can be done
ABLE = 0.6  # how often one asks who may, so that much of what is asked for is also done
_keys = itertools.count(1)


@dataclass
class Outcome:
    """What became of the cases."""

    cases: int = 0
    operations: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    roles: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        told = ", ".join(f"{status}: {count}" for status, count in sorted(self.statuses.items()))
        return (
            f"{self.cases} cases, {self.operations} operations, {len(self.roles)} roles "
            f"(each {min(self.roles.values())} to {max(self.roles.values())}); {told}; "
            f"5xx or undocumented: {len(self.failures)}"
        )


def description() -> dict[str, Any]:
    """The API's description, as it is served."""
    return Client().get(f"{PREFIX}/schema").json()  # type: ignore[no-any-return]


def fuzz(*, raw: dict[str, Any], world: FuzzWorld, cases: int, chance: random.Random) -> Outcome:
    """Sends so many cases, spread over all operations and all roles in turn; each is rolled back."""
    schema = schemathesis.openapi.from_dict(raw)
    schema.app = get_wsgi_application()
    operations = [result.ok() for result in schema.get_all_operations()]
    outcome = Outcome(operations=len(operations))
    roles = itertools.cycle([*world.programs, "anonymous"])
    shares = [cases // len(operations) + (place < cases % len(operations)) for place in range(len(operations))]
    for operation, share in zip(operations, shares, strict=True):
        cases_of_it = _generated(operation, share, chance)
        with _connection_kept():
            for case in cases_of_it:
                able = world.able.get(f"{case.method.upper()} {case.operation.path.removeprefix(PREFIX)}")
                role = chance.choice(able) if able and chance.random() < ABLE else next(roles)
                _send(case, role, world, chance, outcome)
    return outcome


@contextmanager
def _connection_kept() -> Iterator[None]:
    """Requests share the connection of the test, as with Django's own test client."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def _generated(operation: Any, count: int, chance: random.Random) -> list[Any]:
    """``count`` cases of one operation: a third of them of what it does not ask for, where there is such a thing."""
    found = _drawn(operation, GenerationMode.NEGATIVE, count // 3, chance)
    while len(found) < count:
        found += _drawn(operation, GenerationMode.POSITIVE, count - len(found), chance)
    return found


def _drawn(operation: Any, mode: GenerationMode, most: int, chance: random.Random) -> list[Any]:
    """At most so many cases; at least one where the operation can be asked for at all."""
    found: list[Any] = []
    if not most:
        return found

    @seed(chance.randrange(10**9))
    @settings(
        max_examples=most + 1, database=None, deadline=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=operation.as_strategy(generation_mode=mode))
    def draw(case: Any) -> None:
        found.append(case)

    try:
        draw()
    except (Unsatisfiable, SkipTest):  # an operation without parameters cannot be asked wrongly
        assert mode is GenerationMode.NEGATIVE, operation.label
    return found[-most:]  # the first one drawn is the simplest


def _send(case: Any, role: str, world: FuzzWorld, chance: random.Random, outcome: Outcome) -> None:
    _season(case, role, world, chance)
    headers = {"Idempotency-Key": f"fuzz-{next(_keys):08d}"}
    if role != "anonymous":
        headers["Authorization"] = f"Bearer {world.programs[role].secret}"
    outcome.cases += 1
    outcome.roles[role] += 1
    with transaction.atomic():
        response = case.call(headers=headers)
        transaction.set_rollback(True)
    outcome.statuses[response.status_code] += 1
    try:
        case.validate_response(response, checks=CHECKS)
    except FailureGroup as group:
        told = "; ".join(f"{failure.title}: {failure.message}"[:600] for failure in group.exceptions)
        where = f"{role}: {case.method} {case.operation.path}"
        outcome.failures.append(f"{where}: {response.status_code} {response.text[:200]!r}: {told}")


def _season(case: Any, role: str, world: FuzzWorld, chance: random.Random) -> None:
    """Puts values that exist in the place of generated ones, more often than not: those of the role itself, or of others."""
    address = case.operation.path.removeprefix(PREFIX)
    at_home = role in world.homes and chance.random() < HOME
    place = world.homes[role] if at_home else chance.choice(world.abroad)
    begins = max((start for start in place.paths if address.startswith(start)), key=len, default=None)
    if begins and case.path_parameters and chance.random() < KNOWN:
        known = chance.choice(place.paths[begins])
        case.path_parameters = {name: known.get(name, value) for name, value in case.path_parameters.items()}
    if isinstance(case.query, dict):
        case.query = _known(case.query, world, chance)
    whole = place.bodies.get(f"{case.method.upper()} {address}")
    if whole and chance.random() < WHOLE:
        case.body = copy.deepcopy(whole)
    elif isinstance(case.body, dict):
        case.body = _known(case.body, world, chance)


def _known(value: Any, world: FuzzWorld, chance: random.Random) -> Any:
    if isinstance(value, dict):
        return {
            name: chance.choice(world.values[name])
            if name in world.values and chance.random() < KNOWN
            else _known(one, world, chance)
            for name, one in value.items()
        }
    return [_known(one, world, chance) for one in value] if isinstance(value, list) else value
