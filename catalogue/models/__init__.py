"""What providers can deliver: offers, their dates and places, their prices, and the words to find them by."""

from catalogue.models.offers import Offer
from catalogue.models.prices import Price
from catalogue.models.runs import CourseRun, PlaceTaking
from catalogue.models.search import SearchWord

__all__ = ["CourseRun", "Offer", "PlaceTaking", "Price", "SearchWord"]
