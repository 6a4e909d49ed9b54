"""The verbs of queries, reminders and late payment."""
