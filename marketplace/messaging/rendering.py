"""An e-mail's subject, plain text and HTML from one template.

A template extends ``layout.jinja`` and imports from ``parts.jinja``; both stand twice, in HTML and in plain text, so what
is said is said once. It may use the filters ``money`` and ``long_date``. A name that the context lacks is an error.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from marketplace.core.money import Money
from marketplace.core.text import collapse
from marketplace.core.wording import long_date

OWN = Path(__file__).resolve().parent / "templates"
SUBJECT_LIMIT = 180
_CONTROL = dict.fromkeys([code for code in range(32) if code not in (9, 10)] + [127])  # all but tab and new line
_folders: list[Path] = []
_environments: dict[str, Environment] = {}


@dataclass(frozen=True)
class Letter:
    """The paper an e-mail is written on: who writes, why one gets it, and how to stop it (empty where one cannot)."""

    name: str
    why: str
    stop_url: str = ""
    demonstration: bool = False


@dataclass(frozen=True)
class Rendered:
    """One e-mail in both forms."""

    subject: str
    plain: str
    html: str


def add_templates(folder: Path) -> None:
    """Looks for templates in this folder too."""
    if folder not in _folders:
        _folders.append(folder)
        _environments.clear()


def render(*, template: str, context: Mapping[str, Any], letter: Letter) -> Rendered:
    """The e-mail. The subject is one line of at most 180 characters, whatever names stand in it."""
    given = {**context, "letter": letter}
    plain = _environment("plain").get_template(template)
    subject = "".join(plain.blocks["subject"](plain.new_context(dict(given))))
    return Rendered(
        subject=one_line(subject),
        plain=_tidy(plain.render(given).translate(_CONTROL)),
        html=_environment("html").get_template(template).render(given).translate(_CONTROL),
    )


def one_line(text: str) -> str:
    """A header's text: line breaks and control characters become spaces, so that no name adds a header."""
    plain = "".join(" " if unicodedata.category(char).startswith("C") else char for char in text)
    plain = collapse(plain)
    return plain if len(plain) <= SUBJECT_LIMIT else plain[: SUBJECT_LIMIT - 1].rstrip() + "…"


def _tidy(text: str) -> str:
    lines = "\n".join(line.rstrip() for line in text.splitlines())
    return re.sub(r"\n{3,}", "\n\n", lines).strip() + "\n"


def _environment(form: str) -> Environment:
    if form not in _environments:
        made = Environment(
            loader=FileSystemLoader([OWN / form, *_folders]), autoescape=form == "html", undefined=StrictUndefined
        )
        made.filters.update(money=lambda pence: str(Money(pence)), long_date=long_date)
        _environments[form] = made
    return _environments[form]
