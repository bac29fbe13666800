package io.github.lifebelt.apps.benchmarks.pools;

import java.sql.SQLException;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The pools that are compared, each with its own defaults but for size, wait and what its documentation recommends where
 * connections may die: a check before each borrow, with a time-out where it has one.
 */
public enum Peer {
    /** Reads the socket before each borrow and sends nothing. */
    LIFEBELT(
            "lifebelt",
            Check.SENDS_NOTHING,
            Down.MAY_FAIL_FAST,
            "its defaults: prePing=SOCKET, unavailableTimeout=5s, none with failFast",
            PeerPools::lifebelt),
    /** As people run it: trusts a connection for half a second after each use. */
    HIKARI(
            "hikari",
            Check.SENDS_NOTHING,
            Down.WAITS,
            "its defaults: trusts a connection for 500 ms after each use",
            PeerPools::hikari),
    /** Asks the server before each borrow. */
    HIKARI_VALIDATED(
            "hikari-window--1",
            Check.ASKS_THE_SERVER,
            Down.WAITS,
            "aliveBypassWindowMs=-1: asks the server before each borrow",
            PeerPools::hikariValidated),
    /** Asks the server before each borrow. */
    DBCP2(
            "dbcp2",
            Check.ASKS_THE_SERVER,
            Down.WAITS,
            "testOnBorrow=true, validationQueryTimeout, maxIdle=maxTotal",
            PeerPools::dbcp2),
    /** Asks the server before each borrow. */
    TOMCAT(
            "tomcat",
            Check.ASKS_THE_SERVER,
            Down.WAITS,
            "testOnBorrow=true, validationInterval=0, validationQueryTimeout, initialSize=minIdle=0, maxIdle=maxActive",
            PeerPools::tomcat),
    /** Asks the server before each borrow. */
    C3P0(
            "c3p0",
            Check.ASKS_THE_SERVER,
            Down.WAITS,
            "testConnectionOnCheckout=true, connectionIsValidTimeout",
            PeerPools::c3p0),
    /** Asks the server before each borrow. */
    AGROAL(
            "agroal",
            Check.ASKS_THE_SERVER,
            Down.WAITS,
            "validateOnBorrow=true, connectionValidator=defaultValidatorWithTimeout(...)",
            PeerPools::agroal),
    /** Asks the server before each borrow. */
    VIBUR(
            "vibur",
            Check.ASKS_THE_SERVER,
            Down.WAITS,
            "connectionIdleLimitInSeconds=0: asks the server before each borrow; validateTimeoutInSeconds, poolInitialSize=0",
            PeerPools::vibur),
    /** Asks the server before each borrow. */
    DRUID(
            "druid",
            Check.ASKS_THE_SERVER,
            Down.MAY_FAIL_FAST,
            "testOnBorrow=true, validationQuery=SELECT 1, validationQueryTimeout; failFast=true where it says so",
            PeerPools::druid);

    private enum Check {
        SENDS_NOTHING,
        ASKS_THE_SERVER
    }

    private enum Down {
        WAITS,
        MAY_FAIL_FAST
    }

    /** Opens one. */
    @FunctionalInterface
    private interface Opening {
        OpenPool open(Peer peer, Endpoint endpoint, PoolSetup setup) throws SQLException;
    }

    private final String label;
    private final Check check;
    private final Down down;
    private final String configuration;
    private final Opening opening;

    Peer(String label, Check check, Down down, String configuration, Opening opening) {
        this.label = label;
        this.check = check;
        this.down = down;
        this.configuration = configuration;
        this.opening = opening;
    }

    /** Opens a pool that keeps what it has connected. */
    public OpenPool open(Endpoint endpoint, PoolSetup setup) throws SQLException {
        return opening.open(this, endpoint, setup);
    }

    /** The same with the usual wait. */
    public OpenPool open(Endpoint endpoint, int size) throws SQLException {
        return open(endpoint, PoolSetup.of(size));
    }

    /** Whether there is a mode in which it does not wait while the database is down. */
    public boolean canFailFast() {
        return down == Down.MAY_FAIL_FAST;
    }

    /** What is set besides size and wait. */
    public String configuration() {
        return configuration;
    }

    /** What is set in each of some, by its label. */
    public static Map<String, String> configurations(Set<Peer> peers) {
        Map<String, String> configurations = new LinkedHashMap<>();
        EnumSet.copyOf(peers).forEach(peer -> configurations.put(peer.label, peer.configuration));
        return configurations;
    }

    /** Its name in tables and rows. */
    public String label() {
        return label;
    }

    /** Whether each borrow costs a round trip. */
    public boolean asksTheServer() {
        return check == Check.ASKS_THE_SERVER;
    }

    /** The peer of a name. */
    public static Peer named(String label) {
        return Arrays.stream(values())
                .filter(peer -> peer.label.equals(label))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "no pool is called " + label + "; there are " + String.join(", ", labels())));
    }

    /** All names. */
    public static List<String> labels() {
        return Arrays.stream(values()).map(Peer::label).toList();
    }
}
