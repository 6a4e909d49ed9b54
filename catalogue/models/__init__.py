"""What providers can deliver: offers, their dates and places, their prices, and the words to find them by."""

from catalogue.models.costs import RunCost
from catalogue.models.finding import (
    BoughtTogether,
    CalendarFeed,
    Favourite,
    ListPrice,
    OfferRating,
    PushedStatistic,
    Rating,
    SavedSearch,
)
from catalogue.models.levels import OfferLevel
from catalogue.models.offers import Offer
from catalogue.models.presenters import CourseRunPresenter
from catalogue.models.prices import Price
from catalogue.models.resources import Resource, ResourceFile
from catalogue.models.runs import CourseRun, Meeting, PlaceTaking
from catalogue.models.search import ListedOffer, SearchWord, TagSet
from catalogue.models.versions import BudgetCode, OfferAsk, OfferDraft, OfferVersion

__all__ = [
    "BoughtTogether",
    "BudgetCode",
    "CalendarFeed",
    "CourseRun",
    "CourseRunPresenter",
    "Favourite",
    "ListPrice",
    "ListedOffer",
    "Meeting",
    "Offer",
    "OfferAsk",
    "OfferDraft",
    "OfferLevel",
    "OfferRating",
    "OfferVersion",
    "PlaceTaking",
    "Price",
    "PushedStatistic",
    "Rating",
    "Resource",
    "ResourceFile",
    "RunCost",
    "SavedSearch",
    "SearchWord",
    "TagSet",
]
