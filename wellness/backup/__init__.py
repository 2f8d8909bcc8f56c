"""Backups: one user's data in a portable file, or all that a Redis holds; and back again.

    made = backup_user(client, "ann", LocalFolder(path), namespace="wellness", now=now)
    restore_user(client, path / made.name)

A backup is a zip with a manifest, in which each part has its SHA-256. That finds damage; it is no
signature, and nothing in the file is encrypted: keep it where health data may be kept.
"""

from wellness.backup.archive import kind_of
from wellness.backup.targets import LocalFolder, Target
from wellness.backup.user import UserBackup, backup_user
from wellness.backup.user_restore import UserRestored, restore_user
from wellness.backup.whole import WholeBackup, backup_all
from wellness.backup.whole_restore import WholeRestored, restore_all

__all__ = [
    "LocalFolder",
    "Target",
    "UserBackup",
    "UserRestored",
    "WholeBackup",
    "WholeRestored",
    "backup_all",
    "backup_user",
    "kind_of",
    "restore_all",
    "restore_user",
]
