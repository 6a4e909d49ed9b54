"""The phase that price rules and filters speak of, from the register's codes.

Source: the register of schools (Department for Education): phase codes 0 to 7 and establishment type codes.
Special schools and alternative provision have phase 0 there, so their kind comes from the type.
"""

_BY_CODE = {
    "1": "nursery",
    "2": "primary",
    "3": "primary",  # middle deemed primary
    "4": "secondary",
    "5": "secondary",  # middle deemed secondary
    "6": "post-16",
    "7": "all-through",
}
_SPECIAL = frozenset({"7", "8", "12", "33", "36", "44"})
_ALTERNATIVE = frozenset({"14", "38", "42", "43"})
_NURSERY = frozenset({"15"})

PHASES = ("nursery", "primary", "secondary", "all-through", "post-16", "special", "alternative provision")


def phase_of(*, type_code: str, phase_code: str) -> str:
    """One of ``PHASES``, or an empty string where the register does not tell."""
    kind = type_code.lstrip("0")
    if kind in _SPECIAL:
        return "special"
    if kind in _ALTERNATIVE:
        return "alternative provision"
    if kind in _NURSERY:
        return "nursery"
    return _BY_CODE.get(phase_code.lstrip("0"), "")
