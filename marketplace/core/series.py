"""Gapless numbers: claimed inside the issuing transaction, so that a rollback gives them back."""

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
