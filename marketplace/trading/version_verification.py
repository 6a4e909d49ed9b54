"""What was bought, in plain SQL."""

from marketplace.core.verification import Invariant, register

register(
    Invariant(
        20,
        "orders-name-what-was-published",
        "the version that an order's line names is of the offer that was ordered",
        "SELECT count(*) FROM trading_orderline WHERE offer_version_id IS NOT NULL",
        """
        SELECT format('%s, line %s: offer %s, but a version of offer %s', o.number, l.id, l.offer_id, v.offer_id)
        FROM trading_orderline l
        JOIN trading_order o ON o.id = l.order_id
        JOIN catalogue_offerversion v ON v.id = l.offer_version_id
        WHERE v.offer_id <> l.offer_id
        """,
    ),
)
