"""Price shapes that services to schools publish, written as rules: (name, rule, [(facts, quantity, pounds or None)]).

None stands for "no price on the list".
"""

from typing import Any

Example = tuple[dict[str, Any], str, str | None]

SHAPES: list[tuple[str, dict[str, Any], list[Example]]] = [
    (
        "per pupil with floor for new joiners, cap by kind, and a fixed price for colleges",
        {
            "first": [
                {"when": {"sector": "college"}, "flat": "7500"},
                {
                    "rate": "19",
                    "per": "pupils",
                    "cap": [
                        {"when": {"phase": "secondary", "sixth_form": True}, "amount": "13000"},
                        {"amount": "12500"},
                    ],
                    "floor": [{"when": {"new_joiner": True}, "amount": "6000"}],
                },
            ]
        },
        [
            ({"pupils": 420}, "1", "7980.00"),
            ({"pupils": 630}, "1", "11970.00"),
            ({"pupils": 700}, "1", "12500.00"),
            ({"pupils": 700, "phase": "secondary", "sixth_form": True}, "1", "13000.00"),
            ({"pupils": 200, "new_joiner": True}, "1", "6000.00"),
            ({"pupils": 200, "new_joiner": False}, "1", "3800.00"),
            ({"sector": "college"}, "1", "7500.00"),
        ],
    ),
    (
        "per pupil with a minimum",
        {"rate": "5", "per": "pupils", "floor": "750"},
        [
            ({"pupils": 200}, "1", "1000.00"),
            ({"pupils": 500}, "1", "2500.00"),
            ({"pupils": 150}, "1", "750.00"),
            ({"pupils": 90}, "1", "750.00"),
            ({"pupils": 151}, "1", "755.00"),
        ],
    ),
    (
        "whole bands per phase",
        {
            "first": [
                {
                    "when": {"phase": "primary"},
                    "by": "pupils",
                    "bands": [
                        {"max": 50, "price": "1693.20"},
                        {"max": 150, "price": "2119.56"},
                        {"max": 300, "price": "3046.74"},
                        {"max": 1000, "price": "3603.66"},
                    ],
                },
                {"when": {"phase": "secondary"}, "flat": "5304.00"},
            ]
        },
        [
            ({"phase": "primary", "pupils": 50}, "1", "1693.20"),
            ({"phase": "primary", "pupils": 51}, "1", "2119.56"),
            ({"phase": "primary", "pupils": 300}, "1", "3046.74"),
            ({"phase": "primary", "pupils": 301}, "1", "3603.66"),
            ({"phase": "primary", "pupils": 1001}, "1", None),
            ({"phase": "secondary", "pupils": 1001}, "1", "5304.00"),
            ({"phase": "nursery", "pupils": 40}, "1", None),
        ],
    ),
    (
        "per occupied post with a minimum",
        {"rate": "26.01", "per": "posts", "floor": "306"},
        [({"posts": 11}, "1", "306.00"), ({"posts": 12}, "1", "312.12")],
    ),
    (
        "a list of items, one free beside others, one with a gap in its bands",
        {
            "sum": [
                {
                    "chosen": "items",
                    "items": {
                        "Hub": "204",
                        "Learning link": "112.20",
                        "Clerking of 6 meetings": "1734",
                        "Clerking of 12 meetings": "3111",
                    },
                    "free_with": {"Hub": ["Clerking of 6 meetings", "Clerking of 12 meetings"]},
                    "elsewhere": ["Training", "Association"],
                },
                {
                    "when": {"items": "Training"},
                    "first": [
                        {"when": {"phase": "secondary"}, "flat": "1224"},
                        {"by": "pupils", "bands": [{"max": 100, "price": "765"}, {"price": "1224"}]},
                    ],
                },
                {
                    "when": {"items": "Association"},
                    "first": [
                        {"when": {"pupils": {"max": "299"}}, "flat": "10.20"},
                        {"when": {"pupils": {"min": "301"}}, "flat": "15.30"},
                    ],
                },
            ]
        },
        [
            ({"items": ["Clerking of 6 meetings", "Hub"]}, "1", "1734.00"),
            ({"items": ["Hub", "Learning link"]}, "1", "316.20"),
            ({"items": ["Training"], "phase": "primary", "pupils": 100}, "1", "765.00"),
            ({"items": ["Training", "Hub"], "phase": "primary", "pupils": 101}, "1", "1428.00"),
            ({"items": ["Association"], "pupils": 299}, "1", "10.20"),
            ({"items": ["Association"], "pupils": 300}, "1", None),
            ({"items": ["Lunch"]}, "1", None),
        ],
    ),
    (
        "packages of meetings, longer ones by the hour, subscribers and others",
        {
            "first": [
                {
                    "when": {"type": "board", "subscriber": True},
                    "sum": [
                        {"packages": {"9": "2434", "6": "1656", "3": "828", "1": "276"}, "per": "meetings"},
                        {"when": {"hours": {"min": "2"}}, "rate": "138", "per": "hours", "beyond": "2"},
                    ],
                },
                {
                    "when": {"type": "committee", "subscriber": False},
                    "sum": [
                        {"rate": "254", "per": "meetings"},
                        {"when": {"hours": {"min": "2"}}, "rate": "127", "per": "hours", "beyond": "2"},
                    ],
                },
            ]
        },
        [
            ({"type": "board", "subscriber": True, "meetings": 7}, "1", "1932.00"),
            ({"type": "board", "subscriber": True, "meetings": 9}, "1", "2434.00"),
            ({"type": "board", "subscriber": True, "meetings": 1, "hours": "2.5"}, "1", "345.00"),
            ({"type": "committee", "subscriber": False, "meetings": 1, "hours": "3"}, "1", "381.00"),
            ({"type": "committee", "subscriber": False, "meetings": 1, "hours": "2"}, "1", "254.00"),
        ],
    ),
    (
        "sessions of three hours, two to a day",
        {
            "first": [
                {"when": {"length": "day"}, "rate": "500", "per": "quantity", "unit": "day"},
                {"rate": "250", "per": "quantity", "unit": "session"},
            ]
        },
        [({"length": "day"}, "2", "1000.00"), ({}, "3", "750.00")],
    ),
    (
        "a year for each new teacher, or single terms",
        {"each": "teachers", "of": {"packages": {"3": "250", "1": "95"}, "per": "terms"}},
        [
            ({"teachers": 1, "terms": 2}, "1", "190.00"),
            ({"teachers": 1, "terms": 3}, "1", "250.00"),
            ({"teachers": 4, "terms": 3}, "1", "1000.00"),
            ({"teachers": 2, "terms": 4}, "1", "690.00"),
        ],
    ),
    (
        "a day rate by grade, half days pro rata",
        {
            "first": [
                {"when": {"grade": "leader"}, "rate": "350", "per": "quantity", "unit": "day"},
                {"when": {"grade": "senior"}, "rate": "450", "per": "quantity", "unit": "day"},
            ]
        },
        [
            ({"grade": "leader"}, "1", "350.00"),
            ({"grade": "senior"}, "1", "450.00"),
            ({"grade": "leader"}, "2.5", "875.00"),
            ({"grade": "director"}, "1", None),
        ],
    ),
    (
        "marginal bands",
        {
            "by": "pupils",
            "how": "marginal",
            "bands": [{"max": 100, "rate": "10"}, {"max": 300, "rate": "8"}, {"rate": "5.005"}],
        },
        [
            ({"pupils": 100}, "1", "1000.00"),
            ({"pupils": 101}, "1", "1008.00"),
            ({"pupils": 303}, "1", "2615.02"),  # 1,000 + 1,600 + 15.015, half up
        ],
    ),
]
