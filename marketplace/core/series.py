"""Gapless numbers: claimed inside the issuing transaction, so that a rollback gives them back."""

import itertools
import json
from collections.abc import Sequence

from django.db import connection, transaction

from marketplace.core.models import NumberSeries


def ensure_series(*, code: str, prefix: str) -> None:
    """Makes the series when it is missing; an existing one is left as it is."""
    NumberSeries.objects.get_or_create(code=code, defaults={"prefix": prefix})


def claim(*, series: str, count: int = 1) -> list[str]:
    """The next ``count`` numbers of the series, printed as ``PREFIX-000042``.

    Must be called in a transaction: the counter row stays locked until it ends, so nobody else can take a number in
    between, and a rollback leaves no gap. Raises LookupError for an unknown series.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("Numbers are claimed inside the issuing transaction.")
    if count < 1:
        raise ValueError("Claim at least one number")
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE core_numberseries SET next_number = next_number + %s WHERE code = %s"
            " RETURNING prefix, next_number - %s",
            [count, series, count],
        )
        row = cursor.fetchone()
    if row is None:
        raise LookupError(f"No number series {series!r}")
    prefix, first = row
    return [f"{prefix}-{number:06d}" for number in range(first, first + count)]


_CLAIM_EACH = """
WITH held AS MATERIALIZED (
    SELECT s.code, asked.count FROM core_numberseries s
    JOIN (SELECT code, count(*) FROM json_array_elements_text(%s::json) AS asked(code) GROUP BY 1) asked USING (code)
    ORDER BY s.code FOR UPDATE OF s
)
UPDATE core_numberseries s SET next_number = s.next_number + held.count FROM held WHERE s.code = held.code
RETURNING s.code, s.prefix, s.next_number - held.count
"""


def claim_each(codes: Sequence[str]) -> list[str]:
    """The next number of each series that is named, in the order asked; a series named twice gives two.

    What ``claim`` does, for very many series by one statement; they are locked in the order of their codes.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("Numbers are claimed inside the issuing transaction.")
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM_EACH, [json.dumps(list(codes))])
        coming = {code: (prefix, itertools.count(first)) for code, prefix, first in cursor.fetchall()}
    if missing := set(codes) - set(coming):
        raise LookupError(f"No number series {sorted(missing)[0]!r}")
    return [f"{coming[code][0]}-{next(coming[code][1]):06d}" for code in codes]
