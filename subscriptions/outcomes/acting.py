"""Who acts for which side of a contract that pays on verification: who claims, and who may decide on what they claim."""

from datetime import date

from marketplace.core.actors import Actor, Role
from marketplace.core.errors import NotAllowed, WrongInput
from marketplace.organisations.models import Organisation, Person, RoleAssignment
from marketplace.organisations.queries import partnership
from marketplace.organisations.services.people import on_day
from subscriptions.outcomes.models import ContractPerson, Measure, OutcomeContract

Kind, Side = OutcomeContract.Kind, OutcomeContract.Side
CLAIMING_OF_A_SCHOOL = (Role.HUB_LEAD, Role.BUYER, Role.APPROVER)
"""Who claims for a school that was promised matched funding or a trust partnership: it needs no lead to do so."""
SIMPLE_KINDS = (Kind.MATCHED, Kind.TRUST)


def claimant_organisation(contract: OutcomeContract) -> Organisation:
    """Who is paid, and so claims: the other party where the partnership pays, the partnership where it earns."""
    return contract.party if contract.side == Side.PAYS else partnership()


def claiming_roles(contract: OutcomeContract) -> tuple[Role, ...]:
    """The roles that claim, held at the organisation that claims."""
    if contract.side == Side.EARNS:
        return (Role.ORGANISER,)
    return CLAIMING_OF_A_SCHOOL if contract.kind in SIMPLE_KINDS else (Role.HUB_LEAD,)


def names_deputies(contract: OutcomeContract, actor: Actor) -> bool:
    """Whether the actor claims by a role of their own where the partnership pays: who does names deputies."""
    roles = actor.organisations(*claiming_roles(contract))
    return contract.side == Side.PAYS and claimant_organisation(contract).pk in roles


def person_there(owner: Organisation, email: str, on: date) -> Person:
    """Somebody with a sign-in and a role at the organisation, by their address; WrongInput otherwise."""
    held = RoleAssignment.objects.filter(on_day(on), organisation=owner).values("person_id")
    found = Person.objects.filter(pk__in=held, email__iexact=email, user__is_active=True).order_by("pk").first()
    if found is None:
        raise WrongInput(f"Nobody at {owner.name} signs in with {email}. Ask the administrator to add them.")
    return found


def is_deputy(contract: OutcomeContract, actor: Actor, on: date) -> bool:
    """Whether the actor is named on this contract as the lead's deputy on that day."""
    named = ContractPerson.objects.filter(on_day(on), contract=contract, person_id=actor.person_id or 0)
    return named.exists()


def claims_for(contract: OutcomeContract, actor: Actor, on: date) -> bool:
    """Whether the actor may claim under the contract on that day."""
    if actor.person_id is None:
        return False
    if claimant_organisation(contract).pk in actor.organisations(*claiming_roles(contract)):
        return True
    return contract.side == Side.PAYS and is_deputy(contract, actor, on)


def require_claimant(contract: OutcomeContract, actor: Actor, on: date, *, to: str) -> Organisation:
    """The organisation for which the actor claims, or NotAllowed. Somebody claims by name: never the platform itself."""
    owner = claimant_organisation(contract)
    if not claims_for(contract, actor, on):
        words = " or ".join(role.one for role in claiming_roles(contract))
        raise NotAllowed(f"You may not {to}. Ask {words} of {owner.name} to do it.")
    return owner


def require_decider(
    contract: OutcomeContract, measure: Measure | None, actor: Actor, on: date, *, claimant_id: int | None = None
) -> int:
    """The id of the organisation for which the actor decides on what is claimed under the contract, or NotAllowed.

    Never whoever claimed (``claimant_id``, a person, whichever login they use), nobody who holds any role at the claimant's
    organisation or acts for it as a deputy. Then a verifier (of the measure's own verifier, where it names one); where the
    partnership earns also a commissioner of the party that pays.
    """
    owner = claimant_organisation(contract)
    if actor.person_id is not None and actor.person_id == claimant_id:
        raise NotAllowed("You claimed this, so someone else must decide.")
    if owner.pk in actor.organisations(deputies=True) or is_deputy(contract, actor, on):
        raise NotAllowed(f"You work for {owner.name}, so someone else must decide.")
    found = deciding_organisations(contract, measure, actor) - {owner.pk}
    if actor.person_id is None or not found:
        who = f"verifier of {measure.verifier.name}" if measure and measure.verifier else "verifier"
        raise NotAllowed(f"You may not decide on what is claimed. Ask a {who} to do it.")
    preferred = contract.party_id if contract.party_id in found else None
    return preferred or min(found)


def deciding_organisations(contract: OutcomeContract, measure: Measure | None, actor: Actor) -> set[int]:
    """At which organisations the actor holds a role that decides on the measure; claims of their own are not left out."""
    verifying = actor.organisations(Role.VERIFIER)
    if contract.side == Side.EARNS and contract.party_id in actor.organisations(Role.COMMISSIONER):
        return {contract.party_id} | (verifying & _named(measure, verifying))
    return verifying & _named(measure, verifying)


def _named(measure: Measure | None, otherwise: set[int]) -> set[int]:
    return {measure.verifier_id} if measure is not None and measure.verifier_id else otherwise
