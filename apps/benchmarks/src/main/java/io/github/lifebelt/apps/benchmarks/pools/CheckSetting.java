package io.github.lifebelt.apps.benchmarks.pools;

import io.github.lifebelt.PoolConfig.PrePing;
import java.sql.SQLException;
import java.time.Duration;

/** The settings that people have for a check before a connection is lent, of all pools. */
public enum CheckSetting {
    /** Reads the socket. */
    LIFEBELT_SOCKET(
            "lifebelt SOCKET",
            Peer.LIFEBELT,
            "its default: prePing=SOCKET, pingAfterIdle=30s",
            (endpoint, setup) -> CheckPools.lifebelt(endpoint, setup, PrePing.SOCKET, CheckPools.PING_AFTER_IDLE)),
    /** Reads the socket, and asks after a second. */
    LIFEBELT_SOCKET_SOON(
            "lifebelt SOCKET, 1 s",
            Peer.LIFEBELT,
            "prePing=SOCKET, pingAfterIdle=1s",
            (endpoint, setup) -> CheckPools.lifebelt(endpoint, setup, PrePing.SOCKET, CheckPools.SOON)),
    /** Asks the server before each borrow. */
    LIFEBELT_ROUND_TRIP(
            "lifebelt ROUND_TRIP",
            Peer.LIFEBELT,
            "prePing=ROUND_TRIP",
            (endpoint, setup) -> CheckPools.lifebelt(endpoint, setup, PrePing.ROUND_TRIP, CheckPools.PING_AFTER_IDLE)),
    /** Does not check. */
    LIFEBELT_OFF(
            "lifebelt OFF",
            Peer.LIFEBELT,
            "prePing=OFF",
            (endpoint, setup) -> CheckPools.lifebelt(endpoint, setup, PrePing.OFF, CheckPools.PING_AFTER_IDLE)),
    /** Trusts for half a second. */
    HIKARI(
            "hikari",
            Peer.HIKARI,
            "its default: aliveBypassWindowMs=500",
            (endpoint, setup) -> CheckPools.hikari(endpoint, setup, 500)),
    /** Trusts for a millisecond. */
    HIKARI_0(
            "hikari, window 0",
            Peer.HIKARI,
            "aliveBypassWindowMs=0",
            (endpoint, setup) -> CheckPools.hikari(endpoint, setup, 0)),
    /** Asks the server before each borrow. */
    HIKARI_ALWAYS(
            "hikari, window -1",
            Peer.HIKARI_VALIDATED,
            "aliveBypassWindowMs=-1",
            (endpoint, setup) -> CheckPools.hikari(endpoint, setup, -1)),
    /** Asks the server before each borrow. */
    DBCP2(
            "dbcp2",
            Peer.DBCP2,
            "its default: testOnBorrow=true",
            (endpoint, setup) -> CheckPools.dbcp2(endpoint, setup, true)),
    /** Does not check. */
    DBCP2_NONE(
            "dbcp2, no test",
            Peer.DBCP2,
            "testOnBorrow=false",
            (endpoint, setup) -> CheckPools.dbcp2(endpoint, setup, false)),
    /** Does not check. */
    TOMCAT(
            "tomcat",
            Peer.TOMCAT,
            "its default: testOnBorrow=false",
            (endpoint, setup) -> CheckPools.tomcat(endpoint, setup, false, 3_000)),
    /** Trusts for three seconds. */
    TOMCAT_3S(
            "tomcat, test, 3 s",
            Peer.TOMCAT,
            "testOnBorrow=true, validationInterval=3000 (its default)",
            (endpoint, setup) -> CheckPools.tomcat(endpoint, setup, true, 3_000)),
    /** Asks the server before each borrow. */
    TOMCAT_ALWAYS(
            "tomcat, test, 0",
            Peer.TOMCAT,
            "testOnBorrow=true, validationInterval=0",
            (endpoint, setup) -> CheckPools.tomcat(endpoint, setup, true, 0)),
    /** Does not check. */
    C3P0(
            "c3p0",
            Peer.C3P0,
            "its default: testConnectionOnCheckout=false",
            (endpoint, setup) -> CheckPools.c3p0(endpoint, setup, false)),
    /** Asks the server before each borrow. */
    C3P0_ALWAYS(
            "c3p0, test",
            Peer.C3P0,
            "testConnectionOnCheckout=true",
            (endpoint, setup) -> CheckPools.c3p0(endpoint, setup, true)),
    /** Does not check. */
    AGROAL(
            "agroal",
            Peer.AGROAL,
            "its default: no validation",
            (endpoint, setup) -> CheckPools.agroal(endpoint, setup, false, Duration.ZERO)),
    /** Looks at what is idle, in the background. */
    AGROAL_BACKGROUND(
            "agroal, background",
            Peer.AGROAL,
            "validationTimeout=30s, in the background",
            (endpoint, setup) -> CheckPools.agroal(endpoint, setup, false, Duration.ofSeconds(30))),
    /** Asks the server before each borrow. */
    AGROAL_ALWAYS(
            "agroal, on borrow",
            Peer.AGROAL,
            "validateOnBorrow=true",
            (endpoint, setup) -> CheckPools.agroal(endpoint, setup, true, Duration.ZERO)),
    /** Trusts for five seconds. */
    VIBUR(
            "vibur",
            Peer.VIBUR,
            "its default: connectionIdleLimitInSeconds=5",
            (endpoint, setup) -> CheckPools.vibur(endpoint, setup, 5)),
    /** Asks the server before each borrow. */
    VIBUR_ALWAYS(
            "vibur, 0",
            Peer.VIBUR,
            "connectionIdleLimitInSeconds=0",
            (endpoint, setup) -> CheckPools.vibur(endpoint, setup, 0)),
    /** Trusts for a minute. */
    DRUID(
            "druid",
            Peer.DRUID,
            "its default: testOnBorrow=false, testWhileIdle=true, a minute",
            (endpoint, setup) -> CheckPools.druid(endpoint, setup, false)),
    /** Asks the server before each borrow. */
    DRUID_ALWAYS(
            "druid, test",
            Peer.DRUID,
            "testOnBorrow=true",
            (endpoint, setup) -> CheckPools.druid(endpoint, setup, true));

    /** Lifebelt's default. */
    public static final Duration PING_AFTER_IDLE = CheckPools.PING_AFTER_IDLE;

    /** What to set it to behind a network that forgets soon. */
    public static final Duration SOON = CheckPools.SOON;

    /** Opens one. */
    @FunctionalInterface
    private interface Opening {
        OpenPool open(Endpoint endpoint, PoolSetup setup) throws SQLException;
    }

    private final String label;
    private final Peer peer;
    private final String configuration;
    private final Opening opening;

    CheckSetting(String label, Peer peer, String configuration, Opening opening) {
        this.label = label;
        this.peer = peer;
        this.configuration = configuration;
        this.opening = opening;
    }

    /** Opens the pool with this setting. */
    public OpenPool open(Endpoint endpoint, PoolSetup setup) throws SQLException {
        return opening.open(endpoint, setup);
    }

    /** Its name in tables and rows. */
    public String label() {
        return label;
    }

    /** Whose setting it is. */
    public Peer peer() {
        return peer;
    }

    /** What is set besides size and waits. */
    public String configuration() {
        return configuration;
    }
}
