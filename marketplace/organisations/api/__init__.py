"""The operations of organisations for programs."""
