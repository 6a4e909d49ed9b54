"""Reads of this floor, by sub-package."""

from subscriptions.allowances.queries import allowances_of, included_on, kept_keys, uses_of
from subscriptions.tiers.queries import price_class_on, price_classes_on

__all__ = ["allowances_of", "included_on", "kept_keys", "price_class_on", "price_classes_on", "uses_of"]
