"""Everything agreed for a term. Sub-packages own the models; they are gathered here for Django."""

from subscriptions.allowances.models import Allowance, AllowanceUse
from subscriptions.tiers.models import Membership

__all__ = ["Allowance", "AllowanceUse", "Membership"]
