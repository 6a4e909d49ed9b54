"""Webhooks for programs: kept, tried, looked into and sent again over the API."""
