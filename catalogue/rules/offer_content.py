"""What an offer says, as one piece of data: what is published, frozen and compared. No database, no clock.

The form (all keys, always): ``kind``, ``title``, ``summary``, ``description``, ``provider`` and ``sold_by`` (codes) with
``provider_name`` and ``sold_by_name``, ``themes``, ``phases``, ``roles``, ``evidence``, ``evidence_url``, ``term_months``,
``supply_kind``, ``vat_category``, ``vat_reason``, ``cfr_code``, ``aar_code``, ``audience``, ``of_event`` (the event's code),
``signposted_url``, ``list_price_pence``, ``who_may_join``, ``deal_from`` and ``deal_to`` (ISO dates, half-open) and
``levels``: a list of ``code``, ``title``, ``included``.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from catalogue.rules.phases import PHASES
from marketplace.core.errors import WrongInput
from marketplace.core.text import clean_line

Content = dict[str, Any]

DESCRIPTION_LIMIT = 5_000
MOST_LEVELS = 6
MOST_TAGS = 12
ROLES = (
    "Head teacher", "Senior leader", "Middle leader", "Class teacher", "Early career teacher", "SENCO",
    "Designated safeguarding lead", "Teaching assistant", "School business professional", "Office staff",
    "Site staff", "Governor",
)  # fmt: skip
EVIDENCE = ("none", "emerging", "moderate", "strong")
# What each key is called on a page, in the order in which changes are shown.
LABELS = {
    "title": "Title", "summary": "Summary", "description": "Description", "themes": "Themes", "phases": "Phases",
    "roles": "For whom", "evidence": "Evidence", "evidence_url": "Where the evidence is", "levels": "Levels",
    "term_months": "Months that one price pays for", "signposted_url": "Where the event is booked",
    "list_price_pence": "Price without the deal", "who_may_join": "Who may join", "deal_from": "Deal from",
    "deal_to": "Deal ends before", "supply_kind": "Kind of supply", "vat_category": "VAT category",
    "vat_reason": "VAT reason", "cfr_code": "CFR code", "aar_code": "Academies' code", "sold_by_name": "Sold by",
    "audience": "For", "of_event": "Package of the event", "provider_name": "Provider",
}  # fmt: skip
# A provider writes what is offered; what it is in the accounts, and who sells it, an organiser decides.
PROVIDERS_OWN = frozenset(
    {
        "title", "summary", "description", "themes", "phases", "roles", "evidence", "evidence_url", "levels",
        "term_months", "signposted_url", "list_price_pence", "who_may_join", "deal_from", "deal_to",
    }
)  # fmt: skip
ORGANISERS_OWN = frozenset(
    {"supply_kind", "vat_category", "vat_reason", "cfr_code", "aar_code", "sold_by", "audience", "of_event"}
)
_USUAL = (("evidence", "none"), ("audience", "schools"))  # what is not worth saying
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


def clean_changes(changes: Mapping[str, Any]) -> Content:
    """The changes as they are kept: text composed and trimmed, lists without repeats, dates as ISO text.

    Refuses an unknown key and every value that cannot stand, in the writer's words.
    """
    if unknown := sorted(set(changes) - PROVIDERS_OWN - ORGANISERS_OWN):
        raise WrongInput(f"An offer has no {unknown[0]}")
    return {name: _CLEANERS.get(name, _same)(value) for name, value in changes.items()}


def check_whole(content: Content) -> None:
    """Refuses what contradicts itself: a reason without its VAT category, evidence without a link, a deal that ends first."""
    kind = content["kind"]
    if content["evidence"] != "none" and not content["evidence_url"]:
        raise WrongInput("Enter where the evidence is: a rating without it tells a school nothing")
    if content["term_months"] is not None and kind == "course":
        raise WrongInput("A course has dates, so it has no term in months")
    if content["levels"] and kind == "course":
        raise WrongInput("A course has no levels. Add an offer for each course")
    if content["signposted_url"] and (kind != "course" or content["audience"] != "schools"):
        raise WrongInput("Only a course for schools can be booked elsewhere")
    if (content["audience"] == "exhibitors") != (content["of_event"] is not None):
        raise WrongInput("A package for exhibitors names its event, and nothing else does")
    start, end = content["deal_from"], content["deal_to"]
    if end and (not start or end <= start):
        raise WrongInput("The deal must end after it begins")
    if content["vat_reason"] and not content["vat_category"]:
        raise WrongInput("Choose the VAT category that the reason is for, or leave both empty: the VAT rules decide")
    if content["vat_category"] not in ("", "S") and not content["vat_reason"]:
        raise WrongInput("Enter the reason for the VAT treatment: all but the standard rate need one")


def missing(content: Content) -> list[str]:
    """What a school would ask and the offer does not say yet, a sentence each; empty where it may be submitted."""
    found = []
    if not content["summary"]:
        found.append("Enter a summary: it stands in the list of results")
    if not content["description"]:
        found.append("Enter a description")
    if not content["phases"] and not content["roles"] and content["audience"] == "schools":
        found.append("Say for whom it is: phases, roles or both")
    if content["kind"] == "deal":
        if content["list_price_pence"] is None:
            found.append("Enter the price without the deal, so that schools see what they save")
        if not content["who_may_join"]:
            found.append("Say who may join the deal")
        if not content["deal_from"]:
            found.append("Enter from when the deal runs")
    return found


def differences(before: Content, after: Content) -> list[tuple[str, str, str]]:
    """What two versions say differently: label, before, after, in words."""
    return [
        (label, in_words(name, before.get(name)), in_words(name, after.get(name)))
        for name, label in LABELS.items()
        if before.get(name) != after.get(name)
    ]


def says(content: Content) -> list[tuple[str, str]]:
    """Everything that an offer says, label and words, without what it leaves open."""
    found = [(label, in_words(name, content.get(name))) for name, label in LABELS.items()]
    return [(label, words) for label, words in found if words]


def in_words(name: str, value: Any) -> str:
    """A value of the content as a person reads it; empty for nothing."""
    if value in (None, "", []) or (name, value) in _USUAL:
        return ""
    if name == "levels":
        return "\n".join(f"{level['title']}: {level['included']}" for level in value)
    if name == "list_price_pence":
        return f"£{value // 100:,}.{value % 100:02d}"
    if name in ("deal_from", "deal_to"):
        return f"{date.fromisoformat(value):%-d %B %Y}"
    if name in ("evidence", "audience", "supply_kind"):
        return str(value).capitalize()
    return ", ".join(value) if isinstance(value, list) else str(value)


def clean_text(text: str, *, what: str, limit: int) -> str:
    """Several lines of a person's text, each cleaned; empty lines between paragraphs stay."""
    if len(text.strip()) > limit:
        raise WrongInput(f"{what} must be {limit:,} characters or fewer")
    lines = [clean_line(line, what=what, limit=limit, required=False) for line in text.strip().splitlines()]
    return "\n".join(lines)


def level_code(title: str) -> str:
    """The code that price rules compare with, made from a title: "Plus, with visits" → "plus-with-visits"."""
    return "-".join(re.findall(r"[a-z0-9]+", title.lower()))[:20].strip("-")


def _line(what: str, limit: int, *, required: bool = False) -> Callable[[Any], str]:
    return lambda value: clean_line(str(value or ""), what=what, limit=limit, required=required)


def _chosen(what: str, known: tuple[str, ...]) -> Callable[[Any], list[str]]:
    def clean(value: Any) -> list[str]:
        wanted = list(dict.fromkeys(value or []))
        if unknown := [one for one in wanted if one not in known]:
            raise WrongInput(f"{what} must be one of {', '.join(known)}, not {unknown[0]}")
        return [one for one in known if one in wanted]

    return clean


def _themes(value: Any) -> list[str]:
    found = [clean_line(one, what="Theme", limit=40) for one in value or [] if one.strip()]
    if len(found) > MOST_TAGS:
        raise WrongInput(f"Give at most {MOST_TAGS} themes")
    return list(dict.fromkeys(found))


def _evidence(value: Any) -> str:
    if value not in EVIDENCE:
        raise WrongInput(f"Evidence must be one of {', '.join(EVIDENCE)}")
    return str(value)


def _url(what: str) -> Callable[[Any], str]:
    def clean(value: Any) -> str:
        text = clean_line(str(value or ""), what=what, limit=300, required=False)
        if text and (urlsplit(text).scheme not in ("http", "https") or not urlsplit(text).hostname):
            raise WrongInput(f"{what} must be an address like https://partner.example/report")
        return text

    return clean


def _months(value: Any) -> int | None:
    if value is not None and (type(value) is not int or not 1 <= value <= 60):
        raise WrongInput("Months must be a whole number from 1 to 60")
    return value


def _pence(value: Any) -> int | None:
    if value is not None and (type(value) is not int or value < 1):
        raise WrongInput("The price without the deal must be more than £0.00")
    return value


def _day(value: Any) -> str | None:
    return value.isoformat() if isinstance(value, date) else value or None


def _levels(value: Any) -> list[dict[str, str]]:
    found = []
    for level in value or []:
        title = clean_line(level["title"], what="Name of the level", limit=60)
        code = level.get("code") or level_code(title)
        if not _SLUG.fullmatch(code) or len(code) > 20:
            raise WrongInput(f"The code of {title} must be small letters, digits and hyphens, like plus")
        included = clean_line(level.get("included", ""), what=f"What {title} includes", limit=600)
        found.append({"code": code, "title": title, "included": included})
    if len(found) > MOST_LEVELS:
        raise WrongInput(f"Give at most {MOST_LEVELS} levels")
    if len(found) == 1:
        raise WrongInput("Give two levels or more, or none: one alone is no choice")
    if len({level["code"] for level in found}) != len(found):
        raise WrongInput("Two levels have the same name or code. Give each its own")
    return found


def _same(value: Any) -> Any:
    return value


_CLEANERS: dict[str, Callable[[Any], Any]] = {
    "title": _line("Title", 120, required=True),
    "summary": _line("Summary", 300),
    "description": lambda value: clean_text(str(value or ""), what="Description", limit=DESCRIPTION_LIMIT),
    "themes": _themes,
    "phases": _chosen("Phase", PHASES),
    "roles": _chosen("Role", ROLES),
    "evidence": _evidence,
    "evidence_url": _url("Address of the evidence"),
    "signposted_url": _url("Address where it is booked"),
    "term_months": _months,
    "levels": _levels,
    "list_price_pence": _pence,
    "who_may_join": _line("Who may join", 200),
    "deal_from": _day,
    "deal_to": _day,
    "vat_reason": _line("VAT reason", 200),
    "cfr_code": _line("CFR code", 6, required=True),
    "aar_code": _line("AAR code", 8),
}
