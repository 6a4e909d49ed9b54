"""The banks' layouts that can be read. A new bank is one module with ``parse`` and one line here."""

from typing import Protocol

from invoicing.banking.rules import lloyds
from invoicing.banking.rules.reading import ParsedStatement


class Parse(Protocol):
    """Bytes to a whole statement, or StatementRefused."""

    def __call__(self, data: bytes, *, sort_code: str = "", account_number: str = "") -> ParsedStatement: ...


PARSERS: dict[str, Parse] = {lloyds.NAME: lloyds.parse}
LAYOUTS = [(lloyds.NAME, "Lloyds Bank, CSV")]
