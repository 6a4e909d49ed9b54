"""Advice about subscription levels, in rows: the same for a school and for finance."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from frontend.formats import money, period, short_date
from frontend.jinja import query
from marketplace.organisations.models import Organisation
from marketplace.trading.advice import PERIODS, level_advice, period_of
from subscriptions.adviser.rules import Advice, Line, Outcome
from subscriptions.allowances.rules.units import amount

MOST_BARS = 8


def advice_context(request: HttpRequest, organisation: Organisation) -> dict[str, Any]:
    """What the page of advice shows, over the period that was asked for."""
    on = timezone.localdate()
    asked = request.GET.get("period", "")
    asked = asked if asked in PERIODS else next(iter(PERIODS))
    over = period_of(asked, on)
    advice = level_advice(organisation=organisation, period=over, on=on)
    return {
        "advice": advice,
        "period_words": period(over.start, over.end),
        "periods": [
            {"text": words, "href": query(request, period=name), "chosen": name == asked}
            for name, words in PERIODS.items()
        ],
        "has_levels": any(one.level.code for one in advice.outcomes),
        "bars": _bars(advice),
        "rows": [_row(one, first=one is advice.best) for one in advice.outcomes],
        "workings": [(one, [_line(line) for line in one.lines]) for one in advice.outcomes],
        "bought_rows": [[short_date(one.on), one.what, bought_words(one.units, one.unit), money(one.paid_pence)]
                        for one in advice.bought],
    }  # fmt: skip


def _bars(advice: Advice) -> list[tuple[str, int]]:
    """What was paid, and what each level would have cost."""
    return [("Paid", advice.paid_pence), *((one.level.name, one.total_pence) for one in advice.outcomes)][:MOST_BARS]


def _row(one: Outcome, *, first: bool) -> list[Any]:
    saving = one.saving_pence
    return [
        f"{one.level.name} (least)" if first else one.level.name,
        money(one.level.price_pence),
        ", ".join(f"{amount(one.used[unit], unit)} of {amount(units, unit)} {_noun(unit)}"
                  for unit, units in one.level.includes.items()) or "Nothing",
        money(one.rest_pence),
        money(one.total_pence),
        f"{money(abs(saving))} {'less' if saving > 0 else 'more'}" if saving else "The same",
    ]  # fmt: skip


def _noun(unit: str) -> str:
    return {"place": "places", "half_day": "days", "download": "downloads"}[unit]


def bought_words(units: int, unit: str) -> str:
    """ "1 place", "2½ days"; nothing for what no level includes."""
    if not unit:
        return ""
    said, noun = amount(units, unit), _noun(unit)
    return f"{said} {noun.removesuffix('s') if said in ('1', '½') else noun}"


def _line(line: Line) -> list[Any]:
    """Day, what, how many, of which included, at the level's price, percent off, to pay."""
    one = line.bought
    return [
        short_date(one.on),
        one.what,
        amount(one.units, one.unit) if one.unit else "",
        amount(line.included, one.unit) if line.included else "",
        money(line.class_pence),
        f"{line.percent.normalize():f}% off {line.theme}: {money(line.off_pence)}" if line.off_pence else "",
        money(line.pence),
    ]
