"""Text as it stands in a statement where no value can be bound: in comments, names of files and options."""


def literal(text: object) -> str:
    """The text in single quotes, whatever stands in it."""
    return "'" + str(text).replace("'", "''") + "'"
