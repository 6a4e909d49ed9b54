"""The stylesheet is ours: no GDS font, no crown, no gov.uk blue, enough contrast."""

import re
from importlib.metadata import metadata
from pathlib import Path

import pytest

from frontend import build


@pytest.fixture(scope="module")
def stylesheet() -> str:
    build.build()
    return (build.OUTPUT / "app.css").read_text(encoding="utf-8")


def test_the_stylesheet_has_neither_gds_font_nor_crown_and_ends_with_our_colours(stylesheet: str) -> None:
    assert not re.search(r"gds transport|crown|crest|@font-face", stylesheet, re.IGNORECASE)
    assert "-apple-system" in stylesheet and "--app-header: #12394a" in stylesheet.replace(":#", ": #")
    # The last rule wins: what GOV.UK paints its own blue is painted over by ours further down.
    for part in (
        ".govuk-select option:checked",
        ".govuk-file-upload-button__status",
        ".govuk-button--inverse:hover",
    ):
        rules = re.findall(re.escape(part) + r"[^{}]*\{([^}]*)\}", stylesheet)
        assert rules and not re.search(r"#1d70b8|#f4f8fb|#d2e2f1", rules[-1]), part


def test_a_second_build_does_nothing(stylesheet: str) -> None:
    assert stylesheet
    assert build.build() is False


def test_the_versions_agree_and_the_lock_file_names_no_registry() -> None:
    stated = re.search(r"GOV\.UK%20Frontend-v([\d.]+)", str(metadata("govuk-frontend-jinja")))
    lock = Path(build.HERE, "package-lock.json").read_text(encoding="utf-8")
    assert stated and f'"govuk-frontend": "{stated[1]}"' in lock
    assert '"resolved"' not in lock and "registry" not in lock


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize(
    ("text", "ground", "least"),
    [
        ("#ffffff", "#12394a", 12.2),
        ("#0b6478", "#ffffff", 6.7),
        ("#0a5a6e", "#ffffff", 7.7),
        ("#063845", "#ffffff", 12.6),
        ("#6b2a6e", "#ffffff", 9.6),
        ("#558f9d", "#eef5f7", 3.2),
        ("#0a5a6e", "#d5e8ec", 6.1),
        ("#0c3a4a", "#cfe3ea", 7.0),
    ],
)
def test_our_colours_are_in_the_stylesheet_and_contrast_enough(
    stylesheet: str, text: str, ground: str, least: float
) -> None:
    written = stylesheet.replace("#fff;", "#ffffff;").replace("#fff}", "#ffffff}")
    assert text in written and ground in written
    assert contrast(text, ground) >= least
