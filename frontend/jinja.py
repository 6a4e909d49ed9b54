"""The Jinja2 environment of the pages, for Django's Jinja2 backend (``OPTIONS["environment"]``)."""

from pathlib import Path
from typing import Any

from django.http import HttpRequest, QueryDict
from django.templatetags.static import static
from django.urls import reverse
from django.utils.text import slugify
from jinja2 import (
    ChainableUndefined,
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    PackageLoader,
    PrefixLoader,
)

from frontend import form_drawing, formats

TEMPLATES = Path(__file__).resolve().parent / "templates"
FILTERS = {
    "money": formats.money,
    "money_whole": formats.money_whole,
    "long_date": formats.long_date,
    "short_date": formats.short_date,
    "clock": formats.clock,
    "period": formats.period,
    "percent_change": formats.percent_change,
    "plural": formats.plural,
    "slug": slugify,
}


def environment(**options: Any) -> Environment:
    """Our templates first, then GOV.UK's under ``govuk_frontend_jinja/``; everything is escaped.

    GOV.UK's macros read keys that callers leave out, hence ``ChainableUndefined``.
    """
    own = options.pop("loader", None) or FileSystemLoader(TEMPLATES)
    govuk = PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")})
    options.update(autoescape=True, undefined=ChainableUndefined, loader=ChoiceLoader([own, govuk]))
    made = Environment(**options)
    made.filters.update(FILTERS)
    made.globals.update(
        static=static,
        url=url,
        query=query,
        sortable=sortable,
        field_parameters=form_drawing.field_parameters,
        error_list=form_drawing.error_list,
        state_tag=formats.state_tag,
        money=formats.money,
    )
    return made


def url(name: str, *args: Any, **kwargs: Any) -> str:
    """The address of a named page: ``url("invoice", number="INV-000001")``."""
    return reverse(name, args=args or None, kwargs=kwargs or None)


def query(request: HttpRequest | None, **changes: Any) -> str:
    """This page's query string with some parameters changed; None takes one away. Always begins with "?"."""
    parameters = getattr(request, "GET", None)
    changed = parameters.copy() if parameters is not None else QueryDict(mutable=True)
    for name, value in changes.items():
        changed.pop(name, None)
        if value is not None:
            changed[name] = value
    return f"?{changed.urlencode()}"


def sortable(columns: list[dict[str, Any]], request: HttpRequest | None, *, default: str = "") -> list[dict[str, Any]]:
    """The columns with sorting links for those with a ``key``, after ``?sort=key`` or ``?sort=-key``.

    The view decides what may be sorted by and does it; this only draws. A link turns the present order round
    and goes back to the first page.
    """
    chosen = (getattr(request, "GET", None) or {}).get("sort") or default
    drawn = []
    for column in columns:
        key = column.get("key")
        if not key:
            drawn.append(column)
            continue
        sorted_now = {key: "ascending", f"-{key}": "descending"}.get(chosen)
        turned = f"-{key}" if sorted_now == "ascending" else key
        drawn.append({**column, "href": query(request, sort=turned, page=None), "sorted": sorted_now or "none"})
    return drawn
