"""Examples of the pages of people, for frontend.pages."""

from collections.abc import Callable

from django.urls import reverse

from frontend.examples import Example, Pages, World
from marketplace.organisations.models import RoleAssignment

ADMINISTRATOR, APPROVER, AUDITOR = "administrator", "approver", "auditor"


def _at(name: str, query: str = "") -> str:
    return reverse(name) + query


def _role(world: World) -> RoleAssignment:
    """The role of the buyer whose limit is small."""
    return RoleAssignment.objects.get(person=world.actors["small_limit"].person_id or 0, valid_to__isnull=True)


def _person(world: World) -> str:
    return reverse("person", args=[_role(world).person_id])


def _of_role(name: str) -> Callable[[World], str]:
    def address(world: World) -> str:
        one = _role(world)
        return reverse(name, args=[one.person_id, one.pk])

    return address


def _adding(world: World) -> str:
    return _at("people-add", f"?at={world.buyer(APPROVER).organisation.number}")


def _more(world: World) -> str:
    return (
        reverse("person-role-add", args=[_role(world).person_id]) + f"?at={world.buyer(APPROVER).organisation.number}"
    )


_end, _limit = _of_role("person-role-end"), _of_role("person-role-limit")

PAGES: Pages = {
    "people": [
        Example(ADMINISTRATOR, "full", lambda _: _at("people"), finds="Who may do what"),
        Example(APPROVER, "own", lambda _: _at("people"), finds="Add somebody"),
        Example(AUDITOR, "auditor", lambda _: _at("people", "?show=all"), finds="Who may do what"),
        Example(ADMINISTRATOR, "empty", lambda _: _at("people", "?q=zeppelin"), finds="Nobody matches"),
    ],
    "person": [
        Example(ADMINISTRATOR, "full", _person, finds="Give another role"),
        Example(AUDITOR, "auditor", _person, finds="History"),
    ],
    "people-add": [
        Example(ADMINISTRATOR, "choose", lambda _: _at("people-add"), finds="At which organisation?"),
        Example(ADMINISTRATOR, "found", lambda _: _at("people-add", "?q=primary"), finds="Found"),
        Example(ADMINISTRATOR, "empty", lambda _: _at("people-add", "?q=zeppelin"), finds="No organisation fits"),
        Example(APPROVER, "full", _adding, finds="What may they do?"),
        Example(APPROVER, "error", _adding, post={"name": "", "email": "office"}, finds="Enter their name"),
    ],
    "person-role-add": [Example(ADMINISTRATOR, "full", _more, finds="Give this role")],
    "person-role-end": [
        Example(ADMINISTRATOR, "full", _end, finds="When does it end?"),
        Example(ADMINISTRATOR, "error", _end, post={"ends": "later"}, finds="Enter the last day"),
    ],
    "person-role-limit": [
        Example(ADMINISTRATOR, "full", _limit, finds="Change the limit"),
        Example(ADMINISTRATOR, "error", _limit, post={"limit": "ten"}, finds="must be pounds and pence"),
    ],
    "person-name": [
        Example(
            ADMINISTRATOR, "full", lambda world: reverse("person-name", args=[_role(world).person_id]),
            finds="Documents that were issued keep",
        ),
    ],
}  # fmt: skip
