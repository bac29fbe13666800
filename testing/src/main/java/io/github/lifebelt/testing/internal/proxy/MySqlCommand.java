package io.github.lifebelt.testing.internal.proxy;

import java.util.BitSet;

/** A command of MySQL's protocol that waits for its answer. */
final class MySqlCommand {
    /** How the answer looks. */
    enum Answer {
        /** A login: packets until one is OK or an error. */
        LOGIN,
        /** One packet, whatever it is. */
        ONE_PACKET,
        /** The columns of a table, until something else comes. */
        COLUMNS,
        /** A statement that was prepared. */
        PREPARED,
        /** One result or more, each OK or columns and rows. */
        RESULTS,
        /** Rows of a result whose columns are known. */
        ROWS,
        /** Anything, for ever. */
        STREAM
    }

    /** A statement that was prepared or sent as text. */
    static final class Statement {
        /** Which of the results are those of a COMMIT. */
        final BitSet commits;

        /** How many rows of the present result have come; it is the business of who sees answers. */
        int rows;

        Statement(BitSet commits) {
            this.commits = commits;
        }
    }

    final Answer answer;
    final Statement statement;

    MySqlCommand(Answer answer, Statement statement) {
        this.answer = answer;
        this.statement = statement;
    }

    static MySqlCommand without(Answer answer) {
        return new MySqlCommand(answer, new Statement(new BitSet()));
    }
}
