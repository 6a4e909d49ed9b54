from django.apps import AppConfig


class TradingConfig(AppConfig):
    name = "marketplace.trading"
    label = "trading"
