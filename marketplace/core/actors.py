"""Who acts: a person with dated roles resolved for one day, or the platform itself."""

from dataclasses import dataclass, field
from enum import StrEnum

from marketplace.core.errors import NotAllowed


class Role(StrEnum):
    """Roles a person may hold at an organisation. The partnership's own staff hold theirs at the partnership."""

    BUYER = "buyer"
    APPROVER = "approver"
    TRUST_FINANCE = "trust_finance"
    DELEGATE = "delegate"
    PROVIDER = "provider"
    CONSULTANT = "consultant"
    HUB_LEAD = "hub_lead"
    SCHEME_SUPPLIER = "scheme_supplier"
    COMMISSIONER = "commissioner"
    COUNCIL_PAYMENTS = "council_payments"
    PANEL = "panel"
    VERIFIER = "verifier"
    BOARD_MEMBER = "board_member"
    FINANCE_OFFICER = "finance_officer"
    FINANCE_MANAGER = "finance_manager"
    ORGANISER = "organiser"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"

    @property
    def words(self) -> str:
        return self.value.replace("_", " ")

    @property
    def one(self) -> str:
        """ "an approver", "a buyer"; of functions rather than people "trust finance"."""
        article = "" if self.value in ("trust_finance", "council_payments") else "a"
        return f"{article}{'n' if article and self.value[0] in 'aeio' else ''} {self.words}".strip()


FINANCE = frozenset({Role.FINANCE_OFFICER, Role.FINANCE_MANAGER})
FINANCE_READERS = FINANCE | {Role.AUDITOR}
STAFF = FINANCE_READERS | {Role.ORGANISER, Role.ADMINISTRATOR}
BUYING = frozenset({Role.BUYER, Role.APPROVER, Role.TRUST_FINANCE})
INVOICED = BUYING | {Role.PROVIDER, Role.COMMISSIONER, Role.COUNCIL_PAYMENTS}
"""Who reads what was invoiced to the organisation at which they hold the role."""
APPROVING = frozenset({Role.APPROVER, Role.TRUST_FINANCE})


@dataclass(frozen=True)
class Grant:
    """One role at one organisation (a trust's role also yields a grant for each of its schools on that day).

    ``on_behalf_of_person_id`` names whom a deputy stands in for; a grant of one's own has none.
    """

    role: Role
    organisation_id: int
    spending_limit_pence: int | None = None
    on_behalf_of_person_id: int | None = None


@dataclass(frozen=True)
class Actor:
    """The person behind a request. Approvals compare ``person_id``, never the login."""

    person_id: int | None
    user_id: int | None
    name: str
    grants: frozenset[Grant] = field(default_factory=frozenset)
    system: bool = False

    def has(self, *roles: Role) -> bool:
        return self.system or any(grant.role in roles for grant in self.grants)

    def organisations(self, *roles: Role, deputies: bool = False) -> set[int]:
        """Ids of the organisations at which the actor holds one of the roles (any role when none is named).

        What a deputy holds for somebody else is for reading and deciding approvals, and counts only with ``deputies``.
        """
        return {
            grant.organisation_id
            for grant in self.grants
            if (not roles or grant.role in roles) and (deputies or grant.on_behalf_of_person_id is None)
        }

    def require(self, *roles: Role, to: str) -> None:
        """Refuses unless one of the roles is held: ``actor.require(Role.FINANCE_OFFICER, to="issue invoices")``."""
        if not self.has(*roles):
            raise NotAllowed(f"You may not {to}. Ask {' or '.join(role.one for role in roles)} to do it.")

    def spending_limit(self, organisation_id: int) -> int | None:
        """Pence this actor may commit there in one order; None means no limit. Zero when no buying role is held.

        A deputy's grant does not count: it is for deciding on other people's orders.
        """
        own = (g for g in self.grants if g.role in BUYING and g.on_behalf_of_person_id is None)
        limits = [g.spending_limit_pence for g in own if g.organisation_id == organisation_id]
        if not limits:
            return None if self.system else 0
        return None if None in limits else max(limit for limit in limits if limit is not None)


ANONYMOUS = Actor(person_id=None, user_id=None, name="Anonymous")


def platform(name: str = "The platform") -> Actor:
    """The platform acting by itself: a command or a scheduled task, named in every event it records."""
    return Actor(person_id=None, user_id=None, name=name, system=True)
