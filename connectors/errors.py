"""What can go wrong outside, named by who must act.

``RegistryError`` is nobody's fault yet: try again later. ``Refused`` needs the operator. ``OurBug`` needs a
developer. A connector translates every library exception into one of these, once, at its edge.
"""


class ConnectorError(Exception):
    """Anything that went wrong outside; its text is a sentence that a person can act on."""


class RegistryError(ConnectorError):
    """The registry could not be read completely. Time may heal it: try again later."""


class RefusedError(RegistryError):
    """The registry will not talk to us (a 403, a wall of HTML). The operator must act."""


class OurBugError(ConnectorError):
    """The registry says that our request was wrong. A developer must act."""


class MailError(ConnectorError):
    """A mail was not handed over."""


class MailLaterError(MailError):
    """The mail server is unreachable or asks us to wait: try again later."""


class MailServerError(MailLaterError):
    """No mail could even be offered: no server, no TLS, no log-in. It says nothing of any one mail."""


class MailRefusedError(MailError):
    """The mail server will never take this mail for this recipient: do not try again."""
