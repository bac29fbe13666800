package io.github.lifebelt.apps.demo;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The ledger held against what the callers were told.
 *
 * @param lost units that were reported as committed and are not there
 * @param twice units with more than one row
 * @param contradicted units that were reported as not stored and are there: they would be run again
 * @param strangers units that nobody ran
 * @param accountsOff accounts whose balance is not what their transfers make
 * @param unknownStored units of unknown outcome that are there, which contradicts nothing
 * @param examples some of the findings in words
 */
record Audit(
        long lost,
        long twice,
        long contradicted,
        long strangers,
        long accountsOff,
        long unknownStored,
        List<String> examples) {

    /** Everything by which there is more, or other, than was reported. */
    long duplicated() {
        return twice + contradicted + strangers + accountsOff;
    }

    static Audit of(Connection connection, Ledger ledger, Claims claims) throws SQLException {
        Check check = new Check(claims);
        boolean autoCommit = connection.getAutoCommit();
        // Both queries see one state.
        connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            statement.setFetchSize(ledger.database().fetchSize());
            try (ResultSet rows =
                    statement.executeQuery("SELECT unit, count(*) FROM " + ledger.entries() + " GROUP BY unit")) {
                while (rows.next()) {
                    check.unit(rows.getLong(1), rows.getLong(2));
                }
            }
            check.missing();
            try (ResultSet rows = statement.executeQuery(balances(ledger))) {
                while (rows.next()) {
                    check.account(rows.getInt(1), rows.getLong(2), rows.getLong(3));
                }
            }
            check.accountsMissing();
        } finally {
            connection.rollback();
            connection.setAutoCommit(autoCommit);
        }
        return check.result();
    }

    /** Each account's balance, and what it should be by the ledger. */
    private static String balances(Ledger ledger) {
        return """
                SELECT a.id, a.balance, %d + coalesce(sum(m.amount), 0)
                FROM %s a
                LEFT JOIN (SELECT target AS account, amount FROM %s
                           UNION ALL SELECT source, -amount FROM %s) m ON m.account = a.id
                GROUP BY a.id, a.balance
                """.formatted(Ledger.OPENING_BALANCE, ledger.accounts(), ledger.entries(), ledger.entries());
    }

    /** The findings so far. */
    private static final class Check {
        private static final int EXAMPLES = 5;

        private final Claims claims;
        private final List<BitSet> seen = new ArrayList<>();
        private final List<String> examples = new ArrayList<>();
        private long lost;
        private long twice;
        private long contradicted;
        private long strangers;
        private long accountsOff;
        private long accounts;
        private long unknownStored;

        Check(Claims claims) {
            this.claims = claims;
            for (int i = 0; i < claims.lanes(); i++) {
                seen.add(new BitSet());
            }
        }

        void unit(long unit, long rows) {
            Claims.@Nullable Position position = claims.find(unit);
            if (position == null) {
                strangers++;
                example("unit " + unit + " is in the ledger and nobody ran it");
                return;
            }
            seen.get(position.thread()).set(position.sequence());
            if (rows > 1) {
                twice++;
                example("unit " + unit + " is in the ledger " + rows + " times");
            }
            switch (claims.outcome(position.thread(), position.sequence())) {
                case COMMITTED -> {}
                case FAILED -> {
                    contradicted++;
                    example("unit " + unit + " was reported as not stored and is in the ledger");
                }
                case UNKNOWN -> unknownStored++;
            }
        }

        void missing() {
            for (int thread = 0; thread < claims.lanes(); thread++) {
                BitSet there = seen.get(thread);
                int units = claims.unitsOf(thread);
                for (int i = there.nextClearBit(0); i < units; i = there.nextClearBit(i + 1)) {
                    if (claims.outcome(thread, i) == Outcome.COMMITTED) {
                        lost++;
                        example("unit " + Claims.unit(thread, i) + " was reported as committed and is not there");
                    }
                }
            }
        }

        void account(int id, long balance, long byLedger) {
            accounts++;
            if (balance != byLedger) {
                accountsOff++;
                example("account " + id + " has " + balance + ", and " + byLedger + " by its transfers");
            }
        }

        void accountsMissing() {
            if (accounts != Ledger.ACCOUNTS) {
                accountsOff += Math.abs(Ledger.ACCOUNTS - accounts);
                example("there are " + accounts + " accounts, not " + Ledger.ACCOUNTS);
            }
        }

        Audit result() {
            return new Audit(lost, twice, contradicted, strangers, accountsOff, unknownStored, List.copyOf(examples));
        }

        private void example(String text) {
            if (examples.size() < EXAMPLES) {
                examples.add(text);
            }
        }
    }
}
