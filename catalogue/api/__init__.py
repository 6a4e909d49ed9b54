"""The operations of the catalogue for programs."""
