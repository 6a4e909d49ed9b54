"""Which roles are held at which kind of organisation, who gives them, and which nobody holds together."""

from collections.abc import Collection

from marketplace.core.actors import FINANCE, STAFF, Role
from marketplace.core.errors import WrongInput
from marketplace.core.text import first_upper

_SELLING = (Role.PROVIDER, Role.CONSULTANT)  # schools, trusts and councils sell to each other, too
_EVERYWHERE = (Role.DELEGATE, Role.VERIFIER)
ROLES_AT: dict[str, tuple[Role, ...]] = {
    "school": (Role.BUYER, Role.APPROVER, Role.HUB_LEAD, *_SELLING, *_EVERYWHERE),
    "trust": (Role.TRUST_FINANCE, Role.HUB_LEAD, *_SELLING, *_EVERYWHERE),
    "authority": (Role.COMMISSIONER, Role.COUNCIL_PAYMENTS, Role.BUYER, Role.APPROVER, *_SELLING, *_EVERYWHERE),
    "provider": (*_SELLING, Role.SCHEME_SUPPLIER, *_EVERYWHERE),
    "other": (Role.BUYER, Role.APPROVER, Role.SCHEME_SUPPLIER, Role.HUB_LEAD, *_SELLING, *_EVERYWHERE),
    "partnership": (
        Role.FINANCE_OFFICER, Role.FINANCE_MANAGER, Role.ORGANISER, Role.AUDITOR, Role.ADMINISTRATOR,
        Role.PANEL, Role.BOARD_MEMBER, *_EVERYWHERE,
    ),
}  # fmt: skip
GIVEN_BY: dict[Role, frozenset[Role]] = {
    Role.APPROVER: frozenset({Role.BUYER, Role.APPROVER, Role.HUB_LEAD, *_SELLING, Role.DELEGATE}),
    Role.TRUST_FINANCE: frozenset(
        {Role.TRUST_FINANCE, Role.BUYER, Role.APPROVER, Role.HUB_LEAD, *_SELLING, Role.DELEGATE}
    ),
    Role.PROVIDER: frozenset({Role.PROVIDER, Role.CONSULTANT, Role.DELEGATE}),
    Role.COMMISSIONER: frozenset({Role.COMMISSIONER, Role.COUNCIL_PAYMENTS, Role.DELEGATE}),
}
"""Who keeps the people of their own organisation, and the roles that they give there; an administrator gives any."""
KEEPERS = frozenset(GIVEN_BY)


def roles_to_give(kind: str, held: Collection[Role], *, administrator: bool) -> list[Role]:
    """The roles that somebody may give at an organisation of a kind, who holds ``held`` there; in the order of the page."""
    allowed = set(Role) if administrator else {role for own in held for role in GIVEN_BY.get(own, ())}
    return [role for role in ROLES_AT[kind] if role in allowed]


def check_fits(role: Role, kind: str, name: str) -> None:
    """Raises WrongInput where such an organisation has nobody of that role."""
    if role in ROLES_AT[kind]:
        return
    if role in STAFF:
        raise WrongInput(f"{first_upper(role.one)} is one at the partnership itself, not at {name}.", field="role")
    there = ", ".join(one.words for one in ROLES_AT[kind])
    raise WrongInput(f"Nobody is {role.words} of {name}. The roles there are: {there}.", field="role")


def check_apart(role: Role, held: Collection[Role]) -> None:
    """Raises WrongInput where a person may not hold both: who says who may do what handles no money, and who audits the
    partnership does none of its work."""
    both = {role, *held}
    if Role.ADMINISTRATOR in both and both & FINANCE:
        raise WrongInput(
            "Nobody is administrator and handles money at the same time. End the other role first.", field="role"
        )
    if Role.AUDITOR in both and (work := sorted(one.words for one in both & (STAFF - {Role.AUDITOR}))):
        raise WrongInput(
            f"Nobody audits what they do themselves: auditor and {work[0]}. End the other role first.", field="role"
        )
