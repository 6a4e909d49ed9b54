"""Orders are numbered from a sequence: nobody waits for anybody else's order to be written."""

from django.db import migrations

MAKE = """
CREATE SEQUENCE trading_order_numbers;
SELECT setval('trading_order_numbers', next_number, false) FROM core_numberseries WHERE code = 'order';
DELETE FROM core_numberseries WHERE code = 'order';
"""
BACK = """
INSERT INTO core_numberseries (code, prefix, next_number)
SELECT 'order', 'ORD', nextval('trading_order_numbers');
DROP SEQUENCE trading_order_numbers;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("trading", "0013_offer_version"),
    ]
    operations = [migrations.RunSQL(MAKE, BACK)]
