"""That ratings are added up as they were given, in plain SQL."""

from marketplace.core.verification import Invariant, register

register(
    Invariant(
        26,
        "ratings-add-up",
        "what is shown of an offer's ratings is the sum of those that were given",
        "SELECT count(*) FROM catalogue_offerrating",
        """
        SELECT format('offer %s: %s points of %s people are shown, %s of %s were given', coalesce(a.offer_id, g.offer_id),
                      coalesce(a.points, 0), coalesce(a.people, 0), coalesce(g.points, 0), coalesce(g.people, 0))
        FROM catalogue_offerrating a
        FULL JOIN (SELECT offer_id, sum(score) AS points, count(*) AS people FROM catalogue_rating GROUP BY 1) g
          ON g.offer_id = a.offer_id
        WHERE (a.points, a.people) IS DISTINCT FROM (g.points::int, g.people::int)
        """,
    )
)
