"""XML as it is read here: without a document type, so without entities; nothing is fetched, and depth has a bound.

A record stands as one line: what breaks a line in its texts is written as a character reference, which means the
same.
"""

from collections.abc import Iterator
from io import BytesIO
from typing import Any

from lxml import etree

from connectors.xml import DECLARES_TYPES, SAFELY, declares_types, said

NAMESPACE = "http://www.67bricks.com/isrctn"
ALL_TRIALS, FULL_TRIAL = (f"{{{NAMESPACE}}}{tag}" for tag in ("allTrials", "fullTrial"))
_SAFELY = SAFELY | {"remove_blank_text": True}
Element = Any


class XmlError(ValueError):
    """Bytes that are no XML, or more than XML of a registry has; the text says what is wrong."""


def tree(payload: bytes) -> Element:
    """The root of the bytes."""
    _refuse_types(payload)
    try:
        return etree.fromstring(payload, etree.XMLParser(**_SAFELY))
    except etree.XMLSyntaxError as error:
        raise XmlError(said(error)) from None


def totals_and_trials(body: bytes) -> Iterator[Element]:
    """The root as it opens, then each trial, which is forgotten afterwards: an answer may have thousands."""
    _refuse_types(body)
    steps = etree.iterparse(BytesIO(body), events=("start", "end"), tag=(ALL_TRIALS, FULL_TRIAL), **_SAFELY)
    try:
        for event, element in steps:
            if (event == "start") == (element.tag == ALL_TRIALS):
                yield element
                if event == "end":
                    _forget(element)
    except etree.XMLSyntaxError as error:
        raise XmlError(said(error)) from None


def _forget(element: Element) -> None:
    element.clear()
    while element.getprevious() is not None:
        del element.getparent()[0]


def one_line(element: Element) -> bytes:
    """The element as it is kept."""
    written: bytes = etree.tostring(element, encoding="utf-8", with_tail=False)
    return written.replace(b"\n", b"&#10;")


def local(element: Element) -> str:
    """The name of an element without its namespace."""
    return str(element.tag.rpartition("}")[2])


def _refuse_types(body: bytes) -> None:
    if declares_types(body):
        raise XmlError(f"it {DECLARES_TYPES}")
