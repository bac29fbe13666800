package io.github.lifebelt.spi;

import io.github.lifebelt.spi.Dialect.ServerFacts;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Finds out whether a transaction was stored whose COMMIT was not answered.
 *
 * <p>Two ways. A <em>transaction id</em> is the server's own name for the transaction; it costs no table, and stops being
 * reliable when the server may have lost what it had not yet written down. A <em>token</em> is a row that the transaction
 * writes itself: it is there exactly if the transaction was stored, in whatever history survives. Whoever looks for the
 * token writes it as well, so that one of the two wins for good: a COMMIT that is still under way is waited for, and one
 * that arrives later is refused.
 *
 * <p>Implementations are thread-safe and keep nothing. Connections are those that {@link Dialect#connect} returned; the
 * caller has put a deadline on their sockets.
 */
public interface CommitResolver {

    /**
     * What has to be known of a transaction before its COMMIT is sent, so that it can be looked for afterwards. Has a
     * transaction id or a token.
     *
     * @param transactionId the server's name for the transaction, or null
     * @param token the token that the transaction writes, or null
     * @param tokenTable the table that it is written to, quoted and qualified, or null
     * @param session the server's name for the session, to be ended if it keeps the outcome open; 0 if unknown
     * @param incarnation of the server at that time (see {@link ServerFacts#incarnation()}), or null if unknown
     */
    record Mark(
            @Nullable String transactionId,
            @Nullable UUID token,
            @Nullable String tokenTable,
            long session,
            @Nullable String incarnation) {}

    /** What a look has shown. */
    enum Finding {
        /** It was stored, whole. */
        COMMITTED,
        /** It was not stored and never will be. */
        ROLLED_BACK,
        /** It is still open, or its COMMIT is under way: look again, on the same connection. */
        OPEN,
        /** This server cannot say now, for instance a standby: look again, on another connection. */
        ELSEWHERE,
        /** The server does not know any more, and will not know later. */
        UNKNOWN
    }

    /**
     * Whether the server names its transactions and remembers what became of them.
     *
     * @return false if only tokens tell
     */
    boolean supportsTransactionIds();

    /**
     * Asks the server what it calls the open transaction, in one round trip.
     *
     * @param connection with an open transaction
     * @param facts what is known of the server
     * @return null if the transaction has written nothing so far: then nothing can be lost
     * @throws SQLException if the server did not answer; nothing is stored then
     */
    @Nullable
    Mark mark(Connection connection, ServerFacts facts) throws SQLException;

    /**
     * The statement that creates the table for tokens, for an administrator or a migration.
     *
     * @return one statement without a semicolon at its end
     */
    String tokenTableStatement();

    /**
     * Where the table for tokens is, as this session finds it by its bare name.
     *
     * @param connection one without an open transaction, or with one that can go on
     * @return its name, quoted and qualified, so that it is found whatever schema the session is in later; null if there is
     *     none
     * @throws SQLException if the server did not answer
     */
    @Nullable
    String findTokenTable(Connection connection) throws SQLException;

    /**
     * Writes the mark's token as the last thing of the open transaction. Where the protocol allows that COMMIT is sent along
     * with it, so that the token costs no round trip.
     *
     * @param connection with an open transaction, or about to begin one
     * @param mark with a token and its table
     * @return whether COMMIT was sent along and has succeeded; else it is still to be sent
     * @throws SQLException as the driver reports it; {@link #isRefused} tells whether the transaction can have been stored
     */
    boolean writeToken(Connection connection, Mark mark) throws SQLException;

    /**
     * Whether a COMMIT that failed was answered by the server, with a refusal: then nothing was stored. After that only
     * this connection's own state counts, never the SQLState.
     *
     * @param connection where COMMIT has failed
     * @param failure of the COMMIT, or of {@link #writeToken}
     * @return false if the transaction may have been stored. If true, the caller rolls back whatever is still open, and
     *     counts the outcome as unknown if that fails
     */
    boolean isRefused(Connection connection, SQLException failure);

    /**
     * Looks once what became of a transaction. May write to the table of tokens. Waits for at most a few hundred
     * milliseconds.
     *
     * @param own a connection of the resolver's own, in autocommit
     * @param facts what the server said of itself when that connection was made
     * @param mark of the transaction
     * @param end whether a transaction that is still open, and is not just waiting for a replica, is to be ended now by
     *     ending its session; never ends a session that is not proven to be the transaction's
     * @return what was found
     * @throws SQLException if the server did not answer, or refuses; then it is looked again on another connection
     */
    Finding look(Connection own, ServerFacts facts, Mark mark, boolean end) throws SQLException;

    /**
     * Removes tokens that are older than any mark may be, if nobody else is at it.
     *
     * @param own a connection of the caller's own, in autocommit
     * @param tokenTable as {@link #findTokenTable} gave it
     * @param before all tokens that sort below it may go; tokens begin with the time
     * @param atMost how many to remove in this one statement, so that no lock is held for long
     * @return how many were removed; 0 also if somebody else is at it
     * @throws SQLException if the server did not answer, or the user may not delete
     */
    int removeTokens(Connection own, String tokenTable, UUID before, int atMost) throws SQLException;
}
