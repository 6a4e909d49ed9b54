"""The demonstration: a fictional area whose schools have a real area's structure, and a year of its trading.

places, schools, partners, people, courses, services (facts) < directory, shop (who there is, what is offered) <
calendar, orders, bank, finance (the year) < build (one transaction for everything).
"""
