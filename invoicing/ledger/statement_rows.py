"""The two financial statements as rows of a file, amounts in pounds."""

from collections.abc import Iterator

from invoicing.ledger.financial_statements import BalanceSheet, IncomeAndExpenditure
from marketplace.core.money import plain_pounds

INCOME_HEADER = ("part", "source", "code", "account", "amount", "a_year_earlier")
SHEET_HEADER = ("part", "code", "account", "amount")


def income_rows(found: IncomeAndExpenditure) -> Iterator[list[str]]:
    """Income by source and account, costs, and the surplus as the last row."""
    for source in found.income:
        for row in source.accounts:
            yield ["income", source.name, row.code, row.name, plain_pounds(row.pence), plain_pounds(row.earlier_pence)]
    for row in found.costs:
        yield ["costs", "", row.code, row.name, plain_pounds(row.pence), plain_pounds(row.earlier_pence)]
    yield ["surplus", "", "", "", plain_pounds(found.surplus_pence), plain_pounds(found.earlier_surplus_pence)]


def sheet_rows(found: BalanceSheet) -> Iterator[list[str]]:
    """Assets, liabilities, net assets, reserves, and what the reserves are for."""
    for row in found.assets:
        yield ["assets", row.code, row.name, plain_pounds(row.pence)]
    for row in found.liabilities:
        yield ["liabilities", row.code, row.name, plain_pounds(-row.pence)]
    yield ["net assets", "", "", plain_pounds(found.net_assets_pence)]
    for row in found.reserves:
        yield ["reserves", row.code, row.name, plain_pounds(-row.pence)]
    yield ["reserves", "", "Income less costs", plain_pounds(found.surplus_pence)]
    yield ["of which", "", "Restricted funds", plain_pounds(found.restricted_pence)]
    yield ["of which", "", "Funds set aside", plain_pounds(found.designated_pence)]
    yield ["of which", "", "Free reserves", plain_pounds(found.free_pence)]
