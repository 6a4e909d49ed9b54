"""No whole number that a body gives is unbounded: what neither ``Money`` nor the database holds is a mistake, not a fault of ours."""

from collections.abc import Iterator
from typing import Any

import pytest

from marketplace.core.api.numbers import MOST_ID
from tests.api.fuzzing import description


def numbers(
    schema: dict[str, Any], known: dict[str, Any], where: str, seen: frozenset[str]
) -> Iterator[tuple[str, Any]]:
    """Where each whole number stands that a caller may give, with what is said of it."""
    if name := schema.get("$ref", "").rsplit("/", 1)[-1]:
        if name not in seen:
            yield from numbers(known[name], known, f"{where} {name}", seen | {name})
        return
    if schema.get("readOnly"):
        return
    if schema.get("type") == "integer":
        yield where, schema
    parts = {"[]": schema["items"]} if "items" in schema else schema.get("properties", {})
    for name, part in parts.items():
        yield from numbers(part, known, f"{where}.{name}", seen)
    for part in (*schema.get("allOf", ()), *schema.get("oneOf", ()), *schema.get("anyOf", ())):
        yield from numbers(part, known, where, seen)


def given_by_callers(raw: dict[str, Any]) -> list[tuple[str, Any]]:
    known = raw["components"]["schemas"]
    return [
        found
        for path, operations in raw["paths"].items()
        for method, operation in operations.items()
        for content in operation.get("requestBody", {}).get("content", {}).values()
        for found in numbers(content["schema"], known, f"{method.upper()} {path}", frozenset())
    ]


@pytest.mark.django_db
def test_every_whole_number_of_a_body_has_a_least_and_a_most() -> None:
    found = given_by_callers(description())
    assert len(found) > 100
    loose = [
        where for where, said in found
        if not -MOST_ID <= said.get("minimum", -MOST_ID - 1) <= said.get("maximum", MOST_ID + 1) <= MOST_ID
    ]  # fmt: skip
    assert loose == []


def test_control_one_without_a_most_is_found() -> None:
    body = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Paid"}}}}
    paid = {"properties": {"pence": {"type": "integer"}, "id": {"type": "integer", "readOnly": True}}}
    raw = {"components": {"schemas": {"Paid": paid}}, "paths": {"/pay": {"post": {"requestBody": body}}}}
    assert given_by_callers(raw) == [("POST /pay Paid.pence", {"type": "integer"})]
