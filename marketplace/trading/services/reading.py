"""What every order reads of its basket, in one prepared statement: the parties, and the lines with what they name."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import prefetch_related_objects

from catalogue.models import CourseRun, Offer
from marketplace.core.bulk import rows_prepared
from marketplace.core.prepared import Columns, parted
from marketplace.organisations.models import CustomerTerms, Organisation
from marketplace.trading.models import Basket, BasketLine
from providers.models import Provider


@dataclass(frozen=True)
class Parties:
    """Who takes part in an order: the buyer by its terms (the defaults where none were agreed), who is invoiced, and the
    partnership if it is set up. ``approved_from``: from which pence on the buyer's own scheme of delegation wants a
    second person; None where it never does."""

    terms: CustomerTerms
    invoice_to: Organisation
    partnership: Organisation | None
    approved_from: int | None


def _organisation(alias: str) -> Columns[Organisation]:
    return Columns(Organisation, alias, without={"name_search"})


_PARTIES = (Columns(CustomerTerms, "t"), _organisation("invoiced"), _organisation("ours"))
_LINE = (
    Columns(BasketLine, "l"),
    Columns(CourseRun, "r", without={"joining", "joining_link", "joining_days"}),
    Columns(Offer, "o", without={"description", "keywords"}),
    Columns(Provider, "p"),
    _organisation("sold_by"),
    _organisation("school"),
)
_READ = f"""
SELECT approved.least, {", ".join(part.sql for part in (*_PARTIES, *_LINE))}
FROM trading_basket b
CROSS JOIN LATERAL (
    SELECT min(a.from_pence) AS least FROM organisations_approvalrule a CROSS JOIN (SELECT %s::date AS day) asked
    WHERE a.organisation_id = b.organisation_id AND a.valid_from <= asked.day
      AND (a.valid_to IS NULL OR a.valid_to > asked.day)
) approved
LEFT JOIN organisations_customerterms t ON t.organisation_id = b.organisation_id
LEFT JOIN organisations_organisation invoiced ON invoiced.id = t.invoice_to_id
LEFT JOIN organisations_organisation ours ON ours.kind = '{Organisation.Kind.PARTNERSHIP}'
LEFT JOIN trading_basketline l ON l.basket_id = b.id
LEFT JOIN catalogue_courserun r ON r.id = l.run_id
LEFT JOIN catalogue_offer o ON o.id = l.offer_id
LEFT JOIN providers_provider p ON p.id = o.provider_id
LEFT JOIN organisations_organisation sold_by ON sold_by.id = o.sold_by_id
LEFT JOIN organisations_organisation school ON school.id = l.school_id
WHERE b.id = %s
ORDER BY l.id
"""


def basket_read(basket: Basket, on: date) -> tuple[list[BasketLine], Parties]:
    """The basket's lines in their order, each with its basket, offer (provider, other supplier), date and school; and the
    parties as they stand on the day. The levels of what is no course are read at once for all.
    """
    rows = rows_prepared(_READ, [on, basket.pk])
    begin = 1 + sum(part.count for part in _PARTIES)
    lines = [line for row in rows if (line := _line(basket, row[begin:]))]
    if with_levels := [line.offer for line in lines if line.offer.kind != Offer.Kind.COURSE]:
        prefetch_related_objects(with_levels, "levels")
    return lines, _parties(basket.organisation, rows[0])


def _line(basket: Basket, values: Sequence[Any]) -> BasketLine | None:
    """One line; None of a basket without any."""
    line, run, offer, provider, sold_by, school = parted(values, _LINE)
    if line is None:
        return None
    line.basket, line.run, line.offer, line.school = basket, run, offer, school
    offer.provider, offer.sold_by = provider, sold_by
    found: BasketLine = line
    return found


def _parties(buyer: Organisation, values: Sequence[Any]) -> Parties:
    terms, invoiced, ours = parted(values[1:], _PARTIES)
    if terms is None:
        terms = CustomerTerms(organisation=buyer)
    else:
        terms.organisation, terms.invoice_to = buyer, invoiced
    return Parties(terms, invoiced or buyer, ours, values[0])
