package io.github.lifebelt.spi;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import org.jspecify.annotations.Nullable;

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
 * <p>Called on the thread that connects, often a borrower's, by several at once: implementations are thread-safe. They
 * have to bound their own time. A borrow's deadline cannot end a look-up that is going on; it counts as soon as the
 * answer is there.
 */
@FunctionalInterface
public interface HostResolver {

    /**
     * The JDK's own way, {@link InetAddress#getAllByName(String)}: the system's hosts file and DNS. The default of a pool.
     *
     * <p>The JDK keeps answers for 30 s and failures for 10 s ({@code networkaddress.cache.ttl} and
     * {@code networkaddress.cache.negative.ttl} in its {@code java.security}). A driver that comes with an address it has
     * looked up the same way is not asked again.
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
     * itself.
     *
     * @param resolver asked if the host is a name
     * @param host a name or an IP address
     * @return at least one address
     * @throws UnknownHostException if there is none; the message names the host and says what to do. An unchecked
     *     exception of the resolver counts as no answer too, and is the cause
     */
    static List<InetAddress> addresses(HostResolver resolver, String host) throws UnknownHostException {
        if (isIpAddress(host)) {
            return List.of(InetAddress.getByName(host));
        }
        List<InetAddress> found;
        try {
            found = List.copyOf(resolver.resolve(host));
        } catch (UnknownHostException | RuntimeException e) {
            throw unknown(resolver, host, e);
        }
        if (found.isEmpty()) {
            throw unknown(resolver, host, null);
        }
        return found;
    }

    // No name has a colon, and none consists of digits and dots alone.
    private static boolean isIpAddress(String host) {
        return host.indexOf(':') >= 0 || host.chars().allMatch(c -> c == '.' || (c >= '0' && c <= '9'));
    }

    private static UnknownHostException unknown(HostResolver resolver, String host, @Nullable Exception cause) {
        String why = cause == null ? "" : " (" + cause + ")";
        UnknownHostException unknown = new UnknownHostException(
                resolver == JDK
                        ? "no address is known for host '" + host + "'" + why
                                + "; correct the name in the URL, or see why DNS does not answer here"
                        : "the pool's resolver has no address for host '" + host + "'" + why
                                + "; correct the name in the URL, or what PoolBuilder.resolver was given");
        if (cause != null) {
            unknown.initCause(cause);
        }
        return unknown;
    }
}
