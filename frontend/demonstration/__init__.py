"""The demonstration: a fictional area whose schools have a real area's structure, and a year of its trading."""
