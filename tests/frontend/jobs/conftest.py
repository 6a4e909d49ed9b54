"""The finance cast for the pages of jobs."""

from tests.frontend.finance.conftest import amira, bill, edith, priya, priya_acts, today

__all__ = ["amira", "bill", "edith", "priya", "priya_acts", "today"]
