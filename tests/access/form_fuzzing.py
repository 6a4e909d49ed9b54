"""Fills in the forms of every page as nobody should, in the name of who may, and looks for faults of ours.

A form is read from the page itself: its fields with what stands in them, its choices, its buttons. Some of the fields are
then given something else: what no field takes, what one takes and the database does not, what was right before.
"""

import copy
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urldefrag, urljoin, urlsplit

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from lxml import html

from marketplace.core.actors import Role
from tests.access.matrix import OWN, SIGNED_OUT, Ask, Thing
from tests.access.walking import address
from tests.access.world import World
from tests.core.small_files import PDF

ODD = (
    "", " ", "0", "-1", "1", "2", "²", "١٢٣", "1e400", "1e5", "NaN", "Infinity", "99999999999999999999", "9223372036854775808",
    "2147483648", "32768", "0.005", "£1,234.567", "−5", "10000000000000", "100.5", "31/2/2026", "29/2/2027", "1/1/1", "1/1/0001",
    "9999-12-31", "31/12/9999", "1/1/1900", "31/12/2200", "2026-11-23", "25:61", "00:00", "24:00", "9am", "on", "true", "None",
    "x" * 5_000, "a\x00b", "a\x07b", "a\nb", "\u202eabc", "\ufeff", "𝔘𝔫𝔦", "👩‍🏫", "<script>alert(1)</script>", "%s {0} {{ 7*7 }}",
    "=HYPERLINK(1)", "../../etc/passwd", "'; --", "a@b", "a@b.example", "http://[::1", "https://example.org/a b", "C-000001", "C-999999",
    "AB12CDE", "GB123456789", "12345678", "12-34-56", "GB82WEST12345698765432", "DE89370400440532013000",
)  # fmt: skip
FILES = (
    ("odd.pdf", PDF), ("odd.pdf", b""), ("odd.csv", b"a,b\n1,2\n"), ("odd.csv", b"\xff\xfe\x00\x00"), ("\u202e.png", b"\x89PNG"),
    ("odd.xml", b"<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>"), ("odd.txt", b"x" * 2_000),
)  # fmt: skip
MOST_CHANGED = 3
KEPT_BEGINNING = 0.7


@dataclass(frozen=True)
class Form:
    """A form of a page: where it goes, what stands in it, and what its button says."""

    path: str
    method: str
    values: tuple[tuple[str, str], ...]
    files: tuple[str, ...]

    @property
    def names(self) -> list[str]:
        """Each field once, without the token."""
        return [name for name in dict.fromkeys(name for name, _ in self.values) if name != "csrfmiddlewaretoken"]


@dataclass
class Filling:
    """What was sent and what failed."""

    world: World
    chance: random.Random
    pages: int = 0
    forms: int = 0
    sent: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        told = ", ".join(f"{status}: {count}" for status, count in sorted(self.statuses.items()))
        return (
            f"{self.pages} pages, {self.forms} forms, filled in {self.sent} times ({told}); faults: {len(self.faults)}"
        )

    def thing(self, thing: Thing, *, times: int) -> None:
        """Each page of a thing for one of those who may see it; each of its forms so many times."""
        for ask in thing.asks:
            roles = [role for role in thing.rights if role != SIGNED_OUT and thing.expected(ask, role, OWN) == "ok"]
            if ask.is_page and ask.method == "GET" and roles:
                self._page(ask, Role(self.chance.choice(roles)), times)

    def _page(self, ask: Ask, role: Role, times: int) -> None:
        keys = {**self.world.one, **self.world.foreign, **self.world.own[role]}
        where = address(ask.name, keys)
        page = self._asked(role, "get", where, {})
        self.pages += 1
        if page.status_code != 200 or "html" not in page.headers.get("Content-Type", ""):
            return
        for form in forms_of(page.content, where):
            self.forms += 1
            for _ in range(times):
                self._fill(ask, role, form)

    def _fill(self, ask: Ask, role: Role, form: Form) -> None:
        given: dict[str, Any] = {}
        for name, value in form.values:
            given.setdefault(name, []).append(value)
        changed = {}
        for name in self.chance.sample(form.names, min(len(form.names), self.chance.randint(0, MOST_CHANGED))):
            changed[name] = self._odd(given[name][0])
            given[name] = [changed[name]]
        for name in form.files:
            called, content = self.chance.choice(FILES)
            given[name] = [SimpleUploadedFile(called, content)]
        answer = self._asked(role, form.method, form.path, given)
        self.sent += 1
        self.statuses[answer.status_code] += 1
        if answer.status_code >= 500:
            self.faults.append(
                f"{ask.name} for {role.value}, {form.method} {form.path} with {changed!r:.400}: {_why(answer)}"
            )

    def _odd(self, stood: str) -> str:
        """Something else; of what a button says, such as ``off:12``, often only the end."""
        begins, colon, _ = stood.partition(":")
        return (begins + colon if colon and self.chance.random() < KEPT_BEGINNING else "") + self.chance.choice(ODD)

    def _asked(self, role: Role, method: str, path: str, given: dict[str, Any]) -> Any:
        client = Client(raise_request_exception=False)
        client.cookies = copy.deepcopy(self.world.clients[role].cookies)
        with transaction.atomic():
            answer = client.get(path, given) if method == "get" else client.post(path, given)
            if hasattr(answer, "streaming_content"):
                list(answer.streaming_content)
            transaction.set_rollback(True)
        return answer


def _why(answer: Any) -> str:
    kind, error, _ = answer.exc_info if getattr(answer, "exc_info", None) else (None, None, None)
    return f"{kind.__name__}: {error}"[:300] if kind else str(answer.status_code)


def forms_of(content: bytes, where: str) -> list[Form]:
    """The forms of a page that go to this site, each with one of its buttons."""
    page = html.fromstring(content)
    return [made for form in page.forms for made in _filled(form, where)]


def _filled(form: Any, where: str) -> Iterator[Form]:
    """The form once for each thing that it can be asked to do."""
    values = tuple((name, value or "") for name, value in form.form_values())
    chosen = dict(values)
    for box in form.xpath(".//input[@type='checkbox' or @type='radio'][@name]"):
        if box.get("name") not in chosen:  # nothing is chosen yet: the first choice is
            chosen[box.get("name")] = box.get("value", "on")
            values += ((box.get("name"), box.get("value", "on")),)
    files = tuple(one.get("name") for one in form.xpath(".//input[@type='file'][@name]"))
    buttons = form.xpath(".//button[not(@type) or @type='submit']") or [None]
    for button in buttons:
        named = ((button.get("name"), button.get("value", "")),) if button is not None and button.get("name") else ()
        action = (button.get("formaction") if button is not None else None) or form.get("action") or ""
        goes = urldefrag(urljoin(where, action)).url
        if not urlsplit(goes).netloc:
            yield Form(goes, (form.method or "get").lower(), values + named, files)
