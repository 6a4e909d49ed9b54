"""E-invoices: what was issued as UBL 2.1 by EN 16931, and the check of it. Needs no database: a snapshot in, bytes out.

`ubl.build_ubl` writes, `checking.check_ubl` checks. Each is imported from its own module, so that the process that runs
the rules loads nothing else.
"""
