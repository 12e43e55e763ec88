"""What can go wrong in the warehouse, named by who must act. Every text says what to do."""


class WarehouseError(Exception):
    """Anything the warehouse refuses."""


class StoreHeldError(WarehouseError):
    """Another process holds the store: wait, or stop it."""


class StoreSchemaError(WarehouseError):
    """The store was written by another version of trialwatch: the operator must act."""


class NothingPublishedError(WarehouseError):
    """There is no published file to read yet: run a night first."""


class QuestionError(WarehouseError):
    """A question that cannot be answered as asked: the asker must change it."""


class BackupError(WarehouseError):
    """A backup that cannot be made or restored as asked: the operator must act."""
