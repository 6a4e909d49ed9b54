"""The billing class of a school from its GIAS establishment type code.

Source: the register of schools' code list of establishment types (Department for Education). The *type* decides,
never the type group: a group mixes legal forms.
"""

from marketplace.organisations.models.schools import BillingClass

_BY_TYPE = {
    BillingClass.MAINTAINED: ("1", "2", "3", "5", "7", "12", "14", "15"),
    BillingClass.ACADEMY: ("28", "33", "34", "35", "36", "38", "39", "40", "41", "42", "43", "44", "45", "46"),
    BillingClass.INDEPENDENT: ("10", "11"),
    BillingClass.NON_MAINTAINED_SPECIAL: ("8",),
    BillingClass.OVERSEAS: ("25", "37"),
}  # fmt: skip
_CLASS = {code: billing_class for billing_class, codes in _BY_TYPE.items() for code in codes}


def billing_class_of(type_code: str) -> BillingClass:
    """The class for a type code; ``OTHER`` ("needs a decision") for one that is not listed."""
    return _CLASS.get(type_code.lstrip("0"), BillingClass.OTHER)
