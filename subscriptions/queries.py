"""Reads of this floor, by sub-package."""

from subscriptions.tiers.queries import price_class_on, price_classes_on

__all__ = ["price_class_on", "price_classes_on"]
