"""Heads of contracts that pay by numbers of people: what was returned of each statement, what it comes to, who decides.

Scoped to an actor as everything of a contract: see ``queries``. A verifier who does not see the contract sees the returns
that are theirs to decide and those that their organisation decided.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from marketplace.core.actors import Actor, Role
from marketplace.core.errors import NotFound
from subscriptions.outcomes.models import Band, ContractVersion, Milestone, OutcomeContract, Statement, VolumeReturn
from subscriptions.outcomes.queries import IN_HAND, OURS, claiming, deciding, outcome_contracts_for
from subscriptions.outcomes.rules import fees
from subscriptions.outcomes.rules.bands import Heads, RefundRule
from subscriptions.outcomes.rules.stating import HeadsPart, MilestoneHeads, heads_parts
from subscriptions.outcomes.services.working_out import Volumes

State = VolumeReturn.State
_WITH = (
    "statement__contract__party", "milestone", "claimant", "claimant_organisation", "decided_by", "decided_organisation",
)  # fmt: skip


@dataclass(frozen=True)
class HeadsOf:
    """A milestone on one statement: its returns, the newest first, and what heads come to by the bands that hold there."""

    statement: Statement
    milestone: Milestone
    returns: list[VolumeReturn]
    accepted: MilestoneHeads
    bands: Sequence[fees.Band]

    @property
    def newest(self) -> VolumeReturn | None:
        """The last return, whatever became of it."""
        return self.returns[0] if self.returns else None

    @property
    def before(self) -> Heads:
        """What was accepted on statements before this one."""
        earlier = [*self.accepted.earlier, *(heads for one in self.accepted.terms_before for heads in one.heads)]
        return Heads(sum(one.billable for one in earlier), sum(one.refundable for one in earlier))

    @property
    def may_return(self) -> bool:
        """Whether heads may be returned: the statement is open, and no return of it waits or counts."""
        waits = self.newest is not None and self.newest.state != State.REJECTED
        return self.statement.state == Statement.State.OPEN and not waits and self.statement.contract.state in IN_HAND

    def parts(self, heads: Heads | None = None) -> list[HeadsPart]:
        """What these heads would come to, or those that were accepted, by band."""
        contract = self.statement.contract
        milestone = self.accepted if heads is None else replace(self.accepted, present=heads)
        return heads_parts(self.bands, RefundRule(contract.refund_rule), milestone, contract.cut_places)


def heads_of(statements: Iterable[Statement]) -> list[HeadsOf]:
    """Of each statement the milestones that hold on its last day; nothing for contracts that do not pay by heads.

    Six queries, however many statements; two where none pays by heads.
    """
    rows = list(statements)
    volumes = Volumes({one.contract_id for one in rows})
    terms = [(one, found) for one in rows if (found := volumes.terms_on(one.contract, one)) is not None]
    returns: dict[tuple[int, int], list[VolumeReturn]] = defaultdict(list)
    if terms:
        found_returns = VolumeReturn.objects.filter(statement__in=[row for row, _ in terms])
        for one in _with_names(found_returns.order_by("-ordinal")):
            returns[one.statement_id, one.milestone_id].append(one)
    return [
        HeadsOf(statement, milestone, returns[statement.pk, milestone.pk], accepted, found.bands)
        for statement, found in terms
        for milestone, accepted in found.milestones
    ]


def heads_of_one(statement: Statement, code: str) -> HeadsOf:
    """One milestone of a statement by its code, or NotFound."""
    found = next((one for one in heads_of([statement]) if one.milestone.code == code), None)
    if found is None:
        raise NotFound("There is no such milestone on this statement.")
    return found


def heads_terms(contract: OutcomeContract, on: date) -> tuple[list[Band], list[Milestone]]:
    """The bands and milestones of the terms that hold on a day; those of the first terms before they begin or are agreed."""
    versions = ContractVersion.objects.filter(contract=contract, bands__isnull=False)
    agreed = versions.filter(state=ContractVersion.State.AGREED, valid_from__lte=on).order_by("-number").first()
    version = agreed or versions.order_by("number").first()
    return (list(version.bands.all()), list(version.milestones.all())) if version else ([], [])


def volume_returns_for(actor: Actor) -> QuerySet[VolumeReturn]:
    """Returns of heads that the actor may see, newest first."""
    found = _with_names(VolumeReturn.objects.order_by("-pk"))
    if actor.system or actor.has(*OURS):
        return found
    own = Q(statement__contract__in=outcome_contracts_for(actor).order_by().values("pk"))
    return found.filter(own | _to_decide(actor) | _decided(actor))


def volume_return_for(actor: Actor, number: str, statement: int, code: str, ordinal: int) -> VolumeReturn:
    """One return of heads, or NotFound whether it is missing or not the actor's."""
    found = volume_returns_for(actor).filter(
        statement__contract__number=number, statement__ordinal=statement, milestone__code=code, ordinal=ordinal
    )
    if (one := found.first()) is None:
        raise NotFound("There is no such return.")
    return one


def heads_to_decide_for(actor: Actor) -> QuerySet[VolumeReturn]:
    """Returns of heads that wait for the actor's decision, oldest first; never of their own organisation."""
    return _with_names(VolumeReturn.objects.filter(_to_decide(actor)).order_by("submitted_on", "pk"))


def heads_decided_by_organisations_of(actor: Actor) -> QuerySet[VolumeReturn]:
    """What the actor's organisations decided of heads, newest first."""
    return _with_names(VolumeReturn.objects.filter(_decided(actor)).order_by("-decided_on", "-pk"))


def statements_to_return_for(actor: Actor, on: date, until: date) -> QuerySet[Statement]:
    """Open statements that the actor returns heads for, with a last day by ``until`` and no return yet; soonest first."""
    returned = VolumeReturn.objects.filter(statement=OuterRef("pk"))
    bands = Band.objects.filter(
        version__contract=OuterRef("contract"), version__state=ContractVersion.State.AGREED,
        version__valid_from__lte=OuterRef("cut_off"),
    )  # fmt: skip
    found = Statement.objects.filter(
        Exists(bands), ~Exists(returned), claiming(actor, on), state=Statement.State.OPEN, cut_off__lte=until,
        contract__state__in=IN_HAND,
    )  # fmt: skip
    return found.select_related("contract__party").order_by("cut_off", "pk")


def heads_sent_back_for(actor: Actor, on: date) -> QuerySet[VolumeReturn]:
    """Returns of heads that were sent back to the actor, still to be returned again; soonest first."""
    again = VolumeReturn.objects.filter(
        statement=OuterRef("statement"), milestone=OuterRef("milestone"), ordinal__gt=OuterRef("ordinal")
    )
    found = VolumeReturn.objects.filter(
        ~Exists(again), claiming(actor, on, "statement__contract"), state=State.REJECTED,
        statement__state=Statement.State.OPEN, statement__contract__state__in=IN_HAND,
    )  # fmt: skip
    return _with_names(found.order_by("statement__cut_off", "pk"))


def _with_names(found: QuerySet[VolumeReturn]) -> QuerySet[VolumeReturn]:
    return found.select_related(*_WITH)


def _to_decide(actor: Actor) -> Q:
    """The same as ``acting.require_decider`` without a measure, as a condition of the database."""
    nothing = Q(pk__in=[])
    verifies = ~nothing if actor.organisations(Role.VERIFIER) else nothing
    waits = Q(state=State.SUBMITTED, statement__contract__state__in=IN_HAND) & ~Q(claimant=actor.person_id or 0)
    return waits & deciding(actor, verifies, "statement__contract")


def _decided(actor: Actor) -> Q:
    return Q(decided_organisation__in=actor.organisations(Role.VERIFIER, Role.COMMISSIONER))
