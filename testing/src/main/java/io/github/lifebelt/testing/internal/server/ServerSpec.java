package io.github.lifebelt.testing.internal.server;

import io.github.lifebelt.testing.DatabaseProduct;
import io.github.lifebelt.testing.TestCertificates.ServerCertificate;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * All that makes one server different from another, whoever provides it.
 *
 * @param product the database system
 * @param version which version, as far as it was said ({@code 18}, {@code 8.0}); null for whichever there is
 * @param certificate what the server shows; null for a server without TLS
 * @param clientAuthority whose certificate the ordinary user has to show; null if there is no need of any
 * @param user the ordinary user
 * @param password the user's password at the start
 * @param database the database the user owns
 * @param adminPassword the password of {@link #ADMIN}
 * @param parameters what the test wants in the server's configuration
 */
public record ServerSpec(
        DatabaseProduct product,
        @Nullable String version,
        @Nullable ServerCertificate certificate,
        @Nullable Path clientAuthority,
        String user,
        String password,
        String database,
        String adminPassword,
        Map<String, String> parameters) {

    /** The superuser, whose sessions are not counted and not killed. */
    public static final String ADMIN = "lifebelt_admin";

    /** The ordinary user, and its database, unless the test says otherwise. */
    public static final String DEFAULT_NAME = "app";

    /** The ordinary user's password, unless the test says otherwise. */
    public static final String DEFAULT_PASSWORD = "lifebelt$test";

    /** Whether the test left it to us how user, password and database are called. */
    public boolean hasDefaultNames() {
        return user.equals(DEFAULT_NAME) && database.equals(DEFAULT_NAME) && password.equals(DEFAULT_PASSWORD);
    }

    /** Whether the server demands TLS. */
    public boolean tls() {
        return certificate != null;
    }
}
