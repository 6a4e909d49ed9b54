"""A mandate is only ever ended."""

from invoicing.vat.triggers import ENDED_ONLY
from marketplace.core.triggers import Trigger, declare

_TABLE = "invoicing_salesmandate"
TRIGGERS = [
    Trigger(f"{_TABLE}_ended_only", _TABLE, "BEFORE", "DELETE OR UPDATE", "ROW", ENDED_ONLY.name),
    Trigger(f"{_TABLE}_no_truncate", _TABLE, "BEFORE", "TRUNCATE", "STATEMENT", "core_refuse_change"),
]
declare(functions=[], triggers=TRIGGERS)
