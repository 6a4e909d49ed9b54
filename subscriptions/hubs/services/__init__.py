"""Verbs of hubs; each lies in the file of what it changes."""
