"""Form fields for what a price depends on and no record holds: staff, the term, a choice among items."""

from collections.abc import Mapping
from typing import Any

from django import forms

from catalogue.rules.rule_form import Rule, facts_asked, nodes
from catalogue.rules.words import unit_words
from frontend.formats import plural

PREFIX = "fact_"


def fact_fields(rule: Rule | None) -> dict[str, forms.Field]:
    """A field for each fact that the rule asks of the buyer, by its form name. None is required by itself.

    Whether one may stay empty is for the price rule to say when it is asked for a quote.
    """
    if rule is None:
        return {}
    return {f"{PREFIX}{name}": _field(rule, name) for name in facts_asked(rule)}


def stated_facts(cleaned: Mapping[str, Any]) -> dict[str, Any]:
    """The facts of a checked form, without those that were left empty."""
    return {
        name.removeprefix(PREFIX): value
        for name, value in cleaned.items()
        if name.startswith(PREFIX) and value not in (None, "", [], False)
    }


def _field(rule: Rule, name: str) -> forms.Field:
    label = name.replace("_", " ").capitalize()
    if items := [one for node in nodes(rule) if node.get("chosen") == name for one in _items(node)]:
        choices = [(item, item) for item in dict.fromkeys(items)]
        widget = forms.CheckboxSelectMultiple
        return forms.MultipleChoiceField(label=label, choices=choices, required=False, widget=widget)
    if any(name in (node.get("per"), node.get("by"), node.get("each")) for node in nodes(rule)):
        return _number(f"Number of {unit_words(name, {})[1]}")
    compared = _compared(rule, name)
    if any(isinstance(value, bool) for value in compared):
        return forms.BooleanField(label=label, required=False)
    words = [value for value in compared if isinstance(value, str)]
    if not words:
        return _number(label)
    if name == "term_years":
        years = sorted({1, *(int(word) for word in words if word.isdigit())})
        terms = [(str(year), plural(year, "year")) for year in years]
        return forms.ChoiceField(label="Length of the agreement", choices=terms, required=False, initial="1")
    choices = [("", "Choose"), *((word, word.capitalize()) for word in dict.fromkeys(words))]
    return forms.ChoiceField(label=label, choices=choices, required=False)


def _number(label: str) -> forms.Field:
    return forms.IntegerField(label=label, min_value=0, max_value=1_000_000, required=False)


def _items(node: Rule) -> list[str]:
    return [*node["items"], *node.get("elsewhere", [])]


def _compared(rule: Rule, name: str) -> list[Any]:
    """Every value with which some part of the rule compares the fact."""
    found: list[Any] = []
    for node in nodes(rule):
        bounds = [b for key in ("floor", "cap") for b in node.get(key, []) if isinstance(b, dict)]
        for holder in [node, *bounds]:
            wanted = holder.get("when", {}).get(name)
            found += wanted if isinstance(wanted, list) else [] if wanted is None else [wanted]
        found += node.get("less", {}).get(name, {})
    return found
