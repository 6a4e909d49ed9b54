"""An XML file as a tree of elements that know their line, read without trusting it.

Document types, entities and references to anything outside are refused by defusedxml before they have an effect, and
so are inclusions and deeper nesting than any statement has.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser, ParseError

from invoicing.banking.rules.reading import check_bytes, refuse

_DEEPEST = 60
_INCLUSIONS = "http://www.w3.org/2001/XInclude"
_ABOUT_TO_END = ("no element found", "unclosed token", "unclosed CDATA section", "partial character")


class Node:
    """An element: name without namespace, the line it begins on, text, attributes, children. ``value`` is what
    ``read_xml`` made of it, in place of its children."""

    __slots__ = ("attributes", "children", "line", "name", "namespace", "text", "value")

    def __init__(self, tag: str, line: int, attributes: Mapping[str, str]) -> None:
        namespace, _, self.name = tag.rpartition("}")
        self.namespace = namespace.lstrip("{")
        self.line = line
        self.attributes = attributes
        self.children: list[Node] = []
        self.text = ""
        self.value: Any = None

    def all(self, path: str) -> Iterator["Node"]:
        """Every element at a path such as ``NtryDtls/TxDtls``, in the order of the file."""
        name, _, rest = path.partition("/")
        for child in self.children:
            if child.name == name:
                if rest:
                    yield from child.all(rest)
                else:
                    yield child

    def first(self, *paths: str) -> "Node | None":
        """The first element at the first of the paths that leads to any."""
        return next((node for path in paths for node in self.all(path)), None)

    def said(self, *paths: str) -> str:
        """The text of the first element at the first of the paths that has some, or nothing."""
        return next((node.text for path in paths for node in self.all(path) if node.text), "")


class _Builder:
    """What the parser tells about: one tree, with some elements turned into values as soon as they end."""

    def __init__(self, values: Mapping[str, Callable[[Node], object]]) -> None:
        self.values = values
        self.line: Callable[[], int] = lambda: 1
        self.open: list[Node] = []
        self.root: Node | None = None
        self.text: list[str] = []

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        node = Node(tag, self.line(), attributes)
        if node.namespace == _INCLUSIONS:
            raise refuse(node.line, "includes another file, which no bank statement does")
        if len(self.open) >= _DEEPEST:
            raise refuse(node.line, "is nested deeper than any bank statement")
        if self.open:
            self.open[-1].children.append(node)
        else:
            self.root = node
        self.open.append(node)
        self.text = []

    def data(self, text: str) -> None:
        self.text.append(text)

    def end(self, _tag: str) -> None:
        node = self.open.pop()
        if not node.children:
            node.text = "".join(self.text).strip()
        self.text = []
        if make := self.values.get(node.name):
            node.value, node.children = make(node), []

    def close(self) -> Node | None:
        return self.root


def read_xml(data: bytes, *, form: str, values: Mapping[str, Callable[[Node], object]]) -> Node:
    """The file's root element. An element named in ``values`` is given to its function as soon as it ends, and only
    what that returns is kept, so that a large file stays small.

    Refuses, with the line where there is one, what is not whole and well-formed XML or asks for anything outside it.
    """
    check_bytes(data, form=form)
    builder = _Builder(values)
    parser = DefusedXMLParser(target=builder, forbid_dtd=True)
    builder.line = lambda: int(parser.parser.CurrentLineNumber)
    try:
        parser.feed(data)
        root = parser.close()
    except DefusedXmlException:
        raise refuse(
            builder.line(), "declares a document type, entities or something outside the file, which no bank does"
        ) from None
    except ParseError as error:
        raise _malformed(error, form) from None
    except (LookupError, UnicodeError, ValueError):
        raise refuse(1, "names an encoding that cannot be read") from None
    if not isinstance(root, Node):
        raise refuse(None, f"The file is not a {form} file")
    return root


def _malformed(error: ParseError, form: str) -> Exception:
    line, reason = error.position[0], str(error).partition(":")[0]
    if reason in _ABOUT_TO_END:
        return refuse(line, "is where the file is cut short")
    return refuse(line, f"is not the XML of a {form} file ({reason}): the file is damaged or another kind of file")
