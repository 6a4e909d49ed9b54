"""Rows of models by prepared statements: for the few reads that are made so often that building them would count."""

import json
from collections.abc import Collection, Iterator, Sequence
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, models

Made = TypeVar("Made", bound=models.Model)


class Columns(Generic[Made]):
    """The columns of a model under an alias, for the text of a statement, and the model made of their values.

    ``without`` are fields that nobody reads here; whoever does has them read by themselves, as Django does it.
    """

    def __init__(self, model: type[Made], alias: str, *, without: Collection[str] = ()) -> None:
        fields = [field for field in model._meta.concrete_fields if field.attname not in without]
        self._model = model
        self._names = frozenset(field.attname for field in fields)
        self._json = [index for index, field in enumerate(fields) if isinstance(field, models.JSONField)]
        self._key = next(index for index, field in enumerate(fields) if field.primary_key)
        self.count = len(fields)
        self.sql = ", ".join(f'{alias}."{field.column}"' for field in fields)

    def made(self, values: Sequence[Any]) -> Made | None:
        """The row, or None where an outer join found none."""
        if values[self._key] is None:
            return None
        if self._json:
            values = list(values)
            for index in self._json:
                values[index] = None if values[index] is None else json.loads(values[index])
        return self._model.from_db(DEFAULT_DB_ALIAS, self._names, values)


def parted(row: Sequence[Any], parts: Sequence[Columns[Any]]) -> Iterator[Any]:
    """The models of one row whose columns are those of ``parts``, in their order."""
    begin = 0
    for part in parts:
        yield part.made(row[begin : begin + part.count])
        begin += part.count
