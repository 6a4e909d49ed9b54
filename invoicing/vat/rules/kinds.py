"""What the VAT of a supply depends on. In each list ``ANY`` (0) is only for rules: a fact is always one of the others."""

from enum import IntEnum


class Dimension(IntEnum):
    """A whole number for the database with the words that people read."""

    words: str

    def __new__(cls, value: int, words: str = "") -> "Dimension":
        member = int.__new__(cls, value)
        member._value_ = value
        member.words = words
        return member

    @property
    def code(self) -> str:
        """The name that programs use: ``private_school_fund``."""
        return self.name.lower()

    @classmethod
    def choices(cls) -> list[tuple[int, str]]:
        return [(member.value, member.words) for member in cls]

    @classmethod
    def facts(cls) -> list[tuple[int, str]]:
        """Without ``ANY``."""
        return cls.choices()[1:]


class SupplyKind(Dimension):
    """What is supplied. Travel and fees have no treatment of their own: they follow what they belong to."""

    ANY = 0, "Anything"
    TRAINING = 1, "Training"
    CONSULTANCY = 2, "Consultancy"
    GOODS = 3, "Goods"
    PRINTED = 4, "Printed books and e-books"
    SECONDMENT = 5, "Seconded teacher"
    OTHER = 6, "Other services"
    GRANT = 7, "Grant, for which nothing is given in return"
    LATE_PAYMENT = 8, "Interest or fixed sum for late payment"
    TRAVEL = 9, "Recharged mileage and travel"
    FEE = 10, "Cancellation or early-termination fee"


FOLLOWING = frozenset({SupplyKind.TRAVEL, SupplyKind.FEE})


class Standing(Dimension):
    """How the legal supplier stands with regard to VAT on the day."""

    ANY = 0, "Any supplier"
    ELIGIBLE_BODY = 1, "Eligible body"
    REGISTERED = 2, "Registered for VAT, no eligible body"
    NOT_REGISTERED = 3, "Not registered for VAT"
    PRIVATE_SCHOOL = 4, "Private school"
    ABROAD = 5, "Supplier abroad"


class Place(Dimension):
    """Where the customer belongs. The Isle of Man counts as the United Kingdom (VAT Act 1994 with the Isle of Man Act
    1979 s6), Jersey and Guernsey as abroad."""

    ANY = 0, "Any place"
    UK = 1, "Customer in the United Kingdom"
    ABROAD = 2, "Customer abroad"


class Relation(Dimension):
    """What supplier and customer are to each other."""

    ANY = 0, "Any relation"
    NONE = 1, "Two separate persons"
    COUNCIL_OWN_SCHOOL = 2, "A council and its maintained schools"
    SAME_PERSON = 3, "One legal person"


class Funding(Dimension):
    """What the customer pays from. A grant that a school spends is no grant to its supplier: a rule of its own may say
    otherwise, and none does."""

    ANY = 0, "Any money"
    OWN = 1, "The customer's own money"
    DELEGATED = 2, "A maintained school's delegated budget"
    PRIVATE_SCHOOL_FUND = 3, "A private school fund"
    GRANT = 4, "A grant that the customer holds"


class Buyer(Dimension):
    """How the customer stands: staff seconded between eligible bodies are the one case that asks."""

    ANY = 0, "Any customer"
    ELIGIBLE_BODY = 1, "Customer an eligible body"
    OTHER = 2, "Customer no eligible body"


class Question(Dimension):
    """The questions in the order in which the law asks them; the first that a rule answers decides."""

    SUPPLY = 1, "1. Is anything supplied?"
    CHARGES = 2, "2. Does the supplier charge VAT?"
    PLACE = 3, "3. Where is it supplied?"
    LIABILITY = 4, "4. What is supplied by whom?"

    @classmethod
    def facts(cls) -> list[tuple[int, str]]:
        return cls.choices()
