"""Verbs over subscription levels."""

from subscriptions.plans.services.buying import (
    NotForSale,
    SubscribedAlready,
    SubscriptionPriceMoved,
    preview_subscription,
    subscribe,
    who_may,
)
from subscriptions.plans.services.changing import (
    LevelChange,
    LowerLevelLater,
    SameLevel,
    accept,
    change_level,
    end,
    preview_level,
)
from subscriptions.plans.services.granting import keep_entitlements
from subscriptions.plans.services.pricing import PlanPrice, PlanPricing, plan_price
from subscriptions.plans.services.writing import (
    PlanExists,
    Terms,
    VersionInUse,
    VersionOverlaps,
    add_plan,
    change_version,
    draft_version,
    publish_version,
    withdraw_plan,
)

__all__ = [
    "LevelChange",
    "LowerLevelLater",
    "NotForSale",
    "PlanExists",
    "PlanPrice",
    "PlanPricing",
    "SameLevel",
    "SubscribedAlready",
    "SubscriptionPriceMoved",
    "Terms",
    "VersionInUse",
    "VersionOverlaps",
    "accept",
    "add_plan",
    "change_level",
    "change_version",
    "draft_version",
    "end",
    "keep_entitlements",
    "plan_price",
    "preview_level",
    "preview_subscription",
    "publish_version",
    "subscribe",
    "who_may",
    "withdraw_plan",
]
