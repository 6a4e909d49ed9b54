"""No page reads a name that a layout above it sets: what the view gives under that name would never arrive."""

import pytest
from jinja2 import meta, nodes
from rendering import ENVIRONMENT, NAMES


def parsed(source: str) -> nodes.Template:
    return ENVIRONMENT.parse(source)


def source_of(name: str) -> str:
    loader = ENVIRONMENT.loader
    assert loader is not None
    return loader.get_source(ENVIRONMENT, name)[0]


def above(page: nodes.Template) -> list[nodes.Template]:
    """The layouts of our own that a page stands in, the nearest first."""
    named = page.find(nodes.Extends)
    if named is None or not isinstance(named.template, nodes.Const) or named.template.value not in NAMES:
        return []
    layout = parsed(source_of(named.template.value))
    return [layout, *above(layout)]


def set_in(layout: nodes.Template) -> set[str]:
    """The names that a layout sets for the whole page."""
    found = [part.target for part in layout.body if isinstance(part, nodes.Assign | nodes.AssignBlock)]
    return {
        part.name for target in found for part in [target, *target.find_all(nodes.Name)] if isinstance(part, nodes.Name)
    }


def shadowed(source: str) -> set[str]:
    page = parsed(source)
    return meta.find_undeclared_variables(page) & {name for layout in above(page) for name in set_in(layout)}


@pytest.mark.parametrize("name", NAMES)
def test_no_layout_takes_a_name_from_a_page(name: str) -> None:
    assert shadowed(source_of(name)) == set()


def test_control_a_name_that_the_organisers_layout_sets_is_found() -> None:
    page = '{% extends "organise/base.html" %}{% block inside %}{% if agreed and mine %}Agreed{% endif %}{% endblock %}'
    assert shadowed(page) == {"agreed"}
