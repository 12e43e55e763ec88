"""What tests of the mail begin with: two readers who are owed a completion, and how far each mail is."""

import duckdb

from connectors.smtp import SmtpPostman
from flows import delivery
from flows.delivery import LONGEST_ROUND_S, Delivered
from flows.settings import configuration
from tests.house import House
from tests.postoffice import PostOffice
from warehouse.store.file import FILE

WATCH = """
[watch.w]
interventions = ["ketamine"]
conditions = ["alcohol use disorder"]

[[subscription]]
name = "team"
watch = "w"
to = [{to}]
"""
TWO = ("one@example.org", "two@example.org")
THE_OPERATOR = "operator@example.org"


def listening(*addresses: str) -> str:
    return WATCH.format(to=", ".join(f'"{address}"' for address in addresses))


def deliver(
    house: House, timeout_s: float = 10.0, whole_s: float = 10.0, longest_s: float = LONGEST_ROUND_S
) -> Delivered:
    settings = house.settings
    postman = SmtpPostman.of(str(settings.smtp_url), timeout_s=timeout_s, whole_s=whole_s)
    return delivery.deliver(settings, configuration(settings.config), postman, longest_s=longest_s)


def states(house: House) -> dict[str, str]:
    """How far the completion is with each recipient."""
    with duckdb.connect(str(house.settings.store / FILE), read_only=True) as con:
        rows = con.execute("SELECT recipient, state FROM delivery_ledger WHERE topic = 'change'").fetchall()
    return dict(rows)


def arrived(office: PostOffice) -> list[str]:
    return sorted(recipients[0] for recipients, _ in office.mails)
