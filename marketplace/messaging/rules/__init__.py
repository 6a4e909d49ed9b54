"""Pure rules of messaging: how long to wait, and where customers' programs may be reached."""
