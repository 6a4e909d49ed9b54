"""E-mails about returns: to who sends them when they fall due or are decided, to who decides when they wait or are late.

Neither what was claimed nor why it was sent back stands in them: both are on the page alone.
"""

from datetime import date

from frontend.jinja import url
from frontend.notices.readers import absolute, to_person, to_roles
from frontend.notices.topics_of_claims import DECIDING, RETURNS
from marketplace.core.actors import Role, platform
from marketplace.core.models import Event
from marketplace.core.outbox import handles
from marketplace.core.wording import london_day
from marketplace.messaging.services import To, send
from marketplace.organisations.models import RoleAssignment
from marketplace.organisations.queries import partnership
from marketplace.organisations.services.people import on_day
from subscriptions.outcomes.acting import claimant_organisation, claiming_roles
from subscriptions.outcomes.models import ContractPerson, Measure, OutcomeContract, OutcomeItem, Submission
from subscriptions.outcomes.queries import item_for, submissions_of

ACTOR = platform("notices")
_TO_CLAIMANT = {
    "outcome_item.accepted": "Read what was accepted",
    "outcome_item.accepted_part": "Read what was accepted",
    "outcome_item.sent_back": "Send it again",
    "outcome_item.not_met": "Read what was decided",
    "outcome_item.undone": "Read what was decided",
    "outcome_item.extended": "You have more time",
    "outcome_item.due_soon": "Send the return",
}
_TO_DECIDER = {
    "outcome_item.submitted": "Decide on a return",
    "outcome_item.undone": "Decide on a return again",
    "outcome_item.decision_late": "Overdue: decide on a return",
}


@handles(*_TO_CLAIMANT, name="notices.return_decided")
def return_decided(event: Event) -> None:
    """Tells whoever sent it; where nobody has, all who claim under the contract."""
    item = item_for(ACTOR, event.subject, event.payload["item"])
    newest = submissions_of(item).first()
    on = london_day(event.at)
    readers = to_person(newest.claimant) if newest and event.kind != "outcome_item.due_soon" else []
    link = absolute(url("hub-return", number=event.subject, code=item.code))
    for to in readers or claimants_of(item.contract, on):
        _send(event, item, to, RETURNS, _TO_CLAIMANT[event.kind], link)


@handles(*_TO_DECIDER, name="notices.return_waits")
def return_waits(event: Event) -> None:
    """Tells those who may decide; where it is late, the partnership's organisers too."""
    item = item_for(ACTOR, event.subject, event.payload["item"])
    ordinal = event.payload.get("waits") or event.payload["submission"]
    claim = Submission.objects.filter(item=item, ordinal=ordinal).first()
    if claim is None or claim.state != Submission.State.SUBMITTED:
        return
    on, verb = london_day(event.at), _TO_DECIDER[event.kind]
    link = absolute(url("verify-decide", number=event.subject, code=item.code, ordinal=ordinal))
    readers = deciders_of(item.contract, item.measure, on)
    for to in readers:
        _send(event, item, to, DECIDING, verb, link)
    if event.kind == "outcome_item.decision_late":
        told = {to.person_id for to in readers}
        ours = absolute(url("hub-return", number=event.subject, code=item.code))
        for to in to_roles(partnership().pk, [Role.ORGANISER], on):
            if to.person_id not in told:
                _send(event, item, to, DECIDING, "Overdue: ask the verifier of a return", ours)


def claimants_of(contract: OutcomeContract, on: date) -> list[To]:
    """All who claim under it: by their role, and the deputies of the day; each once."""
    found = to_roles(claimant_organisation(contract).pk, claiming_roles(contract), on)
    known = {to.person_id for to in found}
    named = ContractPerson.objects.filter(on_day(on), contract=contract).select_related("person__user")
    return found + [to for one in named if one.person_id not in known for to in to_person(one.person)]


def deciders_of(contract: OutcomeContract, measure: Measure | None, on: date) -> list[To]:
    """Verifiers of the measure's own verifier, else all but the claimant's; where we earn, commissioners of who pays."""
    owner = claimant_organisation(contract)
    if measure is not None and measure.verifier_id:
        found = to_roles(measure.verifier_id, [Role.VERIFIER], on)
    elif contract.side == OutcomeContract.Side.EARNS:
        found = to_roles(contract.party_id, [Role.COMMISSIONER], on)
    else:
        held = RoleAssignment.objects.filter(on_day(on), role=Role.VERIFIER.value).exclude(organisation=owner)
        places = sorted(set(held.values_list("organisation_id", flat=True)))
        found = [to for place in places for to in to_roles(place, [Role.VERIFIER], on)]
    bound = set(RoleAssignment.objects.filter(on_day(on), organisation=owner).values_list("person_id", flat=True))
    bound |= set(ContractPerson.objects.filter(on_day(on), contract=contract).values_list("person_id", flat=True))
    return list({to.person_id: to for to in found if to.person_id not in bound}.values())


def tell_of_return(
    item: OutcomeItem, to: To, *, topic: str, verb: str, link: str, key: str, event: Event | None = None
) -> None:
    """One e-mail about an amount; of a confidential contract it gives the number alone."""
    send(
        key=key,
        topic=topic,
        to=to,
        template="mail/return.jinja",
        context={
            "verb": verb, "item": item, "contract": item.contract, "school": item.contract.party.name, "link": link,
        },
        event=event,
    )  # fmt: skip


def _send(event: Event, item: OutcomeItem, to: To, topic: str, verb: str, link: str) -> None:
    tell_of_return(item, to, topic=topic, verb=verb, link=link, key=f"return:{item.pk}:{event.pk}", event=event)
