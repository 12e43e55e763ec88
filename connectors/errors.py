"""What can go wrong outside, named by who must act.

``RegistryError`` is nobody's fault yet: try again later. ``RefusedError`` needs the operator. ``OurBugError``
needs a developer. A connector translates every library exception into one of these, once, at its edge.
"""


class ConnectorError(Exception):
    """Anything that went wrong outside; its text is a sentence that a person can act on."""


class RegistryError(ConnectorError):
    """The registry could not be read completely. Time may heal it: try again later."""


class NotShownError(RegistryError):
    """The registry is well, and has nothing to show of this one trial. It says nothing of any other."""


class RefusedError(RegistryError):
    """The registry will not talk to us (a 403, a wall of HTML). The operator must act."""


class OurBugError(ConnectorError):
    """The registry says that our request was wrong. A developer must act. ``said`` is what it said."""

    def __init__(self, sentence: str, said: str = "") -> None:
        super().__init__(sentence)
        self.said = said


class NetworkError(ConnectorError):
    """The environment names a proxy or certificates that cannot be used. The operator must act."""


class ExportError(ConnectorError):
    """A file that was to be imported is none that can be. Whoever chose it must act."""


class PlaceError(ConnectorError):
    """A place elsewhere did not take what was to be published there. The text is ours and holds no secret."""


class PlaceAddressError(PlaceError):
    """What names a place cannot be meant: the operator must change it. The text follows the setting's name."""


class MailError(ConnectorError):
    """A mail was not handed over.

    The text is ours and names no address, so that it may be shown anywhere. ``said`` is what the server said,
    without addresses and passwords: for the log. ``is_its_own``: the server named this mailbox or this mail as
    the reason, and not itself or us.
    """

    def __init__(self, sentence: str, said: str = "", *, is_its_own: bool = False) -> None:
        super().__init__(sentence)
        self.said = said
        self.is_its_own = is_its_own


class MailLaterError(MailError):
    """The mail server is unreachable or asks us to wait: try again later."""


class MailBrokenOffError(MailLaterError):
    """No answer came to the mail: the server hung up, fell silent or was too slow. It may have taken it."""


class MailServerError(MailLaterError):
    """No mail could even be offered: no server, no TLS, no log-in. It says nothing of any one mail."""


class MailSettingError(MailServerError):
    """No mail can be offered with the settings as they are. The operator must act."""


class MailRefusedError(MailError):
    """The mail server refused this mail for this recipient. Whose fault that is the others' fate tells."""


class MailboxGoneError(MailRefusedError):
    """There is no such mailbox, whoever asks: do not try again."""
