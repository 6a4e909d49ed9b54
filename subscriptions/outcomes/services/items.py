"""What the verbs of claiming and deciding share: an item under lock, its moves, its events, the words of the refusals."""

import unicodedata
from decimal import Decimal
from typing import Any

from marketplace.core.actors import Actor
from marketplace.core.errors import DomainError, NotFound, WrongInput
from marketplace.core.text import clean_line
from subscriptions.outcomes.models import OutcomeContract, OutcomeItem, Submission
from subscriptions.outcomes.services.contracting import record

State = OutcomeItem.State
IN_FORCE = (OutcomeContract.State.ACTIVE, OutcomeContract.State.ENDED, OutcomeContract.State.TERMINATED)
"""What was done under a contract may still be claimed and decided once it is over; what its end cancelled may not."""
REASON_LIMIT, ITEM_REASON_LIMIT, WORDS_LIMIT = 500, 300, 4000
MAX_FIGURE = Decimal("9999999999")
_STANDS = {
    State.PLANNED: "is not claimed yet",
    State.SUBMITTED: "waits to be verified",
    State.REJECTED: "was sent back",
    State.ELIGIBLE: "is verified already",
    State.NOT_MET: "was decided as not met",
    State.PAYABLE: "stands on a frozen statement",
    State.PAID: "is paid",
    State.CLAWED_BACK: "was paid and taken back",
    State.CANCELLED: "is cancelled",
}


class ItemStands(DomainError):
    """What is asked does not go with the state that the item is in. ``state`` says which."""

    code = "outcome_item_stands"


class ContractNotInForce(DomainError):
    """Nothing is claimed or decided under a contract that nobody agreed."""

    code = "outcome_contract_not_in_force"


def locked(item: OutcomeItem) -> OutcomeItem:
    """The item as it is now, under lock, with its contract and measure. Locks statements first where it locks both."""
    found = OutcomeItem.objects.select_for_update(of=("self",)).select_related(
        "contract__party", "measure__verifier", "verified_by_submission", "statement"
    )
    one = found.filter(pk=item.pk).first()
    if one is None:
        raise NotFound("There is no such item.")
    if one.contract.state not in IN_FORCE:
        state = one.contract.get_state_display().lower()
        raise ContractNotInForce(f"{one.contract.number} is {state}, so nothing is claimed under it yet.")
    return one


def require_state(item: OutcomeItem, *states: str, to: str) -> None:
    """Refuses unless the item is in one of the states."""
    if item.state not in states:
        raise ItemStands(f"{item.name} {_STANDS[State(item.state)]}, so you cannot {to}.", state=item.state)


def move_item(item: OutcomeItem, after: str, **values: Any) -> None:
    """From the state that was read to another, or ItemStands where somebody came first."""
    changed = OutcomeItem.objects.filter(pk=item.pk, state=item.state).update(state=after, **values)
    if changed != 1:
        item.refresh_from_db()
        raise ItemStands(f"{item.name} {_STANDS[State(item.state)]} now. Look at it again.", state=item.state)
    item.refresh_from_db()


def move_submission(submission: Submission, after: str, **values: Any) -> None:
    """From the state that was read to another, or ItemStands where somebody came first."""
    changed = Submission.objects.filter(pk=submission.pk, state=submission.state).update(state=after, **values)
    if changed != 1:
        raise ItemStands("This claim was decided or withdrawn already. Look at it again.", state=submission.state)
    submission.refresh_from_db()


def tell(kind: str, item: OutcomeItem, actor: Actor, *, text: dict[str, str] | None = None, **payload: object) -> None:
    """An event of an item, in the scope of its contract's party."""
    record(kind, item.contract, actor, text=text, item=item.code, **payload)


def clean_words(text: str, *, required: bool = False) -> str:
    """What a person wrote over several lines. Refuses control characters and too much."""
    said = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\t", " ").strip()
    if required and not said:
        raise WrongInput("Enter what was achieved")
    if len(said) > WORDS_LIMIT:
        raise WrongInput(f"What you write must be {WORDS_LIMIT:,} characters or fewer")
    if any(unicodedata.category(char) in ("Cc", "Cs", "Co") for char in said if char != "\n"):
        raise WrongInput("What you write must not contain control characters. Type it again instead of pasting it")
    return said


def clean_reason(reason: str, *, limit: int = ITEM_REASON_LIMIT) -> str:
    """The sentence that the other side reads."""
    return clean_line(reason, what="Reason", limit=limit)


def clean_figure(figure: Decimal | None, *, what: str) -> Decimal | None:
    """A figure in the measure's unit: not below nought, four places at most."""
    if figure is None:
        return None
    exponent = figure.as_tuple().exponent
    if not isinstance(exponent, int) or figure < 0 or figure > MAX_FIGURE or exponent < -4:
        raise WrongInput(f"{what} must be 0 or more, with no more than 4 decimals, such as 41 or 82.5")
    return figure
