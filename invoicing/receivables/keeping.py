"""Money on account that something above keeps for a purpose: the database refuses to take it, and says for what.

Invoicing knows none of those that keep money. Whoever does guards the money on account by a trigger of its own that raises
an error of the constraint ``money_is_kept`` whose message is a sentence for people.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import IntegrityError

from marketplace.core.errors import DomainError

MONEY_IS_KEPT = "money_is_kept"


class MoneyKept(DomainError):
    """Some of the money on account is kept for what was ordered; less than that would be left."""

    code = "money_kept"


@contextmanager
def kept_stays() -> Iterator[None]:
    """Around whatever takes money off an account: the database's refusal of what is kept is told as MoneyKept.

    The transaction is broken then, so the verb that stands around it ends with this error.
    """
    try:
        yield
    except IntegrityError as error:
        told = getattr(error.__cause__, "diag", None)
        if told is None or told.constraint_name != MONEY_IS_KEPT:
            raise
        raise MoneyKept(told.message_primary or "This money is kept for orders.") from error
