"""Channels beside mail: those that subscriptions name, each with the address that the environment has for it.

The address is secret. Here it is turned into something that can be sent to, and nobody else is told it.
"""

from connectors.errors import NetworkError
from connectors.mail import Postman
from flows.settings import NOTIFY, Configuration, Settings, SettingsError, nearest
from warehouse.judge.alerts import message_id
from warehouse.judge.watch import CHANNEL


def channels_of(settings: Settings, configuration: Configuration) -> dict[str, Postman]:
    """Who takes what goes to each channel, by the channel's name in the ledger.

    Raises ``SettingsError`` for a channel without an address, or with one that cannot be meant.
    """
    named: dict[str, str] = {}
    for subscription in configuration.subscriptions:
        for name in subscription.notify:
            named.setdefault(name, f"subscription {subscription.name!r} names the channel {name!r}")
    return {f"{CHANNEL}{name}": _channel(settings, name, why) for name, why in named.items()}


def _channel(settings: Settings, name: str, why: str) -> Postman:
    setting = f"{NOTIFY}{name.upper()}"
    if name not in settings.notify:
        hint = nearest(setting, [f"{NOTIFY}{each.upper()}" for each in settings.notify])
        raise SettingsError(f"{why}, but {setting} is not set{hint}; set it to the channel's address")
    from connectors.channels import channel_from  # late: few have any

    try:
        address = settings.notify[name]
        return channel_from(f"{CHANNEL}{name}", setting, address, settings.agent, settings.network)
    except (ValueError, ImportError, NetworkError) as error:
        raise SettingsError(str(error)) from None


def send_test(settings: Settings, recipient: str) -> str:
    """Send a message that only shows that one arrives; returns the sentence for it. Raises ``MailError``."""
    from warehouse.tell.notice import notice_of_a_test

    name = recipient.removeprefix(CHANNEL).lower()
    now = settings.now()
    made = message_id("test", f"{CHANNEL}{name}", now.isoformat(), "trialwatch")
    _channel(settings, name, f"{recipient} is to be tested").send(
        notice_of_a_test(name, made, now), sender="", recipient=recipient, message_id=made
    )
    return f"a test message was taken by {CHANNEL}{name}"
