package io.github.lifebelt.testing;

import io.github.lifebelt.testing.internal.proxy.Aims.Target;
import io.github.lifebelt.testing.internal.proxy.Proxy;
import io.github.lifebelt.testing.internal.proxy.Relay;
import io.github.lifebelt.testing.internal.system.Waiting;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A {@link FaultProxy} that follows the protocol of PostgreSQL or MySQL far enough to aim: it loses the request of a
 * COMMIT, or its answer, or cuts a result off in its middle. Everything a {@code FaultProxy} does, it does as well.
 *
 * <p>Over TLS it can only aim where it can read, so it ends TLS itself: clients see the certificate given, which is to be
 * the server's own, so that host names and the channel binding of a SCRAM login fit; towards the server TLS is spoken
 * too, and any certificate is taken, because bad ones are tested as well. Whether a client speaks TLS is up to the
 * client. Client certificates and PostgreSQL's direct TLS negotiation are not supported. Compression of the MySQL
 * protocol is switched off in what the server offers.
 *
 * <p>What counts as a COMMIT is the statement itself, whether sent as text or prepared on the server, in any case and
 * with comments before it, also among several statements in one text: {@code COMMIT} with whatever follows it,
 * {@code END} on PostgreSQL, {@code XA COMMIT} on MySQL. What commits in passing (autocommit, DDL and
 * {@code SET autocommit} on MySQL, COMMIT in a procedure) does not.
 *
 * <p>Thread-safe. What is aimed at applies to all connections together; arming the same fault again replaces what was
 * left of it. {@link #bytesToServer()} and {@link #bytesToClient()} count what passed between client and proxy, so a
 * request that was lost by aiming is counted too.
 */
public final class ProtocolProxy extends FaultProxy {
    private final Relay relay;

    private ProtocolProxy(Proxy proxy, Relay relay) {
        super(proxy);
        this.relay = relay;
    }

    /** What happens to a connection that has lost something. */
    public enum Ending {
        /** Both sides are cut off by a TCP reset. */
        RESET,

        /** Both sides are closed the orderly way (FIN; over TLS with a close_notify before it). */
        FINISH,

        /**
         * Neither side is told, like a flow that a firewall has forgotten: nothing passes any more, but both sides stay
         * open. The client waits for its time-out; the server keeps the session with its transaction and locks, even
         * when the client has closed, until {@link ProtocolProxy#reset()}, {@link ProtocolProxy#finish()},
         * {@link ProtocolProxy#halfOpen()} or {@link ProtocolProxy#close()}.
         */
        SILENCE
    }

    /**
     * Starts a proxy on a free port of 127.0.0.1.
     *
     * @param product what the server is
     * @param host the server's host
     * @param port the server's port
     * @param certificate the certificate the server shows, to be shown to clients; null for a server without TLS:
     *     clients are then told that there is none
     * @return the proxy, which forwards; close it
     * @throws UncheckedIOException if it cannot listen, or cannot read the certificate
     * @throws IllegalArgumentException if the files are no certificate with its key
     */
    public static ProtocolProxy to(
            DatabaseProduct product, String host, int port, TestCertificates.@Nullable ServerCertificate certificate) {
        Relay relay = Relay.to(product, InetSocketAddress.createUnresolved(host, port), loopback(), certificate);
        try {
            Proxy proxy = Proxy.start(relay.address(), new InetSocketAddress(loopback(), 0));
            relay.start("lifebelt-proxy-" + proxy.address().getPort() + "-relay", proxy::loseRequests);
            return new ProtocolProxy(proxy, relay);
        } catch (UncheckedIOException e) {
            relay.close();
            throw e;
        }
    }

    /**
     * Loses the request of the next COMMIT: {@link #loseCommitRequest(Ending, int)} with 1.
     *
     * @param ending what happens to the connection then
     */
    public void loseCommitRequest(Ending ending) {
        loseCommitRequest(ending, 1);
    }

    /**
     * Loses the requests of the next COMMITs. What the connection sent before, also in the same batch, reaches the
     * server; the COMMIT does not, and nothing after it. Where one text holds several statements, all of it is lost.
     *
     * @param ending what happens to the connection then
     * @param times how many COMMITs, on whatever connections; zero to lose none any more
     * @throws IllegalArgumentException if {@code times} is negative
     */
    public void loseCommitRequest(Ending ending, int times) {
        relay.aims().arm(Target.COMMIT_REQUEST, ending, times, 0);
    }

    /**
     * Loses the answer of the next COMMIT: {@link #loseCommitAnswer(Ending, int)} with 1.
     *
     * @param ending what happens to the connection then
     */
    public void loseCommitAnswer(Ending ending) {
        loseCommitAnswer(ending, 1);
    }

    /**
     * Loses the answers of the next COMMITs, whatever they say. The server has answered by then, so a COMMIT it did not
     * refuse has taken place before the client can notice anything.
     *
     * @param ending what happens to the connection then
     * @param times how many COMMITs, on whatever connections; zero to lose none any more
     * @throws IllegalArgumentException if {@code times} is negative
     */
    public void loseCommitAnswer(Ending ending, int times) {
        relay.aims().arm(Target.COMMIT_ANSWER, ending, times, 0);
    }

    /**
     * Cuts the next result off: {@link #cutResultAfter(int, Ending, int)} with 1.
     *
     * @param rows how many rows pass whole
     * @param ending what happens to the connection then
     */
    public void cutResultAfter(int rows, Ending ending) {
        cutResultAfter(rows, ending, 1);
    }

    /**
     * Cuts the next results that have more than {@code rows} rows off: so many rows pass, then half the bytes of the
     * next one, then nothing. Rows of one result that are fetched in portions are counted together. Results with fewer
     * rows pass as they are.
     *
     * @param rows how many rows pass whole
     * @param ending what happens to the connection then
     * @param times how many results, on whatever connections; zero to cut none any more
     * @throws IllegalArgumentException if {@code rows} or {@code times} is negative
     */
    public void cutResultAfter(int rows, Ending ending, int times) {
        relay.aims().arm(Target.RESULT, ending, times, rows);
    }

    /**
     * How many requests of COMMITs were lost. Counted before the client can notice.
     *
     * @return the number since the start
     */
    public int commitRequestsLost() {
        return relay.aims().hits(Target.COMMIT_REQUEST);
    }

    /**
     * How many answers of COMMITs were lost. Counted before the client can notice.
     *
     * @return the number since the start
     */
    public int commitAnswersLost() {
        return relay.aims().hits(Target.COMMIT_ANSWER);
    }

    /**
     * How many results were cut off. Counted before the client can notice.
     *
     * @return the number since the start
     */
    public int resultsCut() {
        return relay.aims().hits(Target.RESULT);
    }

    /**
     * Waits until nothing is armed any more: until all that was aimed at was hit, or {@link #heal()}.
     *
     * @param atMost how long to wait
     * @return whether that came about in time
     */
    public boolean awaitHits(Duration atMost) {
        return Waiting.until(atMost, relay.aims()::areSpent);
    }

    @Override
    public void reset() {
        super.reset();
        relay.reset();
    }

    @Override
    public void finish() {
        super.finish();
        relay.finishLost();
    }

    @Override
    public void halfOpen() {
        super.halfOpen();
        relay.finishLost();
    }

    /** As in {@link FaultProxy#heal()}, and nothing is aimed at any more. */
    @Override
    public void heal() {
        relay.aims().disarm();
        super.heal();
    }

    @Override
    public void close() {
        try {
            super.close();
        } finally {
            relay.close();
        }
    }
}
