"""E-mails about heads: to who decides when they are returned, to who returned them when they are decided.

Neither how many there are nor why they were sent back stands in them: both are on the page alone.
"""

from frontend.formats import long_date
from frontend.jinja import url
from frontend.notices.claims import claimants_of, deciders_of
from frontend.notices.outcome_contracts import called, facts_of
from frontend.notices.readers import absolute, to_person
from frontend.notices.telling import Told, tell
from frontend.notices.topics_of_claims import DECIDING, RETURNS
from marketplace.core.models import Event
from marketplace.core.outbox import handles
from marketplace.core.wording import london_day
from subscriptions.outcomes.models import VolumeReturn

State = VolumeReturn.State
ON_THE_PAGE = (
    "How many there are and what was decided stands on the page, not in this e-mail. Nothing is paid before a decision."
)
_DECIDED = {
    "outcome_volume.accepted": (State.ACCEPTED, "Heads accepted", "Read what it comes to"),
    "outcome_volume.rejected": (State.REJECTED, "Return heads again", "Return them again"),
}


@handles("outcome_volume.returned", name="notices.return_of_heads_waits")
def heads_returned(event: Event) -> None:
    """Asks those who may decide, unless somebody has meanwhile."""
    found = _newest(event, State.SUBMITTED)
    if found is None:
        return
    contract = found.statement.contract
    link = url(
        "verify-heads", number=contract.number, statement=found.statement.ordinal, code=found.milestone.code,
        ordinal=found.ordinal,
    )  # fmt: skip
    said = Told(
        f"Decide on heads: {called(contract)}", _facts(found), [ON_THE_PAGE], "Decide on them", absolute(link)
    )  # fmt: skip
    readers = deciders_of(contract, None, london_day(event.at))
    tell(readers, said, key=f"heads:{event.pk}", topic=DECIDING, event=event)


@handles(*_DECIDED, name="notices.return_of_heads_decided")
def heads_decided(event: Event) -> None:
    """Tells whoever returned them; where they are gone, all who claim under the contract."""
    state, verb, action = _DECIDED[event.kind]
    found = _newest(event, state)
    if found is None:
        return
    contract = found.statement.contract
    link = url("hub-heads", number=contract.number, ordinal=found.statement.ordinal, code=found.milestone.code)
    said = Told(f"{verb}: {called(contract)}", _facts(found), [ON_THE_PAGE], action, absolute(link))
    readers = to_person(found.claimant) or claimants_of(contract, london_day(event.at))
    tell(readers, said, key=f"heads:{event.pk}", topic=RETURNS, event=event)


def _newest(event: Event, state: str) -> VolumeReturn | None:
    """The last return of these heads in that state."""
    rows = VolumeReturn.objects.select_related("statement__contract__party", "milestone", "claimant__user")
    found = rows.filter(
        statement__contract__number=event.subject, statement__ordinal=event.payload["statement"],
        milestone__code=event.payload["milestone"], state=state,
    )  # fmt: skip
    return found.order_by("-ordinal").first()


def _facts(found: VolumeReturn) -> list[tuple[str, str]]:
    contract = found.statement.contract
    milestone = "" if contract.confidential else found.milestone.name
    return [*facts_of(contract), ("Heads", milestone), ("Statement to", long_date(found.statement.cut_off))]
