"""The sheet of offers: one line for each, by its code.

``state`` is for reading. A new code is a new draft. Of an offer that stands, everything but kind and provider may change:
a draft changes at once, a published one gets a working copy that somebody publishes.
"""

from collections.abc import Callable, Iterator
from typing import Any

from catalogue.models import Offer
from catalogue.offer_queries import writable_for
from catalogue.rules.offer_content import DESCRIPTION_LIMIT, EVIDENCE, clean_text
from catalogue.services.offers import add_offer, change_offer
from catalogue.services.versions import pending_of
from catalogue.sheets.reading import CellWrong, Line, day_of, list_of, number_of, one_of, text_of
from marketplace.core.actors import Actor
from marketplace.core.errors import WrongInput
from marketplace.core.money import Money, plain_pounds
from providers.models import Provider

NAME = "offers"
NEEDED = ("code", "kind", "title", "provider")
FOR_READING = ("state",)


def _pence(value: str) -> int | None:
    return Money.parse(value, what="List price").pence if value else None


def _description(value: str) -> str:
    return clean_text(value, what="Description", limit=DESCRIPTION_LIMIT)


def _day(what: str) -> Callable[[str], str | None]:
    reader = day_of(what)
    return lambda value: found.isoformat() if (found := reader(value)) else None


# What an organiser changes: the column, how its cell is read, and its name in the content.
_CHANGING: dict[str, tuple[Callable[[str], Any], str]] = {
    "title": (text_of("Title", 120, required=True), "title"),
    "summary": (text_of("Summary", 300), "summary"),
    "description": (_description, "description"),
    "sold_by": (lambda value: value or None, "sold_by"),
    "supply_kind": (one_of("Kind of supply", Offer.SupplyKind.values), "supply_kind"),
    "vat_category": (one_of("VAT category", ["", *Offer.VatCategory.values]), "vat_category"),
    "vat_reason": (text_of("VAT reason", 200), "vat_reason"),
    "cfr_code": (text_of("CFR code", 6, required=True), "cfr_code"),
    "aar_code": (text_of("Academies' code", 8), "aar_code"),
    "themes": (list_of, "themes"),
    "phases": (list_of, "phases"),
    "roles": (list_of, "roles"),
    "term_months": (number_of("Months", 60), "term_months"),
    "evidence": (lambda value: one_of("Evidence", list(EVIDENCE))(value or "none"), "evidence"),
    "evidence_link": (str, "evidence_url"),
    "booked_at": (str, "signposted_url"),
    "list_price": (_pence, "list_price_pence"),
    "who_may_join": (text_of("Who may join", 200), "who_may_join"),
    "deal_from": (_day("Deal from"), "deal_from"),
    "deal_ends_before": (_day("Deal ends before"), "deal_to"),
}
COLUMNS = ("code", "kind", "provider", *_CHANGING, "state")


def rows(actor: Actor) -> Iterator[list[str]]:
    """The lines of all offers that the actor may change, as their next version would say it."""
    for offer in writable_for(actor).order_by("code"):
        content = offer.draft.content if hasattr(offer, "draft") else None
        cells = [offer.code, str(offer.kind), offer.provider.code]
        for column, (_, name) in _CHANGING.items():
            value = content[name] if content else _own(offer, name)
            cells.append(_written(column, value))
        yield [*cells, str(offer.state)]


def _own(offer: Offer, name: str) -> Any:
    if name == "sold_by":
        return offer.sold_by.number if offer.sold_by else None
    return getattr(offer, name)


def _written(column: str, value: Any) -> str:
    """A value as its cell: what was read from a version keeps its dates as text."""
    if value in (None, ""):
        return ""
    if column in ("deal_from", "deal_ends_before"):
        year, month, day = str(value).split("-")
        return f"{day}/{month}/{year}"
    if column == "list_price":
        return plain_pounds(value)
    return "; ".join(value) if isinstance(value, list) else str(value)


class OfferWriter:
    """Writes lines of this sheet; reads what all of them need once."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor
        self.providers = {one.code: one for one in Provider.objects.select_related("organisation")}
        self.offers = {one.code: one for one in writable_for(actor)}

    def key(self, line: Line) -> tuple[str, ...]:
        return (line.read("code", code_of),)

    def write(self, line: Line) -> str:
        """``added``, ``changed`` or ``same``."""
        [code] = self.key(line)
        changes = {name: line.read(column, reader) for column, (reader, name) in _given(line)}
        standing = self.offers.get(code)
        if standing is None:
            made = self._add(code, line, changes)
            change_offer(offer=made, changes=changes, actor=self.actor)
            return "added"
        self._check_fixed(standing, line)
        before = pending_of(standing)
        wanted = {name: value for name, value in changes.items() if before[name] != value}
        if not wanted:
            return "same"
        change_offer(offer=standing, changes=wanted, actor=self.actor)
        return "changed"

    def _add(self, code: str, line: Line, changes: dict[str, Any]) -> Offer:
        missing = [name for name in ("supply_kind", "cfr_code") if not changes.get(name)]
        if missing:
            raise CellWrong(missing[0], f"A new offer needs its {missing[0].replace('_', ' ')}")
        return add_offer(
            code=code, kind=Offer.Kind(line.read("kind", one_of("Kind", Offer.Kind.values))), title=changes["title"],
            provider=self._provider(line), supply_kind=Offer.SupplyKind(changes["supply_kind"]),
            cfr_code=changes["cfr_code"], aar_code=changes.get("aar_code", ""), actor=self.actor,
        )  # fmt: skip

    def _provider(self, line: Line) -> Provider:
        found = self.providers.get(line.text("provider"))
        if found is None:
            raise CellWrong("provider", "There is no provider with this code. Add the provider first")
        return found

    def _check_fixed(self, offer: Offer, line: Line) -> None:
        if line.read("kind", one_of("Kind", Offer.Kind.values)) != offer.kind:
            raise CellWrong("kind", f"{offer.code} is a {offer.kind} and stays one. Give another kind another code")
        if self._provider(line).pk != offer.provider_id:
            raise CellWrong("provider", f"{offer.code} stays with {offer.provider.code}. Give a new offer another code")


def _given(line: Line) -> Iterator[tuple[str, tuple[Callable[[str], Any], str]]]:
    return ((column, how) for column, how in _CHANGING.items() if line.has(column))


def code_of(value: str) -> str:
    """A code as addresses have it."""
    if not (0 < len(value) <= 60 and value.isascii() and value.replace("-", "").replace("_", "").isalnum()):
        raise WrongInput("Code must be letters, digits and hyphens, like safeguarding-leads")
    return value
