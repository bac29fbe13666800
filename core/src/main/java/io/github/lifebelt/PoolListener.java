package io.github.lifebelt;

import io.github.lifebelt.PoolStats.State;
import io.github.lifebelt.health.HealthReport.Holder;
import io.github.lifebelt.spi.ConnectRequest.Phase;
import io.github.lifebelt.spi.Dialect.ConnectProblem;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Hears what happens in a pool. Metrics, logs and tests hang on it.
 *
 * <p>Methods are called on the thread on which the thing happens, often a borrower's: they must be quick, must not
 * borrow from the pool, and may be called by several threads at once. What they throw is logged and goes no further.
 */
public interface PoolListener {

    /** Why a physical connection has ended. The first reason that was found counts. */
    enum CloseReason {
        /** It had reached its age, or all were to be replaced. */
        RECYCLED,
        /** There was one more than wanted: the pool was made smaller, or the one that had found the database again was not needed. */
        SURPLUS,
        /** A look at its socket found that the server had closed it: killed, restarted, failed over. */
        LOST,
        /** A ping was not answered in time, or with a failure; its own, or that of another connection to the same server. */
        PING_FAILED,
        /** It failed in use. The SQLState says of what. */
        FAILED,
        /** Its server takes no writes any more, and another one may. */
        ROLE,
        /** The credentials have changed since it was made. */
        ROTATED,
        /** Its host's name leads elsewhere by now. */
        MOVED,
        /** It was connected, and what the pool or the application sets up on each new one has failed. */
        SET_UP,
        /** Its session could not be reset, or what its borrower left open could not be rolled back. */
        RESET,
        /** A unit of work on it has run past its time-out. */
        UNIT_TIMEOUT,
        /** Its borrower has kept it for longer than max-hold allows. */
        LEAK,
        /** Its borrower has aborted it. */
        ABORTED,
        /** It was opened for a question of the pool's own, such as what became of a COMMIT, and is of no further use. */
        SERVICE,
        /** The pool was closed. */
        POOL_CLOSED
    }

    /**
     * What an attempt to connect has spent its time on.
     *
     * @param phases what was gone through, with the time; what came before the first socket belongs to none of them
     * @param failedIn what the attempt has failed in; null if it has succeeded
     */
    record ConnectTiming(
            Map<Phase, Duration> phases, @Nullable Phase failedIn) {}

    /**
     * A connection was lent.
     *
     * @param took from the call to the return of {@code getConnection()}
     */
    default void borrowed(Duration took) {}

    /**
     * A borrower got no connection.
     *
     * @param took how long it tried
     * @param failure what it gets
     */
    default void borrowFailed(Duration took, SQLException failure) {}

    /**
     * A connection came back.
     *
     * @param used how long it was out
     */
    default void returned(Duration used) {}

    /**
     * A physical connection was made.
     *
     * @param took TCP, TLS, login and session set-up together
     */
    default void connected(Duration took) {}

    /**
     * A physical connection could not be made.
     *
     * @param failure what the driver said
     */
    default void connectFailed(SQLException failure) {}

    /**
     * An attempt to make a physical connection has ended. Told after {@link #connected} or {@link #connectFailed}.
     *
     * @param timing where its time has gone
     */
    default void connectTimed(ConnectTiming timing) {}

    /**
     * A physical connection has ended. Told once for each that was {@link #connected}.
     *
     * @param reason why
     * @param sqlState of the failure that has told; null if there was none, or it had none
     * @param age how long it stood
     */
    default void closed(CloseReason reason, @Nullable String sqlState, Duration age) {}

    /**
     * A physical connection was found dead or broken, and dropped. Its slot gets a new one when it is needed.
     *
     * @param reason in words
     */
    default void connectionLost(String reason) {}

    /**
     * A borrower has waited in vain, the first one since connections were free last. Told once the server was asked about
     * the holders' sessions, at the latest after some seconds.
     *
     * @param holders who holds the connections, the longest first
     */
    default void exhausted(List<Holder> holders) {}

    /**
     * A connection is out for longer than leak detection allows, or than it may be.
     *
     * @param holder its thread in words, with its unit
     * @param held for how long
     * @param takenAway whether it was taken from its borrower; told of the same one at most once with each answer
     */
    default void leaked(String holder, Duration held, boolean takenAway) {}

    /**
     * Every connection made before now has to answer a ping before it is lent again.
     *
     * @param reason what gave rise to the suspicion
     */
    default void poolSuspected(String reason) {}

    /**
     * A connection came back with an open transaction, which was rolled back.
     *
     * @param misuse false for what reading with autocommit off leaves behind; true for work begun behind the driver's
     *     back, by a statement such as {@code BEGIN} or through {@code unwrap}
     */
    default void leftoverRolledBack(boolean misuse) {}

    /**
     * The pool's state has changed. Told in the order of the changes; states that last for less than a moment may be left
     * out.
     *
     * @param from the state before
     * @param to the state from now on
     * @param reason what gave rise to it, in words
     */
    default void stateChanged(State from, State to, String reason) {}

    /**
     * {@link ConnectionPool#awaitReady} goes on waiting. Told about once a second, on the waiting thread.
     *
     * @param waited how long so far
     * @param problem what connecting met last
     * @param failure the same as the driver puts it
     */
    default void awaitingDatabase(Duration waited, ConnectProblem problem, SQLException failure) {}

    /**
     * Connecting has failed for the server's or the network's sake. From now on only one thread looks for the database;
     * live connections are still lent.
     *
     * @param cause what connecting met
     */
    default void databaseDown(SQLException cause) {}

    /**
     * A unit of work was committed. Told before its after-commit actions fail or not.
     *
     * @param unit its name
     * @param took with everything: waiting for connections, all runs, the pauses between them
     * @param attempts how often its work was run
     */
    default void unitCommitted(String unit, Duration took, int attempts) {}

    /**
     * A unit of work has ended otherwise.
     *
     * @param unit its name
     * @param took with everything
     * @param attempts how often its work was run
     * @param failure what its caller gets; null if the caller of {@code begin()} has closed it without committing
     */
    default void unitFailed(String unit, Duration took, int attempts, @Nullable Throwable failure) {}

    /**
     * A run of a unit has failed, and its work is run again after a pause.
     *
     * @param unit its name
     * @param attempt which run has failed, from 1
     * @param failure what has ended it
     * @param pause how long until the next one
     */
    default void unitRetried(String unit, int attempt, Throwable failure, Duration pause) {}

    /**
     * The connection of a unit broke while COMMIT was under way, and what became of it was found out.
     *
     * @param unit its name
     * @param committed whether it took effect
     * @param took how long finding out took
     */
    default void commitResolved(String unit, boolean committed, Duration took) {}

    /**
     * The connection of a unit broke while COMMIT was under way, and nobody knows what became of it.
     *
     * @param unit its name
     * @param failure what the driver said
     */
    default void commitUnknown(String unit, SQLException failure) {}

    /**
     * Other credentials than before are there for the logins to come: a newer token, or a rotated password.
     *
     * @param validFor how long they are valid; null if they do not expire
     */
    default void credentialsRefreshed(@Nullable Duration validFor) {}

    /**
     * The credentials provider has failed. What it gave before serves for as long as it is valid.
     *
     * @param failure the supplier and its failure, without anything that may be a secret
     * @param validFor how long what it gave before is valid, below zero if it has expired; null if it does not expire or
     *     there is nothing
     */
    default void credentialsRefreshFailed(SQLException failure, @Nullable Duration validFor) {}

    /**
     * The database takes connections again. Not told of an outage that a suspension has cut off: nobody looked how it went on,
     * and if it goes on after {@link ConnectionPool#resume} that is another one.
     *
     * @param outage how long it took none
     */
    default void databaseUp(Duration outage) {}
}
