package io.github.lifebelt.spi;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Finds the addresses of a host: DNS by default, or whatever knows where the database is.
 *
 * <p>It is asked once for each host that an attempt to connect tries, and nothing is kept of the answer: the next connect
 * goes where the name leads then. Connections that stand are not affected by a name that moves; they follow when they
 * are recycled. While the database is down the pool asks more often, every 50 ms at first and once a second after some
 * seconds, so an answer should cost little.
 *
 * <p>The address says where to connect to and nothing else: a certificate is verified against the host's name in the
 * URL, and the server is told that name (SNI).
 *
 * <p>Called on a thread of its own, since a look-up cannot be ended: whoever connects stops waiting for it at its
 * deadline. For several hosts at once, but not again for one that is still being looked up (unless that takes longer than
 * 45 s): all who want to connect there meanwhile share the answer. Implementations are thread-safe, and are compared by
 * {@code equals}.
 */
@FunctionalInterface
public interface HostResolver {

    /**
     * The JDK's own way, {@link InetAddress#getAllByName(String)}: the system's hosts file and DNS. The default of a pool.
     *
     * <p>The JDK keeps answers for 30 s and failures for 10 s ({@code networkaddress.cache.ttl} and
     * {@code networkaddress.cache.negative.ttl} in its {@code java.security}). A driver that comes with an address it has
     * looked up the same way is taken at its word.
     */
    HostResolver JDK = host -> List.of(InetAddress.getAllByName(host));

    /**
     * The addresses of a host, the one to be tried first at the front.
     *
     * @param host a name as it stands in the URL, never an IP address
     * @return addresses, each of which is tried until one connects, all within the deadline of the connect; an empty
     *     list means that the host is unknown
     * @throws UnknownHostException if the host is unknown, or cannot be looked up now. The database counts as down then,
     *     and is looked for until it is back: names come and go while a cloud moves a server
     */
    List<InetAddress> resolve(String host) throws UnknownHostException;

    /**
     * What a connect goes by: the resolver's answer for a name, and an IP address, which is read and not asked for, for
     * itself. Waits for at most 5 s; the sockets of a {@link ConnectRequest} wait until its deadline instead.
     *
     * @param resolver asked if the host is a name
     * @param host a name or an IP address
     * @return at least one address
     * @throws UnknownHostException if there is none, or none in time; the message names the host and says what to do. An
     *     unchecked exception of the resolver counts as no answer too, and is the cause
     */
    static List<InetAddress> addresses(HostResolver resolver, String host) throws UnknownHostException {
        long begin = System.nanoTime();
        try {
            return LookUps.addresses(resolver, host, () -> {
                long left = TimeUnit.SECONDS.toNanos(5) - (System.nanoTime() - begin);
                if (left <= 0) {
                    throw new UnknownHostException("looking up host '" + host + "' has taken more than 5 s");
                }
                return left;
            });
        } catch (UnknownHostException e) {
            throw e;
        } catch (IOException e) {
            throw new UncheckedIOException("only the patience above throws another", e);
        }
    }
}
