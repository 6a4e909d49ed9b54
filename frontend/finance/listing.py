"""What every finance list does alike: pages of 50, sorting by link, removable filters, CSV of what is shown."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.forms import Form
from django.http import HttpRequest, HttpResponse

from frontend.formats import short_date
from frontend.jinja import query
from marketplace.core.money import plain_pounds
from marketplace.core.text import safe_cell

PER_PAGE = 50


def page_of(request: HttpRequest, rows: QuerySet[Any] | Sequence[Any], *, per_page: int = PER_PAGE) -> Page[Any]:
    """The page asked for; a page that does not exist is the nearest that does."""
    return Paginator(rows, per_page).get_page(request.GET.get("page"))


def sort_by(request: HttpRequest, allowed: Mapping[str, Sequence[str]], *, default: str) -> list[str]:
    """The database order for ``?sort=key`` or ``?sort=-key``; what is not allowed gives the default."""
    asked = request.GET.get("sort", default)
    if asked.removeprefix("-") not in allowed:
        asked = default
    fields = allowed[asked.removeprefix("-")]
    turned = asked.startswith("-")
    return [_turn(field) if turned else field for field in fields]


def _turn(field: str) -> str:
    return field.removeprefix("-") if field.startswith("-") else f"-{field}"


def chosen(request: HttpRequest, form: Form) -> list[dict[str, str]]:
    """The filters in force, each with the address of this list without it."""
    if not form.is_valid():
        return []
    return [
        {"text": f"{form.fields[name].label}: {_in_words(form, name, value)}", "remove_url": query(request, **{name: None, "page": None})}
        for name, value in form.cleaned_data.items()
        if value not in ("", None, False)
    ]  # fmt: skip


def _in_words(form: Form, name: str, value: Any) -> str:
    choices = dict(getattr(form.fields[name], "choices", []))
    if value in choices:
        return str(choices[value])
    return short_date(value) if hasattr(value, "isoformat") else str(value)


def wants_csv(request: HttpRequest) -> bool:
    return request.GET.get("format") == "csv"


def csv_url(request: HttpRequest) -> str:
    """This list with its filters as a file."""
    return query(request, format="csv", page=None)


def csv_response(file_name: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> HttpResponse:
    """A file that spreadsheets open as text: nothing in it is run as a formula. Pence are written by ``pounds``."""
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{file_name}.csv"'
    response.write("\ufeff")  # spreadsheets read UTF-8 only when told
    writer = csv.writer(response)
    writer.writerow(header)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return response


def pounds(pence: int | None) -> str:
    """An amount for a file; an empty cell where there is none."""
    return "" if pence is None else plain_pounds(pence)


def _cell(value: object) -> str:
    if value is None:
        return ""
    return value.isoformat() if hasattr(value, "isoformat") else safe_cell(str(value))
