"""The ledger's tables. What they promise holds against any program that opens the file.

The last entry of an account carries its balance and its number, so a charge reads one row and writes
one. Ids of accounts are never used twice (AUTOINCREMENT), not even after a world was dropped.
"""

SCHEMA = """
CREATE TABLE accounts (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    namespace TEXT NOT NULL,
    vendor TEXT NOT NULL,
    holder TEXT NOT NULL,
    currency TEXT NOT NULL,
    UNIQUE (namespace, vendor, holder)
);
CREATE TABLE entries (
    account INTEGER NOT NULL REFERENCES accounts (id),
    number INTEGER NOT NULL,
    id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL CHECK (kind IN ('grant', 'charge', 'refund', 'top_up')),
    amount INTEGER NOT NULL CHECK (typeof(amount) = 'integer'),
    balance_after INTEGER NOT NULL CHECK (typeof(balance_after) = 'integer' AND balance_after >= 0),
    created REAL NOT NULL,
    request_id TEXT,
    model TEXT,
    reverses TEXT,
    part TEXT,
    note TEXT,
    CHECK ((kind = 'refund') = (reverses IS NOT NULL AND part IS NOT NULL)),
    PRIMARY KEY (account, number)
) WITHOUT ROWID;
CREATE UNIQUE INDEX refunds_once ON entries (reverses, part) WHERE reverses IS NOT NULL;
CREATE TRIGGER entries_stay BEFORE UPDATE ON entries
BEGIN
    SELECT RAISE (ABORT, 'entries of the ledger are never changed');
END;
"""
