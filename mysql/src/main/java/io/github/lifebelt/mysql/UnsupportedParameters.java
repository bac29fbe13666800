package io.github.lifebelt.mysql;

import io.github.lifebelt.ConfigurationException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Parameters of MySQL's clients and of Connector/J that Lifebelt cannot or will not honour, each with the reason and what
 * to do instead: "not supported" alone leaves the reader of a shared connection string with nothing.
 */
final class UnsupportedParameters {

    private static final String ROOTS =
            "certificates are read from PEM files: write ssl-ca=<file> (keytool -exportcert -rfc writes one from a key"
                    + " store), or nothing for the JDK's trust store";
    private static final String CLIENT_CERTIFICATES =
            "the JVM's own key store is not looked into, and the type of a key store is seen by its content; write"
                    + " ssl-cert=<PEM file> and ssl-key=<PEM file>, or clientCertificateKeyStoreUrl=<file>";
    private static final String PROVIDERS = "TLS is the JDK's default provider's; set that up in its java.security";
    private static final String HOSTS =
            "the driver is given one host at a time: Lifebelt tries several in their order, and prefers one that writes";
    private static final String RECONNECT =
            "the driver would exchange the session below a connection, with its transaction, its locks and its settings"
                    + " gone and nobody told; the pool replaces broken connections between two borrows";

    private static final Map<String, String> WHY = why();

    // Switches that ask for trouble when they are on, and for nothing when they are off.
    private static final Map<String, String> ONLY_OFF = Map.of(
            "autoReconnect", RECONNECT,
            "autoReconnectForPools", RECONNECT,
            "reconnectAtTxEnd", RECONNECT,
            "dnsSrv", "service records are not looked up; write the hosts",
            "fipsCompliantJsse", PROVIDERS,
            "fallbackToSystemKeyStore", CLIENT_CERTIFICATES,
            "queryTimeoutKillsConnection",
                    "the driver would close the connection behind the pool's back; without it the statement alone ends");

    private UnsupportedParameters() {}

    private static Map<String, String> why() {
        Map<String, String> why = new HashMap<>();
        forAll(
                why,
                ROOTS,
                "trustCertificateKeyStoreUrl",
                "trustCertificateKeyStoreType",
                "trustCertificateKeyStorePassword",
                "fallbackToSystemTrustStore",
                "ssl-capath",
                "ssl_capath");
        forAll(
                why,
                PROVIDERS,
                "KeyManagerFactoryProvider",
                "trustManagerFactoryProvider",
                "keyStoreProvider",
                "sslContextProvider");
        forAll(
                why,
                "which ciphers are used is the JDK's matter; see jdk.tls.client.cipherSuites",
                "tlsCiphersuites",
                "enabledSSLCipherSuites",
                "ssl-cipher",
                "tls-ciphersuites");
        forAll(
                why,
                HOSTS,
                "failOverReadOnly",
                "loadBalanceAutoCommitStatementRegex",
                "loadBalanceAutoCommitStatementThreshold",
                "loadBalanceBlocklistTimeout",
                "loadBalanceConnectionGroup",
                "loadBalanceExceptionChecker",
                "loadBalanceHostRemovalGracePeriod",
                "loadBalancePingTimeout",
                "loadBalanceSQLExceptionSubclassFailover",
                "loadBalanceSQLStateFailover",
                "loadBalanceValidateConnectionOnSwapServer",
                "ha.loadBalanceStrategy",
                "haLoadBalanceStrategy",
                "ha.enableJMX",
                "haEnableJMX",
                "serverAffinityOrder",
                "replicationConnectionGroup",
                "allowSourceDownConnections",
                "allowReplicaDownConnections",
                "readFromSourceWhenNoReplicas",
                "queriesBeforeRetrySource",
                "secondsBeforeRetrySource",
                "retriesAllDown",
                "resourceId",
                "roundRobinLoadBalance");
        forAll(why, RECONNECT, "maxReconnects", "initialTimeout");
        forAll(
                why,
                "it would change what else stands in the URL, unseen; write the properties themselves",
                "useConfigs",
                "propertiesTransform");
        forAll(
                why,
                "the socket is Lifebelt's: it holds the deadline, and the pool looks at it to see whether the connection"
                        + " lives",
                "protocol",
                "path",
                "namedPipePath");
        forAll(
                why,
                "connections through a SOCKS proxy are not supported",
                "socksProxyHost",
                "socksProxyPort",
                "socksProxyRemoteDns");
        forAll(why, "hosts and database stand before the '?'", "host", "port", "dbname", "address", "type", "priority");
        forAll(why, "a login with several passwords is not supported", "password1", "password2", "password3");
        forAll(
                why,
                "it would end sessions on a ping, and the pool believe the database lost; set lifebelt.recycle-after",
                "selfDestructOnPingMaxOperations",
                "selfDestructOnPingSecondsLifetime");
        forAll(
                why,
                "some clients count it in seconds and others in milliseconds; write lifebelt.connect-timeout=5s",
                "connect-timeout",
                "connect_timeout");
        why.put("unix_socket", "the driver cannot connect to Unix sockets; give a host name");
        why.put("socket", "the driver cannot connect to Unix sockets; give a host name");
        return Map.copyOf(why);
    }

    private static void forAll(Map<String, String> why, String reason, String... names) {
        List.of(names).forEach(name -> why.put(name, reason));
    }

    static boolean has(String name) {
        return WHY.containsKey(name) || ONLY_OFF.containsKey(name);
    }

    /** Refuses a parameter if it is one of these. */
    static void check(String name, String value) {
        @Nullable String reason = WHY.get(name);
        if (reason != null) {
            throw refused(name, reason);
        }
        @Nullable String whenOn = ONLY_OFF.get(name);
        if (whenOn != null && DriverProperties.isOn(name, value)) {
            throw refused(name, whenOn + "; allowed: false");
        }
    }

    private static ConfigurationException refused(String name, String reason) {
        return new ConfigurationException("UNSUPPORTED_PARAM", "parameter '" + name + "' cannot be had: " + reason);
    }
}
