"""The invariants of VAT in plain SQL."""

from marketplace.core.verification import Invariant, register

_KEY = ("question", "kind", "standing", "place", "relation", "funding", "buyer")

register(
    Invariant(
        17,
        "vat-rules-never-overlap",
        "on any day one key has at most one VAT rule, and an organisation one set of VAT facts",
        "SELECT (SELECT count(*) FROM invoicing_vatrule) + (SELECT count(*) FROM invoicing_vatfacts)",
        f"""
        SELECT format('VAT rules %s and %s hold on the same days', a.id, b.id)
        FROM invoicing_vatrule a JOIN invoicing_vatrule b USING ({", ".join(_KEY)})
        WHERE b.id > a.id AND daterange(a.valid_from, a.valid_to) && daterange(b.valid_from, b.valid_to)
        UNION ALL
        SELECT format('VAT facts %s and %s of one organisation hold on the same days', a.id, b.id)
        FROM invoicing_vatfacts a JOIN invoicing_vatfacts b USING (organisation_id)
        WHERE b.id > a.id AND daterange(a.valid_from, a.valid_to) && daterange(b.valid_from, b.valid_to)
        """,
    ),
    Invariant(
        6,
        "outside-scope-apart",
        "what lies outside the scope of VAT stands on documents of its own (EN 16931, BR-O-11 and BR-O-12)",
        "SELECT count(*) FROM invoicing_vatgroup",
        """
        SELECT format('%s has lines outside the scope of VAT beside others', d.number)
        FROM invoicing_document d JOIN invoicing_vatgroup g ON g.document_id = d.id
        WHERE d.state = 'issued'
        GROUP BY d.id, d.number HAVING bool_or(g.category = 'O') AND bool_or(g.category <> 'O')
        """,
    ),
)
