"""Webhooks of customers' programs: what may be told, and the pages where they are kept."""
