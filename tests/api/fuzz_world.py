"""The world of the access matrix as generated requests use it: what exists, by the names that they ask with."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from catalogue.models import CourseRun, Offer
from marketplace.core.actors import Actor, Role
from marketplace.organisations.models import Organisation
from marketplace.organisations.queries import partnership
from tests.access.matrix import OWN, matrix
from tests.access.walking import API_KEYS
from tests.access.world import Builder, Keys, World, bodies
from tests.api.calling import Program
from tests.conftest import Charges

SIDES = (Role.BUYER, Role.PROVIDER, Role.HUB_LEAD, Role.COMMISSIONER, Role.VERIFIER, Role.FINANCE_MANAGER)
"""Roles whose organisation, or person, has what others have not."""
# Beside what the matrix asks for: the same in another state, by the keys of the world.
OTHERS: dict[str, list[dict[str, str]]] = {
    "/agreements/": [{"number": "offered_agreement"}],
    "/consultant-requests/": [{"number": "request_asked"}],
    "/files/": [{"id": "hub_paper"}],
    "/hub-calls/": [{"number": "hub_draft", "id": "hub_member"}, {"number": "panel_call", "id": "hub_member"}],
    "/hub-applications/": [
        {"number": "scored_application"},
        {"number": "hub_joint", "school": "hub_partner"},
        {"number": "hub_asked", "school": "customer"},
    ],
    "/outcome-contracts/": [
        {
            "number": "outcome_contract",
            "code": "outcome_claimed",
            "ordinal": "outcome_claim",
            "version": "outcome_version",
        },
        {"number": "outcome_draft"},
        {"number": "heads_contract", "ordinal": "heads_statement", "code": "heads_waits"},
    ],
    "/purchases/": [{"number": "purchase_waits"}],
}


@dataclass(frozen=True)
class Place:
    """What one side has: ``paths`` holds values of path parameters by the beginning of an address, ``bodies`` whole bodies
    that can be done, by operation (``POST /orders``)."""

    paths: dict[str, list[dict[str, Any]]]
    bodies: dict[str, dict[str, Any]]


@dataclass
class FuzzWorld:
    """``homes`` is what belongs to each role, ``abroad`` what belongs to others; ``values`` are those of bodies by name;
    ``able`` by operation the roles that may do it with what is their own."""

    programs: dict[str, Program]
    homes: dict[str, Place]
    abroad: list[Place]
    values: dict[str, list[Any]]
    able: dict[str, list[str]]


def build_fuzz_world(
    *, council: Organisation, charges: Charges, actor: Actor, tmp_path: Path, today: date
) -> FuzzWorld:
    """Two schools, a council and another, the partnership, each with one of everything; a program for every role, and one
    whose token opens nothing but the catalogue."""
    world = Builder(council=council, charges=charges, actor=actor, folder=tmp_path).build()
    own = {role.value: {**world.one, **world.foreign, **keys} for role, keys in world.own.items()}
    foreign = {**world.one, **world.foreign}
    numbers = [*{one["customer"] for one in (*own.values(), foreign)}, council.number, partnership().number]
    narrow = Program(world.actors[Role.BUYER], scopes=["catalogue:read"])
    homes = {role: _place(keys, world, today) for role, keys in own.items()}
    return FuzzWorld(
        programs={role.value: program for role, program in world.programs.items()} | {"narrow": narrow},
        homes=homes,
        abroad=[_place(foreign, world, today), *(homes[role.value] for role in SIDES)],
        values=_values([*own.values(), foreign], numbers, today),
        able=_able(),
    )


def _able() -> dict[str, list[str]]:
    """As the file of rights says it."""
    return {
        ask.name: [role.value for role in Role if thing.expected(ask, role.value, OWN) == "ok"]
        for thing in matrix()
        for ask in thing.asks
        if not ask.is_page
    }


def _place(keys: Keys, world: World, today: date) -> Place:
    paths = {
        begins: [_known(one, keys) for one in (names, *OTHERS.get(begins, []))] for begins, names in API_KEYS.items()
    }
    return Place(paths, bodies(keys, world, today))


def _known(names: dict[str, str], keys: Keys) -> dict[str, Any]:
    return {name: keys[key] for name, key in ({"line": "line"} | names).items() if key in keys}


def _values(sides: list[Keys], numbers: list[str], today: date) -> dict[str, list[Any]]:
    return {
        **dict.fromkeys(("organisation", "customer", "payer", "receiver", "party", "school", "funder"), numbers),
        "offer": [offer.code for offer in Offer.objects.all()],
        "run": [run.code for run in CourseRun.objects.all()],
        "invoice": _of(sides, "invoice"),
        "account": _of(sides, "account"),
        "on": [today.isoformat()],
        "received_on": [today.isoformat()],
        "from": [(today - timedelta(days=60)).isoformat()],
        "to": [(today + timedelta(days=1)).isoformat()],
        "quantity": ["1", "2"],
        "position": [1, 2],
        "pence": [1, 500, 12_000],
    }


def _of(sides: Iterable[Keys], name: str) -> list[Any]:
    return sorted({keys[name] for keys in sides if name in keys})
