"""What programs ask and do about what is agreed for a term."""
