"""Constraints that PostgreSQL holds without contrib extensions."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField
from django.db.models import F, Func, Q, Value


def no_overlap(
    *, name: str, keys: list[str], start: str = "valid_from", end: str = "valid_to", condition: Q | None = None
) -> ExclusionConstraint:
    """No two rows of the same whole-number keys may have dates ``[start, end)`` that overlap; an empty end is open.

    With a ``condition`` only rows that meet it count.

    The keys must be NOT NULL: a NULL would make an unbounded range that conflicts with every row.
    """
    same = [(Func(F(key), F(key), Value("[]"), function="int8range"), "&&") for key in keys]
    dates = Func(F(start), F(end), Value("[)"), function="daterange", output_field=DateRangeField())
    return ExclusionConstraint(name=name, expressions=[*same, (dates, "&&")], condition=condition)
