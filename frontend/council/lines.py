"""The lines of a council's contract by funding block: looked at, changed after a check; the same for both sides."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from frontend.council.access import READ_AND_WRITE, CouncilRequest, council_page
from frontend.fields import PoundsField
from frontend.finance.access import posted, said
from frontend.jinja import url
from marketplace.core.errors import DomainError
from marketplace.core.periods import Period, add_months
from marketplace.core.wording import period_words
from subscriptions.commissions.models import Block, CouncilContract
from subscriptions.commissions.queries import council_contract_for
from subscriptions.commissions.rules.blocks import LineChange, LineTerms, financial_years
from subscriptions.commissions.services.lining import (
    agrees,
    change_lines,
    lines_of,
    may_change_lines,
    preview_lines,
)


def year_words(year: date) -> str:
    """ "April 2026 to March 2027"."""
    return period_words(year, add_months(year, 12))


class LinesForm(forms.Form):
    """What each block pays for each financial year that is not over; the others stay as they are."""

    def __init__(self, *args: Any, council: CouncilContract, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        contract = council.contract
        term = Period(contract.valid_from, contract.valid_to)
        self.years = [year for year in financial_years(term) if add_months(year, 12) > on]
        self.kept = [one for one in lines_of(council) if one.year_from not in self.years]
        stands = {(one.year_from, one.block): one.pence for one in lines_of(council)}
        for year in self.years:
            for block in Block:
                self.fields[_name(year, block)] = PoundsField(
                    label=f"{block.label}, {year_words(year)}", required=False, initial=stands.get((year, block.value))
                )

    @property
    def rows(self) -> Iterator[tuple[str, list[tuple[forms.BoundField, str]]]]:
        """For the page: each year with its fields and their short labels."""
        for year in self.years:
            yield year_words(year), [(self[_name(year, block)], str(block.label)) for block in Block]

    @property
    def lines(self) -> list[LineTerms]:
        """All lines of the contract: what was entered, with those of the years that are over."""
        entered = [
            LineTerms(year, block.value, pence)
            for year in self.years
            for block in Block
            if (pence := self.cleaned_data.get(_name(year, block)))
        ]
        return [*self.kept, *entered]


def _name(year: date, block: Block) -> str:
    return f"{block.value}_{year.year}"


@council_page(READ_AND_WRITE)
def lines(request: CouncilRequest, number: str) -> HttpResponse:
    """The commissioner's: from which of the council's own blocks the contract is paid."""
    council = council_contract_for(request.actor, number)
    return lines_page(request, council, layout="council/base.html", back=url("council-contract", number=number))


def lines_page(request: Any, council: CouncilContract, *, layout: str, back: str) -> HttpResponse:
    """What would change first, by the same calculation; then the change."""
    on = timezone.localdate()
    form = LinesForm(posted(request), council=council, on=on)
    changes: list[LineChange] | None = None
    if form.is_bound and form.is_valid():
        asked = {"council": council, "lines": form.lines, "on": on, "actor": request.actor}
        try:
            if request.POST.get("do") == "save":
                change_lines(**asked)
                messages.success(request, "The lines are changed. Both sides see them on the contract.")
                return redirect(back)
            changes = preview_lines(**asked)
        except DomainError as error:
            form.add_error(None, " ".join(said(error)))
    context = {
        "council": council, "contract": council.contract, "form": form, "layout": layout, "back_url": back,
        "may": may_change_lines(council, request.actor), "agrees": agrees(council),
        "changes": None if changes is None else [_row(one) for one in changes],
    }  # fmt: skip
    return _shown(request, "council/lines.html", context, bool(form.errors))


def _row(one: LineChange) -> dict[str, Any]:
    return {
        "year": year_words(one.year_from), "block": Block(one.block).label, "before": one.before, "after": one.after,
    }  # fmt: skip


def _shown(request: HttpRequest, template: str, context: dict[str, Any], wrong: bool) -> HttpResponse:
    return render(request, template, context, status=400 if wrong else 200)
