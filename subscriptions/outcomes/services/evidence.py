"""What shows that a measure is met: added while the item is not claimed, kept for good once a claim took it with it."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import BinaryIO
from urllib.parse import urlsplit

from django.db import transaction

from marketplace.core.actors import Actor
from marketplace.core.errors import NotFound, WrongInput
from marketplace.core.files import store_file
from marketplace.core.models import StoredFile
from marketplace.core.text import clean_line
from subscriptions.outcomes.acting import require_claimant
from subscriptions.outcomes.models import Evidence, OutcomeItem
from subscriptions.outcomes.queries import OWNER_KIND
from subscriptions.outcomes.services.items import ItemStands, State, locked, require_state, tell

MOST, MOST_FACTS = 20, 30
OTHER = "other"
OPEN = (State.PLANNED, State.REJECTED)
Form = Evidence.Form


@dataclass(frozen=True)
class Shown:
    """One piece of evidence as it comes in: a file with its name, or a link, or the figures of a structured return.

    ``facts`` are figures by name (``{"schools": "6"}``); ``type`` is one of the measure's evidence types, or "other". No
    pupil is named in any of it.
    """

    label: str
    type: str = OTHER
    upload: bytes | BinaryIO | None = None
    name: str = ""
    link: str = ""
    facts: dict[str, str] = field(default_factory=dict)


@transaction.atomic
def add_evidence(*, item: OutcomeItem, shown: Shown, on: date, actor: Actor) -> Evidence:
    """Adds a file, a link or a structured return to an item that is not claimed, or was sent back. At most 20.

    By who claims under the contract. A file is at most 10 MB, of a kind that its content proves (FileTooLarge, WrongFile);
    a type that the measure does not ask for is refused, "other" is always taken.
    """
    found = locked(item)
    owner = require_claimant(found.contract, actor, on, to="add evidence to this item")
    require_state(found, *OPEN, to="add evidence")
    if found.measure is None:
        raise ItemStands(f"{found.name} is paid by its day: nothing has to be shown for it.", state=found.state)
    if shown.type != OTHER and shown.type not in found.measure.evidence_types:
        raise WrongInput("Choose what the evidence is: one of what the contract asks for, or something else")
    if Evidence.objects.filter(item=found, submission=None).count() >= MOST:
        raise WrongInput(f"A return has at most {MOST} pieces of evidence. Take one off first.")
    form, link, facts = _checked(shown)
    made = Evidence.objects.create(
        item=found, form=form, type=shown.type, label=clean_line(shown.label, what="What it is", limit=160), link=link,
        facts=facts, added_by_id=actor.person_id, added_on=on,
    )  # fmt: skip
    if form == Form.FILE and shown.upload is not None:
        store_file(
            upload=shown.upload, name=shown.name, owner_kind=OWNER_KIND, owner=str(made.pk), organisation_id=owner.pk,
            actor=actor,
        )  # fmt: skip
    tell("outcome_item.evidence_added", found, actor, evidence=made.pk, form=form, type=shown.type)
    return made


@transaction.atomic
def take_evidence_off(*, evidence: Evidence, on: date, actor: Actor) -> None:
    """Takes off what no claim has taken with it; its file is deleted. Raises NotFound where it was taken off before."""
    item = locked(evidence.item)
    require_claimant(item.contract, actor, on, to="take this evidence off")
    require_state(item, *OPEN, to="take evidence off")
    found = Evidence.objects.filter(pk=evidence.pk).first()
    if found is None:
        raise NotFound(f"{evidence.label} was taken off before.")
    if found.submission_id is not None:
        raise ItemStands(f"{found.label} belongs to what you sent before, so it stays.", state=item.state)
    StoredFile.objects.filter(owner_kind=OWNER_KIND, owner=str(found.pk)).delete()
    tell("outcome_item.evidence_taken_off", item, actor, evidence=found.pk, form=found.form, type=found.type)
    found.delete()


def _checked(shown: Shown) -> tuple[str, str, dict[str, str]]:
    """What form it has: exactly one of file, link and figures."""
    given = [bool(shown.upload is not None), bool(shown.link.strip()), bool(shown.facts)]
    if sum(given) != 1:
        raise WrongInput("Choose a file, enter a link, or enter the figures: one of them for each piece of evidence")
    if shown.link.strip():
        return Form.LINK, _link(shown.link.strip()), {}
    if shown.facts:
        return Form.RETURN, "", _facts(shown.facts)
    return Form.FILE, "", {}


def _link(link: str) -> str:
    parts = urlsplit(link)
    if parts.scheme not in ("http", "https") or "." not in parts.netloc or len(link) > 400 or " " in link:
        raise WrongInput(
            "Link must be a whole address, such as https://www.example.org/report, of at most 400 characters"
        )
    return link


def _facts(facts: dict[str, str]) -> dict[str, str]:
    """Figures only: words could name a pupil."""
    if len(facts) > MOST_FACTS:
        raise WrongInput(f"A return has at most {MOST_FACTS} figures")
    found = {}
    for name, value in facts.items():
        label = clean_line(name, what="Name of the figure", limit=60)
        try:
            figure = Decimal(str(value).strip().replace(",", ""))
        except InvalidOperation:
            figure = Decimal("NaN")
        if not figure.is_finite():
            raise WrongInput(f"{label} must be a figure, such as 41 or 82.5. Do not name pupils.")
        found[label] = format(figure, "f")
    return found
