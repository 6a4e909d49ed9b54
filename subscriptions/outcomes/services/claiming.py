"""Claiming that a measure is met: what is missing first, then the claim with its evidence, and taking it back.

| state of an item | meaning | who moves it, to what |
|---|---|---|
| planned | not claimed | claimant: submitted; decider: not_met after its day; contract's end: cancelled |
| submitted | waits to be verified | decider: eligible, rejected, not_met; claimant: planned |
| rejected | sent back with a sentence | claimant: submitted; decider: not_met |
| eligible | verified, on an open statement | freezing: payable; decider: submitted (taken back with a reason) |
| not_met | nothing is paid | decider: planned (more time), submitted (taken back) |
| payable, paid, clawed_back | on a frozen statement | statements |
| cancelled | the contract changed or ended | nobody |
"""

from datetime import date
from decimal import Decimal

from django.db import transaction
from django.db.models import Max

from marketplace.core.actors import Actor
from marketplace.core.errors import DomainError, NotAllowed, NotFound, WrongInput
from marketplace.core.wording import long_date
from marketplace.core.working_days import working_days_after
from marketplace.organisations.models import Person
from marketplace.organisations.services.people import on_day
from subscriptions.outcomes.acting import claimant_organisation, claiming_roles, require_claimant
from subscriptions.outcomes.models import ContractPerson, Evidence, OutcomeContract, OutcomeItem, Submission
from subscriptions.outcomes.services.contracting import record
from subscriptions.outcomes.services.evidence import add_evidence, take_evidence_off
from subscriptions.outcomes.services.items import (
    State,
    clean_figure,
    clean_words,
    locked,
    move_item,
    move_submission,
    require_state,
    tell,
)
from subscriptions.outcomes.services.measuring import figure_words, filled_in, record_measure

__all__ = [
    "ReturnIncomplete",
    "add_evidence",
    "end_deputy",
    "filled_in",
    "missing_of",
    "name_deputy",
    "record_measure",
    "submit",
    "take_evidence_off",
    "type_words",
    "withdraw_submission",
]


class ReturnIncomplete(DomainError):
    """Something is missing, so nothing was sent; ``detail`` has a sentence for each."""

    code = "return_incomplete"
    status = 400


def missing_of(item: OutcomeItem, on: date, claimed: Decimal | None = None, words: str = "") -> list[str]:
    """What must still be done before the item may be sent, a sentence each; empty where nothing is missing.

    ``claimed`` is the figure that would be claimed; without one what the platform counted is taken.
    """
    measure = item.measure
    if measure is None:
        return [f"{item.name} is paid by its day: there is nothing to send."]
    found = []
    if on < item.claimed_from:
        found.append(f"Wait until {long_date(item.claimed_from)}: it may be claimed from then on.")
    if on > item.due_on:
        found.append(f"Ask for more time: it was due on {long_date(item.due_on)}.")
    counted = filled_in(item)
    figure = claimed if claimed is not None or counted is None else counted.value
    if measure.target is not None and figure is None:
        found.append(f"Enter what was achieved, in {measure.unit or 'figures'}.")
    shown = set(Evidence.objects.filter(item=item).values_list("type", flat=True))
    if counted is not None and counted.parts:
        shown.add(measure.counts)
    found += [f"Add {type_words(one)}." for one in measure.evidence_types if one not in shown]
    if counted is not None and figure is not None and figure != counted.value and not words.strip():
        found.append(f"Say why {figure_words(figure)} differs from what we counted: {counted.words}.")
    return found


def type_words(type: str) -> str:
    """An evidence type as it is read: ``register_of_attendance`` is "register of attendance"."""
    return type.replace("_", " ").replace("-", " ")


@transaction.atomic
def submit(*, item: OutcomeItem, claimed: Decimal | None = None, words: str = "", on: date, actor: Actor) -> Submission:
    """Claims the item with the evidence that lies on it. Nothing is owed by it: somebody else decides within the
    measure's working days.

    By a lead of the party or their deputy where the partnership pays, by an organiser where it earns. Raises
    ReturnIncomplete with all that is missing, ItemStands where it waits or was decided. Until its day; what was sent back
    until the day given with it.
    """
    found = locked(item)
    owner = require_claimant(found.contract, actor, on, to="send this return")
    require_state(found, State.PLANNED, State.REJECTED, to="send it")
    said = clean_words(words)
    claimed = clean_figure(claimed, what="What was achieved")
    if missing := missing_of(found, on, claimed, said):
        raise ReturnIncomplete(
            f"Not sent: {missing[0][0].lower()}{missing[0][1:]}" if len(missing) == 1
            else f"Not sent: {len(missing)} things are missing. Your evidence is kept.",
            detail=missing,
        )  # fmt: skip
    counted = filled_in(found)
    if claimed is None and counted is not None:
        claimed = counted.value
    last = Submission.objects.filter(item=found).aggregate(last=Max("ordinal"))["last"] or 0
    move_item(found, State.SUBMITTED, reason="")
    made = Submission.objects.create(
        item=found, ordinal=last + 1, claimed=claimed, words=said, claimant_id=actor.person_id or 0,
        claimant_organisation=owner, submitted_on=on, decide_by=working_days_after(on, found.measure.decide_days if found.measure else 0),
    )  # fmt: skip
    if counted is not None and counted.parts:
        Evidence.objects.create(
            item=found, form=Evidence.Form.COUNT, type=found.measure.counts if found.measure else "", label=counted.words[:160], added_on=on,
            facts={f"{part.on.isoformat()} {part.label}": str(part.value) for part in counted.parts},
        )  # fmt: skip
    Evidence.objects.filter(item=found, submission=None).update(submission=made)
    tell(
        "outcome_item.submitted",
        found,
        actor,
        submission=made.ordinal,
        claimed=_plain(claimed),
        decide_by=made.decide_by.isoformat(),
    )
    return made


@transaction.atomic
def withdraw_submission(*, submission: Submission, on: date, actor: Actor) -> Submission:
    """The claimant's side takes back what nobody has decided on; the item may be claimed again. Its evidence stays."""
    item = locked(submission.item)
    require_claimant(item.contract, actor, on, to="take this return back")
    require_state(item, State.SUBMITTED, to="take it back")
    submission.refresh_from_db()
    move_submission(submission, Submission.State.WITHDRAWN)
    move_item(item, State.PLANNED)
    tell("outcome_item.withdrawn", item, actor, submission=submission.ordinal)
    return submission


@transaction.atomic
def name_deputy(
    *, contract: OutcomeContract, person: Person, valid_from: date, valid_to: date | None = None, on: date, actor: Actor
) -> ContractPerson:
    """A lead names somebody who does what they do under this contract, from a day on and up to another (half-open).

    Only where the partnership pays, and only by the lead: a deputy names no deputy.
    """
    _require_lead(contract, actor, to="name a deputy")
    if valid_from < on or (valid_to is not None and valid_to <= valid_from):
        raise WrongInput("A deputy begins today or later, and ends after that")
    named = ContractPerson.objects.filter(contract=contract, person=person)
    if person.pk == actor.person_id or named.filter(on_day(valid_from)).exists():
        raise WrongInput(f"{person.name} acts for this contract already. Choose somebody else.")
    made = ContractPerson.objects.create(
        contract=contract, person=person, valid_from=valid_from, valid_to=valid_to, named_by_id=actor.person_id
    )
    record("outcome_contract.deputy_named", contract, actor, person=person.pk, valid_from=valid_from.isoformat())
    return made


@transaction.atomic
def end_deputy(*, deputy: ContractPerson, on: date, actor: Actor) -> ContractPerson:
    """Ends it: the deputy may do nothing more from ``on``. One that had not begun is taken out."""
    _require_lead(deputy.contract, actor, to="end a deputy")
    held = ContractPerson.objects.select_for_update().filter(pk=deputy.pk).first()
    if held is None or (held.valid_to is not None and held.valid_to <= on):
        raise NotFound("This deputy has ended already.")
    if held.valid_from >= on:
        held.delete()
    else:
        ContractPerson.objects.filter(pk=held.pk).update(valid_to=on)
        held.refresh_from_db()
    record("outcome_contract.deputy_ended", deputy.contract, actor, person=deputy.person_id, on=on.isoformat())
    return held


def _require_lead(contract: OutcomeContract, actor: Actor, *, to: str) -> None:
    """Who claims by their own role: not as a deputy, and not where the partnership claims."""
    if contract.side != OutcomeContract.Side.PAYS:
        raise NotAllowed("The partnership claims under this contract: its organisers do, without deputies.")
    owner = claimant_organisation(contract)
    if owner.pk not in actor.organisations(*claiming_roles(contract)):
        words = " or ".join(role.one for role in claiming_roles(contract))
        raise NotAllowed(f"You may not {to}. Ask {words} of {owner.name} to do it.")


def _plain(figure: Decimal | None) -> str:
    return "" if figure is None else format(figure, "f")
