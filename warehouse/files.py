"""The name by which the store still asks for ``connectors.files``."""

from connectors.files import flush as flush
from connectors.files import keep_also_as as keep_also_as
from connectors.files import make_folder as make_folder
from connectors.files import write_whole as write_whole
