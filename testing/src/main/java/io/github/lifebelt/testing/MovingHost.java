package io.github.lifebelt.testing;

import io.github.lifebelt.spi.ConnectRequest.HostResolver;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A host name that a test can move, as DNS does when a cloud fails over to another server, and lose, as when DNS is down.
 *
 * <pre>{@code
 * MovingHost host = MovingHost.named("db.lifebelt.test").pointingTo(InetAddress.getByName("127.0.0.2"));
 * ConnectionPool pool = ConnectionPool.builder(url).resolver(host).open();   // of Lifebelt
 * bare.putAll(host.pgjdbcProperties());                                     // or of the driver, for anything else
 * host.moveTo(InetAddress.getByName("127.0.0.3"));
 * }</pre>
 *
 * <p>A move takes effect at once: what is asked after it gets the new addresses, and there is no cache and no time to
 * live. Connections that stand are not touched. The port stays the one of the URL, so there have to be servers, or
 * proxies to them, on the same port of several addresses; on Linux all of {@code 127.0.0.0/8} is there to listen on, on
 * macOS only {@code 127.0.0.1} and {@code ::1} are.
 *
 * <p>Other names are the JDK's to look up. Thread-safe.
 */
public final class MovingHost implements HostResolver {

    // For good: the driver holds nothing but the token, and a test makes few.
    private static final Map<String, MovingHost> BY_TOKEN = new ConcurrentHashMap<>();
    private static final Map<String, MovingHost> BY_NAME = new ConcurrentHashMap<>();
    private static final AtomicLong TOKENS = new AtomicLong();

    private final String name;
    private final String token;
    private final AtomicLong lookUps = new AtomicLong();
    private volatile List<InetAddress> addresses;

    private MovingHost(String name, List<InetAddress> addresses) {
        this.name = name;
        this.addresses = addresses;
        this.token = Long.toString(TOKENS.incrementAndGet());
    }

    /**
     * Names a host. Take a name that DNS cannot know, such as one below {@code .test}: then nothing reaches it by another
     * way.
     *
     * @param name as it stands in the URL, regardless of case
     * @return to be told where it points to
     */
    public static Named named(String name) {
        return new Named(name);
    }

    /**
     * A name that points nowhere yet.
     *
     * @param name the host's name
     */
    public record Named(String name) {
        /**
         * Makes the host.
         *
         * @param addresses its addresses, the one to be tried first at the front; none for a host that is unknown
         * @return a host with these addresses
         */
        public MovingHost pointingTo(InetAddress... addresses) {
            MovingHost host = new MovingHost(name, List.of(addresses));
            BY_TOKEN.put(host.token, host);
            BY_NAME.put(name.toLowerCase(Locale.ROOT), host);
            return host;
        }
    }

    /**
     * The host's name, for URLs.
     *
     * @return the name as it was given
     */
    public String name() {
        return name;
    }

    /**
     * Moves the name. Connections that stand stay.
     *
     * @param newAddresses all its addresses from now on
     */
    public void moveTo(InetAddress... newAddresses) {
        addresses = List.of(newAddresses);
    }

    /** Makes the host unknown until it is moved somewhere: look-ups throw {@link UnknownHostException}. */
    public void lose() {
        addresses = List.of();
    }

    /**
     * How often the name was asked for, answered or not.
     *
     * @return times since it was made
     */
    public long lookUps() {
        return lookUps.get();
    }

    @Override
    public List<InetAddress> resolve(String host) throws UnknownHostException {
        if (!host.equalsIgnoreCase(name)) {
            return HostResolver.JDK.resolve(host);
        }
        lookUps.incrementAndGet();
        List<InetAddress> now = addresses;
        if (now.isEmpty()) {
            throw new UnknownHostException(host);
        }
        return now;
    }

    /**
     * What makes the PostgreSQL JDBC driver itself, without Lifebelt or under another pool, connect to where this host
     * points to. It takes the first address only, as it does with those of DNS. Before that it asks the JDK, which does not
     * know the name, and goes on.
     *
     * @return the driver's properties {@code socketFactory} and {@code socketFactoryArg}, to be given besides user and
     *     password; they stay valid until the JVM ends
     */
    public Map<String, String> pgjdbcProperties() {
        return Map.of("socketFactory", MovingHostSocketFactory.class.getName(), "socketFactoryArg", token);
    }

    /**
     * What makes MySQL's driver itself connect to where this host points to, its first address. The driver hands its
     * factories nothing but the name, so of several hosts of one name the last that was made is meant.
     *
     * @return the driver's property {@code socketFactory}, to be given besides user and password; it stays valid until the
     *     JVM ends
     */
    public Map<String, String> connectorJProperties() {
        return Map.of("socketFactory", MovingHostMySqlSocketFactory.class.getName());
    }

    static @Nullable MovingHost byName(String name) {
        return BY_NAME.get(name.toLowerCase(Locale.ROOT));
    }

    static @Nullable MovingHost byToken(String token) {
        return BY_TOKEN.get(token);
    }

    /** Name and addresses. */
    @Override
    public String toString() {
        return "MovingHost[" + name + " -> " + addresses + "]";
    }
}
