package io.github.lifebelt.tx;

import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.internal.pool.PoolEngine;
import io.github.lifebelt.internal.tx.UnitSupport;
import io.github.lifebelt.spi.CommitResolver.Finding;
import io.github.lifebelt.spi.CommitResolver.Mark;
import io.github.lifebelt.tx.DatabaseException.Effect;
import java.io.Serializable;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a transaction can be recognised by whose COMMIT was not answered. Holds no secret. Can be stored, as text or
 * serialised, and resolved later or elsewhere: a token within a day, a transaction id as long as the server has not been
 * restarted.
 *
 * <p>Immutable and thread-safe.
 */
public final class CommitMarker implements Serializable {

    private static final long serialVersionUID = 1L;
    private static final String VERSION = "lifebelt-commit-1";
    private static final int PARTS = 8;
    private static final Pattern NUMBER = Pattern.compile("\\d{1,19}");

    /** The family of the database. */
    private final String dialect;

    /** The name of the unit. */
    private final String unit;

    /** When COMMIT was about to be sent, in milliseconds of the epoch. */
    private final long atMillis;

    /** The server's name of the transaction. */
    private final @Nullable String transactionId;

    /** The row that the transaction wrote. */
    private final @Nullable UUID token;

    /** The server's name of the session. */
    private final long session;

    /** The server as it was then. */
    private final @Nullable String incarnation;

    private CommitMarker(
            String dialect,
            String unit,
            long atMillis,
            @Nullable String transactionId,
            @Nullable UUID token,
            long session,
            @Nullable String incarnation) {
        this.dialect = dialect;
        this.unit = unit;
        this.atMillis = atMillis;
        this.transactionId = transactionId;
        this.token = token;
        this.session = session;
        this.incarnation = incarnation;
    }

    static CommitMarker of(String dialect, String unit, Instant at, Mark mark) {
        return new CommitMarker(
                dialect,
                unit,
                at.toEpochMilli(),
                mark.transactionId(),
                mark.token(),
                mark.session(),
                mark.incarnation());
    }

    /**
     * The name of the unit.
     *
     * @return as given to {@link UnitOfWork#named(String)}
     */
    public String unit() {
        return unit;
    }

    /**
     * When COMMIT was about to be sent.
     *
     * @return by the clock of the process that sent it
     */
    public Instant at() {
        return Instant.ofEpochMilli(atMillis);
    }

    boolean isToken() {
        return token != null;
    }

    /**
     * Finds out what became of the transaction, on a connection of its own. Asking again gives the same answer: whoever looks
     * for a token makes sure that a COMMIT which is still on its way cannot take effect any more.
     *
     * @param pool of the same database, or of the one that has taken its place; need not have a free connection
     * @param timeout how long to try while the database cannot be reached or the transaction is still open
     * @return {@link Effect#COMMITTED}, {@link Effect#NONE}, or {@link Effect#UNKNOWN} if it could not be found out
     * @throws IllegalArgumentException if the pool's database is of another family
     */
    public Effect resolve(ConnectionPool pool, Duration timeout) {
        PoolEngine engine = UnitOfWork.engine(pool);
        if (!engine.dialect().name().equals(dialect)) {
            throw new IllegalArgumentException("the marker is of a transaction on " + dialect + ", and the pool is of "
                    + engine.dialect().name());
        }
        if (token != null && UnitSupport.isTooOld(at())) {
            return Effect.UNKNOWN;
        }
        return switch (find(engine.units(), timeout)) {
            case COMMITTED -> Effect.COMMITTED;
            case ROLLED_BACK -> Effect.NONE;
            case OPEN, ELSEWHERE, UNKNOWN -> Effect.UNKNOWN;
        };
    }

    private Finding find(UnitSupport units, Duration timeout) {
        units.looksForCommit();
        try {
            // The table is looked up: a name in a text that comes from outside has no place in a statement.
            return units.find(new Mark(transactionId, token, null, session, incarnation), timeout);
        } finally {
            units.lookedForCommit();
        }
    }

    /**
     * Reads what {@link #toString()} has written.
     *
     * @param text the text
     * @return an equal marker
     * @throws IllegalArgumentException if it is not such a text
     */
    public static CommitMarker parse(String text) {
        String[] raw = text.split(":", -1);
        if (raw.length != PARTS || !raw[0].equals(VERSION)) {
            throw notOne();
        }
        List<@Nullable String> parts = new ArrayList<>();
        for (String part : raw) {
            parts.add(part.isEmpty() ? null : URLDecoder.decode(part, StandardCharsets.UTF_8));
        }
        String unit = parts.get(2);
        String id = parts.get(4);
        String token = parts.get(5);
        if (parts.get(1) == null || (id == null) == (token == null) || (id != null && !isNumber(id))) {
            throw notOne();
        }
        try {
            return new CommitMarker(
                    raw[1],
                    unit == null ? "" : unit,
                    Long.parseLong(raw[3]),
                    id,
                    token == null ? null : UUID.fromString(token),
                    Long.parseLong(raw[6]),
                    parts.get(7));
        } catch (IllegalArgumentException e) {
            throw notOne();
        }
    }

    private static boolean isNumber(String text) {
        return NUMBER.matcher(text).matches();
    }

    private static IllegalArgumentException notOne() {
        return new IllegalArgumentException("this is not the text of a commit marker, which begins with " + VERSION);
    }

    /** One line without blanks, for a column, a queue or a log; {@link #parse} reads it. */
    @Override
    public String toString() {
        return String.join(
                ":",
                VERSION,
                dialect,
                encoded(unit),
                Long.toString(atMillis),
                encoded(transactionId),
                token == null ? "" : token.toString(),
                Long.toString(session),
                encoded(incarnation));
    }

    private static String encoded(@Nullable String part) {
        return part == null ? "" : URLEncoder.encode(part, StandardCharsets.UTF_8);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof CommitMarker marker && toString().equals(marker.toString());
    }

    @Override
    public int hashCode() {
        return toString().hashCode();
    }
}
