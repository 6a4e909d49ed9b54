"""Draws docs/access-matrix.md from docs/access-matrix.toml: ``python -m tests.access.drawing``."""

from tests.access.matrix import FILE, KINDS, ROLES, matrix

PAGE = FILE.with_suffix(".md")
HEAD = """# Who may do what

Made from `access-matrix.toml` by `python -m tests.access.drawing`; the tests ask for every address in the name of every
role and compare.

R sees all, W changes all, with o one's own alone; "R,Wo" sees all and changes one's own. N is told that it is for others
(403), – is told nothing (404). Who sees a thing but may not change it is refused (403). Signed out, S is sent to sign in.
A trust's finance has its schools' things as its own while they belong to it.

Not there yet, and so for nobody: discount schemes and the figures of the board.
"""


def drawn() -> str:
    """The page: one table, then the addresses of each thing."""
    things = matrix()
    words = [role.replace("_", " ") for role in ROLES]
    lines = [HEAD, f"| | {' | '.join(words)} |", f"|{'-|' * (len(ROLES) + 1)}"]
    for thing in things:
        lines.append(f"| {thing.name} | {' | '.join(thing.rights[role].replace('-', '–') for role in ROLES)} |")
    lines.append("\n## Addresses\n")
    for thing in things:
        told = [f"{kind} {', '.join(f'`{name}`' for name in thing.kinds[kind])}" for kind in KINDS if thing.kinds[kind]]
        lines.append(f"- **{thing.name}**: {'; '.join(told)}.{f' {thing.note}' if thing.note else ''}")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    PAGE.write_text(drawn())
