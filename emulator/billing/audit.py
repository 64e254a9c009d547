"""A second pair of eyes on the ledger: recomputes from the entries alone what must always hold."""

from emulator.database import Database

_RULES: tuple[tuple[str, str], ...] = (
    (
        "the balance after an entry is not the sum of the entries up to it",
        """SELECT id FROM (
               SELECT id, balance_after, sum(amount) OVER (PARTITION BY account ORDER BY number) AS total FROM entries
           ) WHERE balance_after <> total""",
    ),
    ("a balance is below zero", "SELECT id FROM entries WHERE balance_after < 0"),
    (
        "the numbers of an account's entries have a gap",
        """SELECT id FROM (
               SELECT id, number, row_number() OVER (PARTITION BY account ORDER BY number) AS place FROM entries
           ) WHERE number <> place""",
    ),
    (
        "an amount has the wrong sign for its kind",
        """SELECT id FROM entries
           WHERE (kind = 'charge' AND amount > 0) OR (kind IN ('refund', 'top_up') AND amount < 0)""",
    ),
    (
        "a refund names no charge of its account",
        """SELECT refund.id FROM entries AS refund
           WHERE refund.kind = 'refund' AND NOT EXISTS (
               SELECT 1 FROM entries AS charge
               WHERE charge.id = refund.reverses AND charge.kind = 'charge' AND charge.account = refund.account
           )""",
    ),
    (
        "a charge was given back beyond its amount",
        """SELECT reverses FROM entries AS refund WHERE kind = 'refund' GROUP BY reverses
           HAVING sum(amount) > (SELECT -charge.amount FROM entries AS charge WHERE charge.id = refund.reverses)""",
    ),
    (
        "a part of a charge was given back twice",
        "SELECT reverses FROM entries WHERE kind = 'refund' GROUP BY reverses, part HAVING count(*) > 1",
    ),
    (
        "an entry belongs to no account",
        "SELECT id FROM entries WHERE account NOT IN (SELECT id FROM accounts)",
    ),
)


def audit(database: Database) -> list[str]:
    """What is wrong with the ledger, each finding with the id of its entry; empty when all is well."""
    return [f"{rule}: {row[0]}" for rule, query in _RULES for row in database.read(query)]
