"""What people are told by e-mail: a handler for each kind of event, above the packages that record them.

``loaded`` imports them all; each is idempotent, since messages have keys.
"""
