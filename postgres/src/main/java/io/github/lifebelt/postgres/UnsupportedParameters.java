package io.github.lifebelt.postgres;

import io.github.lifebelt.ConfigurationException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Parameters of libpq and pgjdbc that Lifebelt cannot or will not honour, each with the reason and what to do instead:
 * "not supported" alone leaves the reader of a shared connection string with nothing.
 */
final class UnsupportedParameters {

    private static final Map<String, String> WHY = why();

    private UnsupportedParameters() {}

    private static Map<String, String> why() {
        Map<String, String> why = new HashMap<>();
        why.put("sslpasswordcallback", "the password of the key or the key store is sslpassword");
        forAll(
                why,
                "revocation lists are not read from files; the JDK checks revocation if the system property"
                        + " com.sun.net.ssl.checkRevocation says so",
                List.of("sslcrl", "sslcrldir"));
        forAll(
                why,
                "which versions of TLS are spoken is the JDK's matter, and never below 1.2; see"
                        + " jdk.tls.client.protocols",
                List.of("ssl_min_protocol_version", "ssl_max_protocol_version"));
        forAll(
                why,
                "the driver speaks PostgreSQL's protocol 3.0, which every server knows",
                List.of("min_protocol_version", "max_protocol_version"));
        forAll(
                why,
                "files outside the URL are not read; write host, database and user themselves",
                List.of("service", "servicefile"));
        forAll(why, "the driver logs in with the password only", List.of("scram_client_key", "scram_server_key"));
        forAll(
                why,
                "it would make the driver connect on a thread of its own; the pool's deadline holds instead: set"
                        + " lifebelt.connect-timeout",
                List.of("loginTimeout", "connectExecutor", "connectExecutorArg"));
        why.put("sslkeylogfile", "session keys are never written to a file");
        why.put(
                "hostaddr",
                "the driver cannot dial one address and verify the name of another host; write a name that resolves, or"
                        + " the address as host with sslmode=verify-ca");
        why.put("requirepeer", "it is for Unix sockets, which the driver cannot connect to");
        why.put("replication", "a pool's connections run statements; open one for replication with the driver itself");
        why.put(
                "tcp_user_timeout",
                "the JDK cannot set it; keepalives find a dead peer, and pgjdbc's socketTimeout bounds each read");
        why.put("passfile", "set the environment variable PGPASSFILE, which the driver reads, or give the credentials");
        why.put("gssdelegation", "the driver does not hand Kerberos tickets on");
        return Map.copyOf(why);
    }

    private static void forAll(Map<String, String> why, String reason, List<String> names) {
        names.forEach(name -> why.put(name, reason));
    }

    /** Refuses a parameter if it is one of these. */
    static void check(String name) {
        String reason = WHY.get(name);
        if (reason != null) {
            throw refused(name, reason);
        }
    }

    /**
     * Takes a parameter whose only value of use is what happens anyway.
     *
     * @param harmless that value
     * @param reason why no other can be had
     */
    static void allowOnly(String name, String value, String harmless, String reason) {
        if (!harmless.equals(value)) {
            throw refused(name, reason + "; allowed: " + harmless);
        }
    }

    private static ConfigurationException refused(String name, String reason) {
        return new ConfigurationException("UNSUPPORTED_PARAM", "parameter '" + name + "' cannot be had: " + reason);
    }
}
