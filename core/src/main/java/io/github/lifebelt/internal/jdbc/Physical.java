package io.github.lifebelt.internal.jdbc;

import io.github.lifebelt.PoolListener.CloseReason;
import io.github.lifebelt.spi.Dialect.ServerFacts;
import io.github.lifebelt.spi.ProbeSocket;
import io.github.lifebelt.spi.ProbeSocket.Liveness;
import java.net.InetAddress;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A connection as the driver made it, with what the pool knows of it. Owned by one thread at a time through its slot;
 * the volatile fields may be read, and {@link #abort} called, by any.
 */
public final class Physical {

    /** Something that does I/O on the connection. */
    @FunctionalInterface
    public interface Io {
        void run(Connection jdbc) throws SQLException;
    }

    private static final long POLITE_CLOSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final Connection jdbc;
    private final @Nullable ProbeSocket socket;
    private final long bornNanos = System.nanoTime();
    private final AtomicReference<@Nullable End> ending = new AtomicReference<>();
    private final AtomicBoolean toldOfEnd = new AtomicBoolean();
    private volatile long provenGeneration;
    private volatile @Nullable BiConsumer<Physical, End> onEnd;
    private volatile @Nullable End over;
    private volatile @Nullable ServerFacts facts;
    private volatile long sessionId;
    private volatile boolean retired;
    private volatile boolean missed;
    /** 0 while it is not asked; after a question that has failed, until that is known of it. */
    private volatile long askedSince;

    private Set<String> session = Set.of();
    private long lastAnswerNanos = bornNanos;
    private long lastUsedNanos;
    private boolean lent;

    public Physical(Connection jdbc, @Nullable ProbeSocket socket, long generation) {
        this.jdbc = jdbc;
        this.socket = socket;
        this.provenGeneration = generation;
        this.lastUsedNanos = bornNanos;
    }

    public Connection jdbc() {
        return jdbc;
    }

    /** One system call; see {@link ProbeSocket#probe()}. Without our socket only a round trip can tell. */
    public Liveness probe() {
        return socket == null ? Liveness.PENDING : socket.probe();
    }

    /** The last generation in which this connection is known to have worked. */
    public long provenGeneration() {
        return provenGeneration;
    }

    public void proven(long generation) {
        provenGeneration = generation;
    }

    /** Why this connection is not to be lent again, or null. */
    public @Nullable End over() {
        return over;
    }

    /** Whether a failure has told that it cannot be used any more. */
    public boolean broken() {
        return over != null && !retired;
    }

    public void markBroken() {
        markBroken(End.of(CloseReason.FAILED, "it had failed"));
    }

    /** What its user has met says that it cannot be used any more. */
    public void markBroken(SQLException failure) {
        markBroken(End.of(CloseReason.FAILED, "it had failed", failure));
    }

    /** The first failure counts; one that was only retired is broken from now on. */
    public void markBroken(End how) {
        if (!broken()) {
            over = how;
            retired = false;
        }
    }

    /** It works, and is to be replaced when its user is done. */
    public void retire(CloseReason reason, String words) {
        if (over == null) {
            retired = true;
            over = End.of(reason, words);
        }
    }

    /** Who is told, once, when it ends. */
    public void onEnd(BiConsumer<Physical, End> told) {
        onEnd = told;
    }

    /** Since it was made. */
    public long ageNanos() {
        return System.nanoTime() - bornNanos;
    }

    /** What the server said of itself when the connection was made, or since. */
    public @Nullable ServerFacts facts() {
        return facts;
    }

    public void facts(ServerFacts said) {
        facts = said;
    }

    /** The server's name for the session, or 0 if it is unknown. */
    public long sessionId() {
        return sessionId;
    }

    public void sessionId(long id) {
        sessionId = id;
    }

    /** What the session had of its own when it was set up; nothing unless the pool is strict. */
    public Set<String> session() {
        return session;
    }

    public void session(Set<String> state) {
        session = state;
    }

    /** Where the other end is, or null if that is unknown. */
    public @Nullable InetAddress address() {
        return socket == null ? null : socket.getInetAddress();
    }

    /** Whether it was lent since it was made. */
    public boolean wasLent() {
        return lent;
    }

    public void lend() {
        lent = true;
    }

    public long idleNanos(long now) {
        return now - lastUsedNanos;
    }

    public void used(long now) {
        lastUsedNanos = now;
    }

    /** The driver's own opinion, without I/O. */
    public boolean driverSaysClosed() {
        try {
            return jdbc.isClosed();
        } catch (SQLException e) {
            return true;
        }
    }

    /** Does I/O that ends at the deadline at the latest, whatever the server does. */
    public void within(long deadlineNanos, Io io) throws SQLException {
        long now = System.nanoTime();
        askedSince = now == 0 ? 1 : now;
        try {
            bounded(deadlineNanos, io);
        } catch (RuntimeException | Error e) {
            askedSince = 0;
            throw e;
        }
        // Not after an SQLException: until our caller has told what follows from it, it counts as asked and not as
        // sound.
        askedSince = 0;
        lastAnswerNanos = System.nanoTime();
    }

    /** When the server last answered within a deadline: at the end of its set-up, or of a ping since. */
    public long lastAnswerNanos() {
        return lastAnswerNanos;
    }

    /** How long the I/O goes on that has to end at a deadline; 0 if there is none, or it has ended and all know how. */
    long askedNanos(long now) {
        long since = askedSince;
        return since == 0 || broken() ? 0 : Math.max(1, now - since);
    }

    private void bounded(long deadlineNanos, Io io) throws SQLException {
        if (socket == null) {
            withinNetworkTimeout(deadlineNanos, io);
            return;
        }
        socket.deadline(deadlineNanos);
        try {
            io.run(jdbc);
        } finally {
            socket.noDeadline();
        }
    }

    /** Bounds all I/O from now on, for those who do theirs through JDBC alone. */
    public void until(long deadlineNanos) throws SQLException {
        if (socket == null) {
            long millis = 1 + TimeUnit.NANOSECONDS.toMillis(deadlineNanos - System.nanoTime());
            jdbc.setNetworkTimeout(Runnable::run, (int) Math.min(Integer.MAX_VALUE, Math.max(1, millis)));
        } else {
            socket.deadline(deadlineNanos);
        }
    }

    /** The first I/O after connecting, while the deadline of that is still on our socket. */
    public void firstWithin(long deadlineNanos, Io io) throws SQLException {
        if (socket == null) {
            withinNetworkTimeout(deadlineNanos, io);
        } else {
            io.run(jdbc);
        }
    }

    /** For a socket of somebody else's. The driver bounds each read, which for a short answer is as good. */
    private void withinNetworkTimeout(long deadlineNanos, Io io) throws SQLException {
        missed = false;
        // Rounded up: whoever times out has passed the deadline.
        long millis = 1 + TimeUnit.NANOSECONDS.toMillis(deadlineNanos - System.nanoTime());
        int bound = (int) Math.min(Integer.MAX_VALUE, Math.max(1, millis));
        int before = jdbc.getNetworkTimeout();
        jdbc.setNetworkTimeout(Runnable::run, bound);
        try {
            io.run(jdbc);
        } catch (SQLException e) {
            missed = System.nanoTime() - deadlineNanos >= 0;
            if (!driverSaysClosed()) {
                jdbc.setNetworkTimeout(Runnable::run, before);
            }
            throw e;
        }
        // Not if it was the very thing that was done, nor on one that was closed.
        if (!driverSaysClosed() && jdbc.getNetworkTimeout() == bound) {
            jdbc.setNetworkTimeout(Runnable::run, before);
        }
    }

    /** Whether the last bounded I/O ran out of time, rather than getting an answer. */
    public boolean missedDeadline() {
        return socket == null ? missed : socket.missedDeadline();
    }

    /**
     * Ends it at once. The socket goes first, so that nothing that follows can wait for the peer.
     *
     * @param otherwise why, unless something was found against it before
     */
    public void abort(CloseReason otherwise) {
        endsFor(otherwise);
        if (socket != null) {
            socket.abort();
        }
        try {
            jdbc.abort(Runnable::run);
        } catch (SQLException | RuntimeException e) {
            // It is over either way, and the socket is closed.
            markBroken();
        }
        End end = ending.get();
        BiConsumer<Physical, End> told = onEnd;
        if (told != null && end != null && toldOfEnd.compareAndSet(false, true)) {
            told.accept(this, end);
        }
    }

    /** Fixed before anything is done about it: a goodbye that fails is no other reason. */
    private void endsFor(CloseReason otherwise) {
        End known = over;
        ending.compareAndSet(null, known == null ? End.of(otherwise, "") : known);
    }

    /** Ends one that is over: with a goodbye if it still works, else at once. */
    public void end(CloseReason otherwise) {
        if (retired) {
            closePolitely(otherwise);
        } else {
            abort(otherwise);
        }
    }

    /** For one that was opened for a question of the pool's own. */
    public void closePolitely() {
        closePolitely(CloseReason.SERVICE);
    }

    /**
     * Says goodbye, so that the server does not log a lost client, and does not wait to hear it returned.
     *
     * @param otherwise why it ends, unless something was found against it before
     */
    public void closePolitely(CloseReason otherwise) {
        endsFor(otherwise);
        if (socket != null) {
            socket.stopReading();
        }
        try {
            within(System.nanoTime() + POLITE_CLOSE_NANOS, Connection::close);
        } catch (SQLException | RuntimeException e) {
            markBroken();
        } finally {
            abort(otherwise);
        }
    }

    @Override
    public String toString() {
        return "Physical[" + (socket == null ? jdbc : socket) + (over == null ? "]" : ", over]");
    }
}
