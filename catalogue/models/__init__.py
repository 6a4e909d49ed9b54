"""What providers can deliver: offers, their dates and places, their prices, and the words to find them by."""

from catalogue.models.offers import Offer
from catalogue.models.prices import Price
from catalogue.models.runs import CourseRun, Meeting, PlaceTaking
from catalogue.models.search import ListedOffer, SearchWord, TagSet

__all__ = ["CourseRun", "ListedOffer", "Meeting", "Offer", "PlaceTaking", "Price", "SearchWord", "TagSet"]
