"""E-mails about contracts that pay on results: offered, agreed, declined, ended early, and their variations.

Of a confidential contract they give the number alone. What somebody wrote as a reason stands on the page alone.
"""

from datetime import date

from frontend.formats import long_date, money
from frontend.jinja import url
from frontend.notices.readers import absolute, to_roles
from frontend.notices.telling import Told, tell
from frontend.notices.topics_of_outcomes import OUTCOMES
from marketplace.core.models import Event
from marketplace.core.outbox import handles
from marketplace.core.wording import london_day, period_words
from marketplace.messaging.services import To
from marketplace.organisations.queries import partnership
from subscriptions.outcomes.models import ContractVersion, OutcomeContract
from subscriptions.outcomes.services.contracting import AGREEING, DRAWING_UP

OURS, THEIRS = "ours", "theirs"


def called(contract: OutcomeContract) -> str:
    """How a subject names it."""
    return f"contract {contract.number}" if contract.confidential else contract.title


def facts_of(contract: OutcomeContract) -> list[tuple[str, str]]:
    """What it is and with whom; of a confidential one its number."""
    if contract.confidential:
        return [("Contract", contract.number)]
    return [("Contract", f"{contract.title}, {contract.number}"), ("With", contract.party.name)]


def amount_of(contract: OutcomeContract, pence: int) -> str:
    """A sum; empty where the contract is confidential."""
    return "" if contract.confidential else money(pence)


def summed(subject: str, amount: str) -> str:
    """A subject with its sum, where that may be told."""
    return f"{subject}, {amount}" if amount else subject


def of_side(contract: OutcomeContract, side: str, on: date) -> list[To]:
    """Who binds the other party, or who draws contracts up for the partnership."""
    if side == THEIRS:
        return to_roles(contract.party_id, AGREEING[OutcomeContract.Side(contract.side)], on)
    return to_roles(partnership().pk, DRAWING_UP, on)


def _contract(number: str) -> OutcomeContract:
    return OutcomeContract.objects.select_related("party").get(number=number)


def _ours(contract: OutcomeContract) -> str:
    return absolute(url("organise-outcome-contract", number=contract.number))


def _theirs(contract: OutcomeContract) -> str:
    return absolute(url("hub-contract", number=contract.number))


@handles("outcome_contract.offered", name="notices.outcome_contract_offered")
def offered(event: Event) -> None:
    """Asks the other party to agree, unless it has decided meanwhile."""
    found = _contract(event.subject)
    if found.state != OutcomeContract.State.OFFERED:
        return
    most = amount_of(found, found.value_pence)
    said = Told(
        summed(f"Agree a contract: {called(found)}", f"up to {most}" if most else ""),
        [*facts_of(found), ("Term", period_words(found.valid_from, found.valid_to)), ("At most, before VAT", most)],
        ["Read what it pays for and when. Agreed, it is in force; decline it with a reason if it is not what you want."],
        "Read and decide", _theirs(found),
    )  # fmt: skip
    tell(of_side(found, THEIRS, london_day(event.at)), said, key=_key(event), topic=OUTCOMES, event=event)


@handles("outcome_contract.agreed", "outcome_contract.declined", name="notices.outcome_contract_decided")
def decided(event: Event) -> None:
    """Tells the partnership."""
    found = _contract(event.subject)
    agreed = event.kind.endswith("agreed")
    said = Told(
        f"{'Agreed' if agreed else 'Declined'}: {called(found)}", facts_of(found),
        ["It is in force." if agreed else "Why stands on the contract's page. Nothing is paid under it."],
        "Open the contract", _ours(found),
    )  # fmt: skip
    tell(of_side(found, OURS, london_day(event.at)), said, key=_key(event), topic=OUTCOMES, event=event)


@handles("outcome_contract.terminated", name="notices.outcome_contract_ended")
def terminated(event: Event) -> None:
    """Tells the other party the last day and what that leaves."""
    found = _contract(event.subject)
    last = date.fromisoformat(event.payload["ended_on"])
    said = Told(
        f"Ends on {long_date(last)}: {called(found)}",
        [
            *facts_of(found), ("Last day", long_date(last)),
            ("Cancelled, for later days", amount_of(found, event.payload["cancelled_pence"])),
        ],
        [
            "What was verified stays payable, and what you sent is decided as before: both go on a closing statement.",
            "Why it ends and what may still be sent stand on the contract's page.",
        ],
        "See what is left", _theirs(found),
    )  # fmt: skip
    tell(of_side(found, THEIRS, london_day(event.at)), said, key=_key(event), topic=OUTCOMES, event=event)


_WORDS = {
    "proposed": ("Decide a variation", "Until both sides approve, the present terms hold.", "See what changes"),
    "approved": ("Approved by the other side: a variation", "It waits for your side.", "See what changes"),
    "agreed": (
        "Agreed: a variation",
        "Both sides approved it. The new terms hold from its day on.",
        "See what changed",
    ),
    "declined": ("Declined: a variation", "Nothing changes. Why stands on its page.", "Open the variation"),
    "withdrawn": ("Withdrawn: a variation", "Nothing changes.", "Open the variation"),
}


@handles(*(f"outcome_variation.{what}" for what in _WORDS), name="notices.outcome_variation")
def varied(event: Event) -> None:
    """Tells whoever waits for it or hears of its end; never whoever did it."""
    rows = ContractVersion.objects.select_related("contract__party")
    version = rows.get(contract__number=event.subject, number=event.payload["version"])
    what, on = event.kind.removeprefix("outcome_variation."), london_day(event.at)
    still = version.state == ContractVersion.State.PROPOSED
    if what in ("proposed", "approved") and not still:
        return  # decided before the mail left
    found = version.contract
    verb, sentence, action = _WORDS[what]
    said = Told(
        f"{verb} of {called(found)} from {long_date(version.valid_from)}",
        [
            *facts_of(found), ("From", long_date(version.valid_from)),
            ("Worth in all, before VAT", amount_of(found, version.value_pence)),
        ],
        [sentence], action,
        absolute(url("outcome-variation", number=found.number, version=version.number)),
    )  # fmt: skip
    found_readers = [to for side in _sides(what, version, event) for to in of_side(found, side, on)]
    readers = [to for to in found_readers if to.person_id != event.actor_person_id]
    tell(readers, said, key=_key(event), topic=OUTCOMES, event=event)


def _sides(what: str, version: ContractVersion, event: Event) -> list[str]:
    """Which sides are told: who waits for it; at its end both, or the one that it was proposed to."""
    if what == "approved":
        return [side for side in (OURS, THEIRS) if getattr(version, f"approved_{side}_on") is None
                and side != event.payload["side"]]  # fmt: skip
    if what == "withdrawn":
        return [OURS if version.proposed_for == THEIRS else THEIRS]
    return [OURS, THEIRS]


def _key(event: Event) -> str:
    return f"outcome-contract:{event.pk}"
