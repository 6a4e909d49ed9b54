"""What schools buy together, worked out from the orders and told to the catalogue, which may not look up here."""

from datetime import date

from django.db import connection, transaction

from catalogue.models.finding import FEWEST_SCHOOLS
from catalogue.services import claim_statistic, record_bought_together
from marketplace.core.periods import add_months

NAME = "bought-together"
MONTHS, EACH = 24, 6
# Schools alone: who buys for a trust or a council buys for others. Of each offer the pairs with most schools.
_PAIRS = """
WITH bought AS (
    SELECT DISTINCT l.school_id, l.offer_id
    FROM trading_orderline l
    JOIN trading_order o ON o.id = l.order_id
    JOIN organisations_school s ON s.organisation_id = l.school_id
    WHERE o.state = 'placed' AND o.placed_on >= %s
), pairs AS (
    SELECT a.offer_id, b.offer_id AS other_id, count(*) AS schools
    FROM bought a JOIN bought b ON b.school_id = a.school_id AND b.offer_id <> a.offer_id
    GROUP BY 1, 2 HAVING count(*) >= %s
), ranked AS (
    SELECT *, row_number() OVER (PARTITION BY offer_id ORDER BY schools DESC, other_id) AS place FROM pairs
)
SELECT offer_id, other_id, schools FROM ranked WHERE place <= %s
"""


@transaction.atomic
def tell_bought_together(*, on: date) -> int:
    """Once a day: of each offer the six that most schools bought as well in the last two years, five schools or more.

    Returns how many pairs were told; 0 where another worker did it today.
    """
    if not claim_statistic(name=NAME, on=on):
        return 0
    with connection.cursor() as cursor:
        cursor.execute(_PAIRS, [add_months(on, -MONTHS), FEWEST_SCHOOLS, EACH])
        return record_bought_together(pairs=cursor.fetchall())
