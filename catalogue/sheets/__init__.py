"""The whole catalogue as three sheets (offers, dates, prices): out for editing, in with a dry run and errors by line."""
