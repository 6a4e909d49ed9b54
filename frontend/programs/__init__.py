"""Pages for people who connect programs: the description of the API, and one's own tokens."""
