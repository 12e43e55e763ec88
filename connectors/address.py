"""A mail address as it is written by people and as it goes out: international domains become ASCII (IDNA 2008).

What stands before the @ stays as it is; letters outside ASCII there need a mail server that knows SMTPUTF8. This
module also knows what in a text looks like an address, for texts in which nobody's address may be told.
"""

import re

_LOCAL = re.compile(r"[^\s\x00-\x1f\x7f<>()\[\],;:\\\"@]{1,64}")
_DOMAIN = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,252}[A-Za-z0-9_])?")
_NAMED = re.compile(r"(?P<name>[^<>\x00-\x1f\x7f]*)<(?P<bare>[^<>]+)>")
_IN_A_TEXT = re.compile(r"""(?:"[^"\n]*"|[^\s@<>()\[\],;:"']*)(?<!//…)@[^\s@<>()\[\],;:"']+""")
"""Whatever may be one, quoted names too; not the host of a URL whose login is taken out already (``//…@host``)."""


def bare(text: str) -> str:
    """``pi@xn--exmple-cua.org`` of ``pi@exämple.org`` or ``Name <pi@exämple.org>``.

    Raises ``ValueError`` with the reason, which quotes nothing of the address.
    """
    named = _NAMED.fullmatch(text)
    local, at, domain = (named["bare"] if named else text).rpartition("@")
    if not at:
        raise ValueError("it has no @")
    if not _LOCAL.fullmatch(local) or not _encodes(local):
        raise ValueError("what stands before the @ cannot be delivered to")
    return f"{local}@{_ascii(domain)}"


def named(text: str) -> str:
    """The same with the name that stood before it, if one did: ``Name <pi@xn--exmple-cua.org>``."""
    found = _NAMED.fullmatch(text)
    name = found["name"].strip() if found else ""
    return f"{name} <{bare(text)}>" if name else bare(text)


def without_addresses(text: str, instead: str) -> str:
    """The text with another word in place of each mail address."""
    return _IN_A_TEXT.sub(instead, text)


def _ascii(domain: str) -> str:
    try:
        found = domain if domain.isascii() else _in_ascii(domain)
    except UnicodeError:
        found = ""
    if not _DOMAIN.fullmatch(found) or ".." in found or any(len(label) > 63 for label in found.split(".")):
        raise ValueError("what stands behind the @ is no domain")
    return found


def _in_ascii(domain: str) -> str:
    import idna  # late: most domains are ASCII, and every command reads addresses

    return idna.encode(domain, uts46=True).decode()


def _encodes(text: str) -> bool:
    try:
        text.encode()
    except UnicodeError:
        return False
    return True
