"""The operations of trading for programs."""
