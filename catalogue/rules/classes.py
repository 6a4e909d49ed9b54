"""The price classes: for whom a row of the price list holds."""

from enum import IntEnum


class PriceClass(IntEnum):
    """Whole numbers, so that PostgreSQL can keep the dates of one class from overlapping.

    ``ANY`` is a row for everybody who has no row of their own class; nobody *is* of class ``ANY``.
    """

    ANY = 0
    MEMBER = 1
    ASSOCIATE = 2
    NON_MEMBER = 3

    @property
    def words(self) -> str:
        return _WORDS[self]

    @property
    def code(self) -> str:
        return self.name.lower()

    @classmethod
    def choices(cls) -> list[tuple[int, str]]:
        return [(int(member), member.words) for member in cls]


_WORDS = {
    PriceClass.ANY: "everybody",
    PriceClass.MEMBER: "member",
    PriceClass.ASSOCIATE: "associate",
    PriceClass.NON_MEMBER: "non-member",
}
