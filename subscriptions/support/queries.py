"""Reads over support plans and matched funding, scoped to an actor. A confidential plan is nobody's but its parties'."""

from django.db.models import Q, QuerySet

from marketplace.core.actors import FINANCE_READERS, Actor, Role
from marketplace.core.errors import NotFound
from marketplace.organisations.models import Organisation
from subscriptions.support.models import MatchedPromise, MatchedScheme, SupportPlan
from subscriptions.support.rules import matched

_OF_A_SCHOOL = (Role.APPROVER, Role.BUYER)
_OF_A_FUNDER = (Role.COMMISSIONER,)


def plans_for(actor: Actor) -> QuerySet[SupportPlan]:
    """The newest first. Organisers see all; finance and the auditor all but the confidential; a school's buyers and
    approvers its agreed ones and those to agree (a confidential one only its approvers); a commissioner what it funds."""
    found = SupportPlan.objects.select_related("school", "funder", "follows").order_by("-pk")
    if actor.has(Role.ORGANISER):
        return found
    mine = Q(school__in=actor.organisations(Role.APPROVER)) | Q(
        school__in=actor.organisations(*_OF_A_SCHOOL), confidential=False
    )
    mine |= Q(funder__in=actor.organisations(*_OF_A_FUNDER))
    if actor.has(*FINANCE_READERS):
        mine |= Q(confidential=False)
    return found.filter(mine)


def plan_for(actor: Actor, number: str) -> SupportPlan:
    """One by its number, or NotFound."""
    found = plans_for(actor).filter(number=number).first()
    if found is None:
        raise NotFound("There is no such support plan.")
    return found


def schemes_for(actor: Actor) -> QuerySet[MatchedScheme]:
    """Schemes that match funding, the latest first; NotFound for anybody but organisers, finance and the auditor."""
    if not actor.has(Role.ORGANISER, *FINANCE_READERS):
        raise NotFound("There is no such page.")
    return MatchedScheme.objects.order_by("-valid_from", "code")


def scheme_for(actor: Actor, code: str) -> MatchedScheme:
    """One by its code, or NotFound."""
    found = schemes_for(actor).filter(code=code).first()
    if found is None:
        raise NotFound("There is no such scheme.")
    return found


def promises_of(scheme: MatchedScheme) -> QuerySet[MatchedPromise]:
    """The promises of a scheme, the newest first, with their contracts and schools."""
    return scheme.promises.select_related("contract__party").order_by("-pk")


def promisable(scheme: MatchedScheme, school: Organisation, spend: int) -> int:
    """Pence that ``promise_match`` would promise a school now for ``spend`` pence: the same rule, nothing written."""
    own = MatchedPromise.objects.filter(scheme=scheme, contract__party=school)
    given = sum(one.pence - one.released_pence for one in own)
    return matched(spend=spend, share=scheme.share, most=max(0, scheme.most_pence - given), left=scheme.left_pence)


def promises_for(actor: Actor) -> QuerySet[MatchedPromise]:
    """Promises, the newest first: all for organisers, finance and the auditor; an approver's school's own."""
    found = MatchedPromise.objects.select_related("scheme", "contract__party").order_by("-pk")
    if actor.has(Role.ORGANISER, *FINANCE_READERS):
        return found
    return found.filter(contract__party__in=actor.organisations(Role.APPROVER))


def matched_for(actor: Actor, school: Organisation) -> QuerySet[MatchedPromise]:
    """What one school was promised, the newest first; empty for whoever does not approve there."""
    return promises_for(actor).filter(contract__party=school, contract__party__in=actor.organisations(Role.APPROVER))
