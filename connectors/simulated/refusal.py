"""The registry's way of saying no: status 400 and one sentence, in plain text."""


class Refusal(Exception):  # noqa: N818 - not an error of ours: it is the answer
    """The request is wrong; the text is what the registry says. ``status`` is 400, or 501 where the real
    registry has an answer that this one does not simulate."""

    def __init__(self, said: str, status: int = 400) -> None:
        super().__init__(said)
        self.status = status


def invalid(parameter: str, value: str) -> Refusal:
    return Refusal(f"Invalid value in parameter `{parameter}`: `{value}`")


def misshapen(parameter: str, position: int) -> Refusal:
    return Refusal(f"Item {position} in parameter `{parameter}` has incorrect format")


def not_simulated(what: str) -> Refusal:
    return Refusal(f"the simulated registry does not know {what}", 501)
