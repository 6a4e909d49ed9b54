"""Whether the digits of a sort code and an account number fit each other, by the published table of weights.

Source: Vocalink, *Validating account numbers, UK modulus checking*. The fourteen digits u v w x y z a b c d e f g h are
multiplied by fourteen weights and summed: MOD10 and MOD11 want the sum to be a multiple; DBLAL adds up the digits of the
products and wants a multiple of 10. Done here: the three standard checks, two checks where the table has two lines, and
exceptions 1, 3, 4, 6, 7, 8, 10 with 11, 12 with 13, and 14. Not done: exceptions 2 with 9, and 5, which need further
tables; their accounts come out as not checked, as does every sort code that the table does not have.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

METHODS = ("MOD10", "MOD11", "DBLAL")
NOT_DONE = frozenset({2, 5, 9})
EITHER = frozenset({10, 11, 12, 13})
"""With these it is enough that one of the two checks fits."""


@dataclass(frozen=True)
class Rule:
    """One line of the table: for sort codes from ``first`` to ``last``, both included."""

    first: str
    last: str
    method: str
    weights: tuple[int, ...]
    exception: int = 0


def read_table(lines: Iterable[str]) -> list[Rule]:
    """The table as published: from, to, method, fourteen weights and perhaps an exception, split by spaces.

    Raises ValueError that names the first line which is none of it; empty lines are passed over.
    """
    rules = []
    for number, line in enumerate(lines, start=1):
        parts = line.split()
        if not parts:
            continue
        if len(parts) not in (17, 18) or parts[2] not in METHODS or not all(len(code) == 6 for code in parts[:2]):
            raise ValueError(f"Line {number} of the modulus table is not a line of weights: {line.strip()[:60]}")
        weights = tuple(int(weight) for weight in parts[3:17])
        rules.append(Rule(parts[0], parts[1], parts[2], weights, int(parts[17]) if len(parts) == 18 else 0))
    return rules


def fits(sort_code: str, account_number: str, table: Sequence[Rule]) -> bool | None:
    """Whether the digits fit; None where the table says nothing, or says something that is not done here."""
    rules = [rule for rule in table if rule.first <= sort_code <= rule.last][:2]
    if not rules or any(rule.exception in NOT_DONE for rule in rules):
        return None
    letters = account_number  # a b c d e f g h
    if rules[0].exception == 6 and "4" <= letters[0] <= "8" and letters[6] == letters[7]:
        return None  # a foreign currency account, which cannot be checked
    first = _passes(rules[0], sort_code, account_number)
    if len(rules) == 1:
        return first or (rules[0].exception == 14 and _without_last(rules[0], sort_code, account_number))
    if rules[1].exception == 3 and letters[2] in "69":
        return first
    second = _passes(rules[1], sort_code, account_number)
    if {rules[0].exception, rules[1].exception} <= EITHER:
        return first or second
    return first and second


def _passes(rule: Rule, sort_code: str, account_number: str) -> bool:
    code = "090126" if rule.exception == 8 else sort_code
    weights = rule.weights
    if _ignores_head(rule.exception, account_number):
        weights = (0,) * 8 + weights[8:]
    products = [int(digit) * weight for digit, weight in zip(code + account_number, weights, strict=True)]
    if rule.method == "DBLAL":
        total = sum(sum(int(digit) for digit in str(abs(product))) for product in products)
        return (total + (27 if rule.exception == 1 else 0)) % 10 == 0
    divisor = 10 if rule.method == "MOD10" else 11
    wanted = int(account_number[6:]) if rule.exception == 4 else 0
    return sum(products) % divisor == wanted


def _ignores_head(exception: int, account_number: str) -> bool:
    """Exceptions 7 and 10: the weights of the sort code and of a and b become nought."""
    if exception == 7:
        return account_number[6] == "9"
    return exception == 10 and account_number[:2] in ("09", "99") and account_number[6] == "9"


def _without_last(rule: Rule, sort_code: str, account_number: str) -> bool:
    """Exception 14: a number that ends in 0, 1 or 9 may fit once its last digit goes and a nought stands in front."""
    return account_number[7] in "019" and _passes(rule, sort_code, "0" + account_number[:7])
