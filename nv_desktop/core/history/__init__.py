"""What this computer remembers: people, changes made here, the shelf; retention and erasing."""

from nv_desktop.core.history.history import Erased, History, Shelved, StoredChange
from nv_desktop.core.history.people import People, Person, Recent

__all__ = ["Erased", "History", "People", "Person", "Recent", "Shelved", "StoredChange"]
