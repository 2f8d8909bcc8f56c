"""Every Redis key of the kit: its pattern, type, owner and expiry, in one table.

A key is `<namespace>:{<user>}:<kind>[:<part>]`. The user stands in a hash tag, so all of a
user's keys share a slot and the same code runs on Redis Cluster. User and part are
percent-encoded, so no name can forge another key, a hash tag or a SCAN pattern.

>>> Keys("wellness", "ann").readings("HeartRate")
'wellness:{ann}:readings:HeartRate'
>>> Keys("wellness", "a}:*").profile
'wellness:{a%7D%3A%2A}:profile'
"""

from wellness.keys.channels import channel
from wellness.keys.commands import key_of, label, words_of
from wellness.keys.indexes import index_name, index_prefix, is_index_of
from wellness.keys.keyspace import (
    SCAN_COUNT,
    Finding,
    audit,
    delete,
    delete_all,
    glob_escape,
    policy_problem,
    scan,
    users,
)
from wellness.keys.names import (
    KeyParts,
    Keys,
    claims_key,
    encode,
    parse,
)
from wellness.keys.table import (
    ANY_TTL,
    EVERYONE,
    KINDS,
    LEDGER,
    LESSON,
    PERSON,
    PROGRESS,
    Kind,
)

__all__ = [
    "ANY_TTL",
    "EVERYONE",
    "KINDS",
    "LEDGER",
    "LESSON",
    "PERSON",
    "PROGRESS",
    "SCAN_COUNT",
    "Finding",
    "KeyParts",
    "Keys",
    "Kind",
    "audit",
    "channel",
    "claims_key",
    "delete",
    "delete_all",
    "encode",
    "glob_escape",
    "index_name",
    "index_prefix",
    "is_index_of",
    "key_of",
    "label",
    "parse",
    "policy_problem",
    "scan",
    "users",
    "words_of",
]
