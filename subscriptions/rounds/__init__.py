"""Rounds: the same services for many schools, looked at first, then contracted as a job."""
