"""What can go wrong in arranging the work; apart, so that who only names it imports nothing that may fail so."""


class ApartError(Exception):
    """A step apart did not come to its end. The text says why, in our words; a note is for a developer."""
