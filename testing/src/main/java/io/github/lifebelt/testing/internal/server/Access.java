package io.github.lifebelt.testing.internal.server;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What a client needs to know to get to a database.
 *
 * @param host the host
 * @param port the TCP port
 * @param database the database
 * @param user as whom
 * @param password with which secret
 * @param tls how the server is verified
 */
public record Access(String host, int port, String database, String user, String password, Tls tls) {

    /** How a client is to protect itself. */
    public sealed interface Tls permits NoTls, Verified, AsGiven {}

    /** Without TLS, as the server has none. */
    public record NoTls() implements Tls {}

    /**
     * Verified in full.
     *
     * @param authority a PEM file, for what reads those
     * @param trustStore the same as PKCS12, for what does not
     * @param trustStorePassword its password, which protects nothing
     */
    public record Verified(Path authority, Path trustStore, String trustStorePassword) implements Tls {}

    /**
     * As a server that is not ours is to be connected to.
     *
     * @param parameters the parameters of its JDBC URL, without the question mark; null if it has none
     */
    public record AsGiven(@Nullable String parameters) implements Tls {}

    /** The same at another port, that of a proxy. */
    public Access at(String otherHost, int otherPort) {
        return new Access(otherHost, otherPort, database, user, password, tls);
    }

    /** Never shows the password. */
    @Override
    public String toString() {
        return user + "@" + host + ":" + port + "/" + database;
    }
}
