"""The operations of invoicing for programs."""
