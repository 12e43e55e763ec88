"""Channels beside mail, each by its address: a plain webhook, or a chat that Apprise knows.

A channel is a postman: it takes a frozen message as it is, and says that it was taken, that it was not now, or
that there is no such channel any more. Its address never leaves here, not in a sentence either.
"""

from connectors.chat import chat_of
from connectors.mail import Postman
from connectors.network import Network
from connectors.webhook import SCHEMES, webhook_of


def channel_from(name: str, setting: str, address: str, agent: str, network: Network) -> Postman:
    """The channel of an address. ``setting`` is the variable that it stands in.

    Raises ``ValueError`` with a sentence that holds nothing of the address, and ``ImportError`` where a library
    is missing.
    """
    scheme = address.partition("://")[0].lower()
    if scheme in ("json", "jsons"):
        return webhook_of(name, setting, address, agent, network)
    # Many a chat hands out an https address of its own; Apprise knows them by their hosts.
    if chat := chat_of(name, setting, address, network):
        return chat
    if scheme in SCHEMES:
        return webhook_of(name, setting, address, agent, network)
    raise ValueError(
        f"{setting} is neither a webhook's address (https://host/path) nor one that Apprise knows "
        "(slack://, matrix://, msteams:// …)"
    )
