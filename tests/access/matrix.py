"""The file of who may do what, read, and what it says of each address, role and scope."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from django.urls import URLPattern, URLResolver, get_resolver

from marketplace.core.actors import Role

FILE = Path(__file__).resolve().parents[2] / "docs" / "access-matrix.toml"
SIGNED_OUT = "signed_out"
KINDS = ("pages", "forms", "buttons", "operations", "asks")
OWN, FOREIGN, ONE = "own", "foreign", "one"
RIGHTS = {"R", "Ro", "RW", "RWo", "R,Wo", "N", "No", "-"}


@dataclass(frozen=True)
class Ask:
    """One request: an operation of the API (``GET /orders``) or a page by its name, looked at or posted to."""

    name: str
    method: str
    writes: bool

    @property
    def is_page(self) -> bool:
        return " " not in self.name


@dataclass(frozen=True)
class Thing:
    """A group of addresses with the same rights."""

    name: str
    of: str
    rights: dict[str, str]
    note: str
    kinds: dict[str, list[str]]

    @property
    def scopes(self) -> tuple[str, ...]:
        return {"one": (ONE,), "self": (OWN,)}.get(self.of, (OWN, FOREIGN))

    @cached_property
    def asks(self) -> list[Ask]:
        """Each request that can be made. A page without a form is posted to as well: it must not take anything."""
        found = []
        for name in [*self.kinds["pages"], *self.kinds["forms"]]:
            found.append(Ask(name, "GET", False))
        for name in [*self.kinds["forms"], *self.kinds["buttons"]]:
            found.append(Ask(name, "POST", True))
        for name in self.kinds["operations"]:
            method = name.split()[0]
            found.append(Ask(name, method, method != "GET"))
        return [*found, *(Ask(name, name.split()[0], False) for name in self.kinds["asks"])]

    def expected(self, ask: Ask, role: str, scope: str) -> str:
        """One of: ok, sign in, 403, 404."""
        right = self.rights[role]
        if right == "S":
            return "sign in"
        if right[0] == "N":
            return "403" if _reaches(right, "N", scope) else "404"
        reads, writes = _reaches(right, "R", scope), _reaches(right, "W", scope)
        if writes if ask.writes else reads:
            return "ok"
        return "403" if ask.writes and reads else "404"


def _reaches(right: str, letter: str, scope: str) -> bool:
    """Whether a right such as "RWo" or "R,Wo" covers one's own or others'."""
    own = scope in (OWN, ONE)
    return any(letter in part and (own or not part.endswith("o")) for part in right.split(","))


def matrix() -> list[Thing]:
    """The file's things. Raises ValueError for a right that nobody knows and a role that is named twice."""
    return [_thing(raw) for raw in tomllib.loads(FILE.read_text())["thing"]]


def _thing(raw: dict) -> Thing:  # type: ignore[type-arg]
    rights: dict[str, str] = {}
    for right, roles in raw["rights"].items():
        if right == SIGNED_OUT:
            rights[SIGNED_OUT] = roles
            continue
        for role in roles.split():
            if role in rights or right not in RIGHTS:
                raise ValueError(f"{raw['name']}: {role} {right}")
            rights[role] = right
    kinds = {kind: raw.get(kind, []) for kind in KINDS}
    return Thing(raw["name"], raw["of"], rights, raw.get("note", ""), kinds)


ROLES = [*(role.value for role in Role), SIGNED_OUT]


def page_names() -> set[str]:
    """Every name of the URL configuration that is not the API's."""
    return {name for name in _names(get_resolver().url_patterns) if not name.startswith("api-")}


def unnamed() -> list[str]:
    """Addresses without a name: nothing could list them."""
    return [str(one.pattern) for one in _patterns(get_resolver().url_patterns) if not one.name]


def _names(patterns: list[URLPattern | URLResolver]) -> Iterator[str]:
    return (one.name for one in _patterns(patterns) if one.name)


def _patterns(patterns: list[URLPattern | URLResolver]) -> Iterator[URLPattern]:
    for one in patterns:
        if isinstance(one, URLResolver):
            yield from _patterns(one.url_patterns)
        else:
            yield one
