"""Contracts that pay on verification and what is claimed under them, scoped to an actor.

Finance, organisers and the auditor see all; the other party's people and their deputies their own; a verifier what waits
for them and what their organisation decided. Everybody else is told that there is none.
"""

from collections.abc import Iterable
from datetime import date

from django.db.models import Q, QuerySet
from django.utils import timezone

from marketplace.core.actors import FINANCE_READERS, Actor, Role
from marketplace.core.errors import NotFound
from marketplace.core.files import visible_to
from marketplace.core.models import StoredFile
from marketplace.organisations.queries import partnership
from marketplace.organisations.services.people import on_day
from subscriptions.outcomes.acting import CLAIMING_OF_A_SCHOOL, SIMPLE_KINDS, claims_for
from subscriptions.outcomes.models import (
    ContractPerson,
    Evidence,
    MeasuredFact,
    OutcomeContract,
    OutcomeItem,
    Statement,
    Submission,
)
from subscriptions.outcomes.services.contracting import AGREEING

OWNER_KIND = "outcome-evidence"
OURS = FINANCE_READERS | {Role.ORGANISER}
PARTY = (Role.HUB_LEAD, Role.APPROVER, Role.COMMISSIONER, Role.COUNCIL_PAYMENTS, Role.PROVIDER)
"""Who reads a contract of the organisation at which they hold the role."""
Side, State = OutcomeContract.Side, OutcomeContract.State
IN_HAND = (State.ACTIVE, State.ENDED, State.TERMINATED)
_OF_ITEM = ("contract__party", "measure__verifier", "statement")


def outcome_contracts_for(actor: Actor) -> QuerySet[OutcomeContract]:
    """Newest first, with whose they are. Drafts are the partnership's alone, until they are offered or discarded."""
    found = OutcomeContract.objects.select_related("party").order_by("-pk")
    if actor.system or actor.has(*OURS):
        return found
    return found.filter(_of_party(actor)).exclude(state__in=[State.DRAFT, State.DISCARDED]).distinct()


def outcome_contract_for(actor: Actor, number: str) -> OutcomeContract:
    """One contract, or NotFound whether it is missing or not the actor's."""
    found = outcome_contracts_for(actor).filter(number=number).first()
    if found is None:
        raise NotFound("There is no such contract.")
    return found


def sees_contract(actor: Actor, contract: OutcomeContract) -> bool:
    """Whether the actor sees it as one of its parties, or as finance, an organiser or the auditor."""
    return outcome_contracts_for(actor).filter(pk=contract.pk).exists()


def _of_party(actor: Actor) -> Q:
    """Contracts of organisations at which the actor reads, and those on which they are named as a deputy today."""
    simple = Q(kind__in=SIMPLE_KINDS, party__in=actor.organisations(*CLAIMING_OF_A_SCHOOL))
    return Q(party__in=actor.organisations(*PARTY)) | simple | Q(pk__in=_deputies_of(actor).values("contract_id"))


def to_agree_for(actor: Actor) -> QuerySet[OutcomeContract]:
    """Contracts that are offered and may be agreed by the actor for the other party, oldest first."""
    binding = Q(pk__in=[])
    for side, roles in AGREEING.items():
        binding |= Q(side=side, party__in=actor.organisations(*roles))
    return OutcomeContract.objects.filter(binding, state=State.OFFERED).order_by("offered_on", "pk")


def claimable_by(actor: Actor, on: date) -> QuerySet[OutcomeItem]:
    """Items that the actor may claim on that day: not claimed yet, or sent back. The same as ``acting.claims_for``."""
    mine = claiming(actor, on)
    found = OutcomeItem.objects.filter(
        mine, state__in=[OutcomeItem.State.PLANNED, OutcomeItem.State.REJECTED], measure__isnull=False,
        claimed_from__lte=on, due_on__gte=on, contract__state__in=IN_HAND,
    )  # fmt: skip
    return found.select_related("contract")


def claiming(actor: Actor, on: date, at: str = "contract") -> Q:
    """Contracts under which the actor claims on that day; ``at`` is where the contract stands from a row."""
    named = ContractPerson.objects.filter(on_day(on), person_id=actor.person_id or 0).values("contract_id")
    simple = {f"{at}__kind__in": SIMPLE_KINDS}
    of_school = Q(**simple, **{f"{at}__party__in": actor.organisations(*CLAIMING_OF_A_SCHOOL)})
    lead = ~Q(**simple) & Q(**{f"{at}__party__in": actor.organisations(Role.HUB_LEAD)})
    mine = Q(**{f"{at}__side": Side.PAYS}) & (lead | of_school | Q(**{f"{at}__in": named}))
    if partnership().pk in actor.organisations(Role.ORGANISER):
        mine |= Q(**{f"{at}__side": Side.EARNS})
    return mine


def items_of(contract: OutcomeContract) -> QuerySet[OutcomeItem]:
    """What the contract pays, soonest due first, each with its measure and statement."""
    found = OutcomeItem.objects.filter(contract=contract).select_related("measure__verifier", "statement")
    return found.order_by("due_on", "pk")


def item_for(actor: Actor, number: str, code: str) -> OutcomeItem:
    """One item of a contract that the actor sees, or NotFound."""
    seen = OutcomeItem.objects.select_related(*_OF_ITEM).filter(contract__in=outcome_contracts_for(actor).order_by())
    found = seen.filter(contract__number=number, code=code).first()
    if found is None:
        raise NotFound("There is no such item.")
    return found


def statements_of(contract: OutcomeContract) -> QuerySet[Statement]:
    """By their day."""
    return Statement.objects.filter(contract=contract).order_by("ordinal")


def submissions_of(item: OutcomeItem) -> QuerySet[Submission]:
    """What was claimed for an item and decided, newest first."""
    found = Submission.objects.filter(item=item).select_related("claimant", "claimant_organisation", "decided_by")
    return found.select_related("decided_organisation").order_by("-ordinal")


def evidence_of(item: OutcomeItem) -> QuerySet[Evidence]:
    """All that lies on an item, what was sent and what was not, oldest first."""
    return Evidence.objects.filter(item=item).select_related("submission", "added_by").order_by("pk")


def files_by_evidence(evidence: Iterable[Evidence]) -> dict[int, StoredFile]:
    """The file of each piece that is one, without its content. One query."""
    owners = [str(one.pk) for one in evidence if one.form == Evidence.Form.FILE]
    kept = StoredFile.objects.filter(owner_kind=OWNER_KIND, owner__in=owners).defer("content").order_by("pk")
    return {int(one.owner): one for one in kept}


def facts_of(item: OutcomeItem) -> QuerySet[MeasuredFact]:
    """What the platform counted for the item on the days of its service."""
    found = MeasuredFact.objects.filter(measure=item.measure, on__gte=item.service_from, on__lt=item.service_to)
    return found.order_by("on", "pk")


def submissions_for(actor: Actor) -> QuerySet[Submission]:
    """Claims that the actor may see: those of contracts they see, and those that are theirs to decide or were decided
    by their organisation; newest first."""
    found = Submission.objects.select_related(
        "item__contract__party", "item__measure__verifier", "claimant", "claimant_organisation", "decided_by",
        "decided_organisation",
    ).order_by("-pk")  # fmt: skip
    if actor.system or actor.has(*OURS):
        return found
    own = Q(item__contract__in=outcome_contracts_for(actor).order_by())
    return found.filter(own | _to_decide(actor) | _decided(actor))


def submission_for(actor: Actor, number: str, code: str, ordinal: int) -> Submission:
    """One claim, or NotFound."""
    found = submissions_for(actor).filter(item__contract__number=number, item__code=code, ordinal=ordinal).first()
    if found is None:
        raise NotFound("There is no such return.")
    return found


def to_verify_for(actor: Actor) -> QuerySet[Submission]:
    """What waits for the actor's decision, oldest first. What their own organisation claimed is never among it."""
    waits = Submission.objects.filter(_to_decide(actor), state=Submission.State.SUBMITTED).select_related(
        "item__contract__party", "item__measure__verifier", "claimant", "claimant_organisation"
    )
    return waits.order_by("submitted_on", "pk")


def decided_by_organisations_of(actor: Actor) -> QuerySet[Submission]:
    """What the actor's organisations decided, newest first."""
    found = Submission.objects.filter(_decided(actor)).select_related(
        "item__contract__party", "item__measure", "claimant_organisation", "decided_by", "decided_organisation"
    )
    return found.order_by("-decided_on", "-pk")


def sampled_for(actor: Actor) -> QuerySet[Submission]:
    """What was drawn for audit, newest first, of what the actor may see."""
    return submissions_for(actor).filter(sampled_on__isnull=False).order_by("-sampled_on", "-pk")


def unclaimed_to_decide(actor: Actor, on: date) -> QuerySet[OutcomeItem]:
    """Items past their day that nobody claimed or claimed again: to decide as not met, or to give more time."""
    found = OutcomeItem.objects.filter(
        _items_to_decide(actor), state__in=[OutcomeItem.State.PLANNED, OutcomeItem.State.REJECTED], due_on__lt=on,
        measure__isnull=False, contract__state__in=IN_HAND,
    )  # fmt: skip
    return found.select_related(*_OF_ITEM).order_by("due_on", "pk")


def verifies_item(actor: Actor, item: OutcomeItem) -> bool:
    """Whether the item's claims are the actor's to decide, or were decided by their organisation."""
    if OutcomeItem.objects.filter(_items_to_decide(actor), pk=item.pk, contract__state__in=IN_HAND).exists():
        return True
    return Submission.objects.filter(_decided(actor), item=item).exists()


def item_to_decide(actor: Actor, number: str, code: str) -> OutcomeItem:
    """An item whose claims are the actor's to decide, or NotFound."""
    found = OutcomeItem.objects.filter(
        _items_to_decide(actor), contract__number=number, code=code, contract__state__in=IN_HAND, measure__isnull=False
    )
    one = found.select_related(*_OF_ITEM).first()
    if one is None:
        raise NotFound("There is no such item.")
    return one


def _items_to_decide(actor: Actor, at: str = "") -> Q:
    """Items on which the actor decides by role, those that their own organisation claims left out.

    The same as ``acting.require_decider``, as a condition of the database; a test holds the two together.
    """
    verifying = actor.organisations(Role.VERIFIER)
    by_role = Q(**{f"{at}measure__verifier__in": verifying})
    if verifying:
        by_role |= Q(**{f"{at}measure__verifier__isnull": True})
    return deciding(actor, by_role, f"{at}contract")


def deciding(actor: Actor, by_role: Q, at: str) -> Q:
    """What the actor decides as a verifier (``by_role``) or as a commissioner of who pays, their own side's left out;
    ``at`` is where the contract stands from a row."""
    own = actor.organisations(deputies=True)
    paying = Q(**{f"{at}__side": Side.PAYS}) & by_role & ~Q(**{f"{at}__party__in": own})
    found = paying & ~Q(**{f"{at}__in": _deputies_of(actor).values("contract_id")})
    if partnership().pk not in own:
        of_payer = Q(**{f"{at}__party__in": actor.organisations(Role.COMMISSIONER)})
        found |= Q(**{f"{at}__side": Side.EARNS}) & (by_role | of_payer)
    return found


def _deputies_of(actor: Actor) -> QuerySet[ContractPerson]:
    """Where the actor is named as a deputy today."""
    return ContractPerson.objects.filter(on_day(timezone.localdate()), person_id=actor.person_id or 0)


def _to_decide(actor: Actor) -> Q:
    waits = Q(state=Submission.State.SUBMITTED, item__contract__state__in=IN_HAND)
    return waits & _items_to_decide(actor, "item__") & ~Q(claimant=actor.person_id or 0)


def _decided(actor: Actor) -> Q:
    return Q(decided_organisation__in=actor.organisations(Role.VERIFIER, Role.COMMISSIONER))


@visible_to(OWNER_KIND)
def sees_evidence(actor: Actor, owner: str) -> bool:
    """What was sent: who sees the contract, and who decides or decided on it. What was not: its claimant's side and ours."""
    found = Evidence.objects.filter(pk=int(owner)).select_related("item__contract").first()
    if found is None:
        return False
    contract = found.item.contract
    if found.submission_id is None:
        return actor.has(*OURS) or claims_for(contract, actor, timezone.localdate())
    return sees_contract(actor, contract) or verifies_item(actor, found.item)
