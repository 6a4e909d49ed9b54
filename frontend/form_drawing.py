"""What the GOV.UK macros need to draw a bound Django field, and the errors of a page in the pages' words.

``field_parameters`` and ``error_list`` read the same messages, so the summary above a page and the words
beside the field never differ. Django's own messages are put as the style of the pages says: "Enter …" for a
missing answer, "… must be …" for a wrong one.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.utils.html import conditional_escape, format_html_join
from django.utils.safestring import SafeString

from frontend.fields import DateParts, DatePartsField, first_lower, first_upper

OUR_OWN_ATTRIBUTES = ("class", "id", "name", "placeholder", "type", "value", "required", "checked")


def field_parameters(field: BoundField, **options: Any) -> dict[str, Any]:
    """What the macro for this field needs, with ``kind`` naming the macro.

    Options: label, hint, optional, page_heading, label_size ("s", "m", "l"), classes, prefix, suffix,
    small (radios), inline (radios), hints (of choices, by value), autocomplete.
    """
    kind = _kind(field)
    label = options.get("label") or field.label
    text = f"{label} (optional)" if options.get("optional") else str(label)
    size = options.get("label_size") or ("l" if options.get("page_heading") else None)
    errors = messages_of(field)
    parameters: dict[str, Any] = {
        "kind": kind,
        "id": field.auto_id,
        "idPrefix": field.auto_id,
        "name": field.html_name,
        "value": _value(field, kind),
        "classes": options.get("classes", ""),
        "hint": _hint(options.get("hint", field.help_text)),
        "errorMessage": {"html": format_html_join(SafeString("<br>"), "{}", ((e,) for e in errors))}
        if errors
        else None,
        "attributes": _attributes(field),
        "disabled": field.field.disabled,
        "isMultiple": False,
    }
    heading = bool(options.get("page_heading"))
    if kind in ("radios", "checkboxes", "date"):
        classes = f"govuk-fieldset__legend--{size}" if size else ""
        parameters["fieldset"] = {"legend": {"text": text, "classes": classes, "isPageHeading": heading}}
    else:
        classes = f"govuk-label--{size}" if size else ""
        parameters["label"] = {"text": text, "classes": classes, "isPageHeading": heading}
    parameters.update(_of_kind(kind, field, text, options))
    return parameters


def _of_kind(kind: str, field: BoundField, text: str, options: dict[str, Any]) -> dict[str, Any]:
    """The parameters that only one kind of field has."""
    attrs = field.field.widget.attrs
    if kind in ("radios", "select", "checkboxes"):
        more: dict[str, Any] = {"items": _choices(field, options.get("hints") or {}), "value": None}
        if options.get("small") or options.get("inline"):
            more["classes"] = " ".join(f"govuk-{kind}--{n}" for n in ("small", "inline") if options.get(n))
        if kind == "radios":
            more["attributes"] = {}
        return more
    if kind == "checkbox":
        item = {"value": "on", "text": text, "checked": bool(field.value()), "attributes": {}}
        return {"items": [item], "fieldset": None, "value": None, "attributes": {}}
    if kind == "date":
        return {"items": _date_items(field), "namePrefix": None}
    if kind == "textarea":
        return {"rows": attrs.get("rows", 5)}
    if kind == "input":
        number = isinstance(field.field.widget, forms.NumberInput)
        kinds = {"email": "email", "tel": "tel", "url": "url", "search": "search"}
        typed = kinds.get(attrs.get("type", getattr(field.field.widget, "input_type", "")), "text")
        width = " govuk-input--width-5" if number and not options.get("classes") else ""
        return {
            "type": typed,
            "inputmode": attrs.get("inputmode") or ("numeric" if number else None),
            "autocomplete": options.get("autocomplete") or attrs.get("autocomplete"),
            "spellcheck": False if number or typed == "email" else None,
            "prefix": {"text": options["prefix"]} if options.get("prefix") else None,
            "suffix": {"text": options["suffix"]} if options.get("suffix") else None,
            "classes": (options.get("classes") or "") + width,
        }
    if kind == "password":
        return {"autocomplete": options.get("autocomplete") or attrs.get("autocomplete")}
    return {}


def _value(field: BoundField, kind: str) -> Any:
    """What stands in the box; a password or a file is never sent back, a date has three."""
    value = None if kind in ("password", "file", "date") else field.value()
    return "" if value is None else value


def _kind(field: BoundField) -> str:
    """Which macro draws this field, by its widget; the more particular classes stand first."""
    kinds: list[tuple[type[forms.Widget], str]] = [
        (forms.HiddenInput, "hidden"),
        (DateParts, "date"),
        (forms.PasswordInput, "password"),
        (forms.FileInput, "file"),
        (forms.Textarea, "textarea"),
        (forms.CheckboxSelectMultiple, "checkboxes"),
        (forms.RadioSelect, "radios"),
        (forms.CheckboxInput, "checkbox"),
        (forms.Select, "select"),
    ]
    widget = field.field.widget
    return next((name for of_class, name in kinds if isinstance(widget, of_class)), "input")


def _choices(field: BoundField, hints: dict[str, str]) -> list[dict[str, Any]]:
    """Every choice, with what is chosen marked; groups are flattened."""
    items = []
    for bound in field.subwidgets:
        value = str(bound.data["value"]) if bound.data["value"] is not None else ""
        hint = hints.get(value)
        chosen = bool(bound.data.get("selected"))
        items.append(
            {
                "value": value,
                "text": str(bound.data["label"]),
                "checked": chosen,
                "selected": chosen,
                "hint": {"text": hint} if hint else None,
            }
        )
    return items


def _date_items(field: BoundField) -> list[dict[str, Any]]:
    value = field.value()
    given = value if isinstance(value, list) else field.field.widget.decompress(value)
    error = " govuk-input--error" if field.errors else ""
    return [
        {
            "name": f"{field.html_name}_{part}",
            "id": f"{field.auto_id}_{part}",
            "label": part.capitalize(),
            "value": entered or "",
            "classes": f"govuk-input--width-{4 if part == 'year' else 2}{error}",
        }
        for part, entered in zip(DateParts.PARTS, given, strict=True)
    ]


def _attributes(field: BoundField) -> dict[str, str]:
    # Without maxlength: a browser would cut what is pasted without a word, and half a number would be kept.
    skip = (*OUR_OWN_ATTRIBUTES, "rows", "cols", "autocomplete", "inputmode", "spellcheck", "maxlength")
    attrs = field.field.widget.attrs
    return {name: str(value) for name, value in attrs.items() if name not in skip and value is not False}


def _hint(text: Any) -> dict[str, Any] | None:
    if not text:
        return None
    return {"html": conditional_escape(text)}


def messages_of(field: BoundField) -> list[str]:
    """The field's errors in the pages' words; what a form says in its own words stays as it is."""
    return [_own_words(field, error) or message for error in field.errors.as_data() for message in error.messages]


def _own_words(field: BoundField, error: ValidationError) -> str:
    """Our sentence for one of Django's standard errors, or nothing where the form brought its own words."""
    code, own = error.code or "", field.field.error_messages
    standard: dict[str, Any] = {}
    for parent in reversed(type(field.field).__mro__):
        standard.update(getattr(parent, "default_error_messages", {}))
    if code in own and own[code] != standard.get(code):
        return ""
    label, kind = str(field.label), _kind(field)
    named = first_upper(label)
    limit = (error.params or {}).get("limit_value")
    if code == "required":
        a_date = isinstance(field.field, forms.DateField | DatePartsField)
        if a_date and {"from", "to", "on", "by", "until"} & {label.split(" ")[0].lower(), label.split(" ")[-1]}:
            return f"Enter a date under “{label}”"
        return _missing(label, "Choose" if kind in ("radios", "select", "checkboxes", "file") else "Enter")
    if code in ("invalid", "invalid_choice"):
        return _wrong(field, code, named)
    sentences = {
        "max_length": f"{named} must be {limit} characters or fewer",
        "min_length": f"{named} must be {limit} characters or more",
        "min_value": f"{named} must be {limit} or more",
        "max_value": f"{named} must be {limit} or less",
    }
    return sentences.get(code, "")


def _missing(label: str, verb: str) -> str:
    """ "Enter the amount", "Choose streams", "Choose what is supplied"; an order stays one: "Choose a date"."""
    if label.split(" ")[0] in ("Choose", "Enter", "Add", "Select"):
        return label
    asks = label.split(" ")[0] in ("What", "When", "Where", "Who", "Whom", "How")
    several = asks or (label.endswith("s") and not label.endswith("ss"))
    return f"{verb} {'' if several else 'the '}{first_lower(label)}"


def _wrong(field: BoundField, code: str, named: str) -> str:
    if code == "invalid_choice":
        return f"{named} must be one of those listed"
    if isinstance(field.field, forms.EmailField):
        return f"{named} must be like name@school.example"
    if isinstance(field.field, forms.SlugField):
        return f"{named} must be letters, digits and hyphens"
    if isinstance(field.field, forms.TimeField):
        return f"{named} must be a time, like 15:30"
    if isinstance(field.field, forms.DecimalField):
        return f"{named} must be a number"
    if isinstance(field.field, forms.IntegerField) and type(field.field) is forms.IntegerField:
        return f"{named} must be a whole number"
    return ""


def error_list(*sources: Any) -> list[dict[str, str]]:
    """All errors of forms, formsets and lists of them, in page order, each with the address of its field.

    Also takes plain strings or ``{"text", "href"}`` for what no form holds. Anything empty is passed over; a form that
    stands in the context twice says its errors once.
    """
    found: list[dict[str, str]] = []
    for one in _errors(sources):
        if one not in found:
            found.append(one)
    return found


def _errors(sources: Iterable[Any]) -> Iterator[dict[str, str]]:
    for source in sources:
        if isinstance(source, str) and source:
            yield {"text": source}
        elif isinstance(source, dict):
            yield source
        elif isinstance(source, forms.BaseForm):
            yield from _form_errors(source)
        elif isinstance(source, forms.BaseFormSet):
            for message in source.non_form_errors() if source.is_bound else ():
                yield {"text": str(message)}
            yield from _errors(source.forms if source.is_bound else ())
        elif isinstance(source, list | tuple):
            yield from _errors(source)


def _form_errors(form: forms.BaseForm) -> Iterator[dict[str, str]]:
    if not form.is_bound or not form.errors:
        return
    first = next((_address(field) for field in form.visible_fields()), "")
    for message in form.non_field_errors():
        yield {"text": str(message), "href": first} if first else {"text": str(message)}
    for field in form:
        for message in messages_of(field):
            yield {"text": message, "href": _address(field)}


def _address(field: BoundField) -> str:
    return f"#{field.auto_id}_day" if _kind(field) == "date" else f"#{field.auto_id}"
