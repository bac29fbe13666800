package io.github.lifebelt.security;

import io.github.lifebelt.ConfigurationException;
import io.github.lifebelt.internal.credentials.EntraTokens;
import io.github.lifebelt.internal.credentials.SecretCommand;
import io.github.lifebelt.internal.credentials.SecretFile;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Gives the credentials of new physical connections. A pool calls it on a thread of its own, one call at a time, and
 * interrupts a call that takes longer than half a minute. So an implementation need not cache, nor try again: what has an
 * {@link Credentials#expiresAt()} is kept until shortly before then, what has none is asked for before each login (and
 * kept for ten times as long as it took, but at most 30 s, where that was longer than 100 ms).
 *
 * <p>Live connections are not cut off when credentials change: servers check them at login only.
 */
@FunctionalInterface
public interface CredentialsProvider {

    /**
     * The credentials for logins to come.
     *
     * @return user and secret
     * @throws SQLException if there are none now; what was given before is used for as long as it is valid
     */
    Credentials get() throws SQLException;

    /**
     * A password or token in a file, as Kubernetes and others mount secrets: read again for each login, so that it may
     * be exchanged at any time. One line break at its end is not part of it. A JSON Web Token is kept until it expires.
     *
     * @param user the name to log in with; null leaves the choice to the driver
     * @param path where the secret is, in UTF-8
     * @return a provider
     */
    static CredentialsProvider fromFile(@Nullable String user, Path path) {
        return new SecretFile(user, Objects.requireNonNull(path, "path"));
    }

    /**
     * A program whose first line of output is the secret, for example
     * {@code az account get-access-token --resource-type oss-rdbms --query accessToken --output tsv}, or
     * {@code aws rds generate-db-auth-token}. Of tokens of Entra and RDS it is known when they expire.
     *
     * @param user the name to log in with; null leaves the choice to the driver
     * @param command the program and its arguments; no shell is started
     * @param timeout after which it is ended, with all that it has started
     * @return a provider
     */
    static CredentialsProvider fromCommand(@Nullable String user, List<String> command, Duration timeout) {
        if (command.isEmpty() || timeout.isNegative() || timeout.isZero()) {
            throw new IllegalArgumentException("a command and a time-out above zero are needed");
        }
        return new SecretCommand(user, List.copyOf(command), timeout);
    }

    /**
     * Access tokens of Microsoft Entra for Azure's databases in the public cloud, by the default credential of
     * {@code com.azure:azure-identity-extensions}, which has to be on the class path: managed and workload identities,
     * service principals ({@code AZURE_CLIENT_ID} and its like), a developer's login.
     *
     * @param user the role's name in the database, which is that of the identity or of its group
     * @return a provider
     * @throws ConfigurationException if the library is not there
     */
    static CredentialsProvider azureEntra(String user) {
        return azureEntra(user, EntraTokens.PUBLIC_SCOPE);
    }

    /**
     * The same in another cloud.
     *
     * @param user the role's name in the database
     * @param scope for example {@code https://ossrdbms-aad.database.chinacloudapi.cn/.default}
     * @return a provider
     * @throws ConfigurationException if the library is not there
     */
    static CredentialsProvider azureEntra(String user, String scope) {
        return EntraTokens.of(Objects.requireNonNull(user, "user"), Objects.requireNonNull(scope, "scope"));
    }

    /**
     * A user and a secret, with the moment at which the secret stops being accepted for new logins.
     *
     * <p>Immutable. {@link #toString()} never shows the secret.
     *
     * @param user the name to log in with; null leaves the choice to the driver
     * @param secret password or token; null where the server asks for none
     * @param expiresAt when new logins with this secret will be refused; null if it does not expire
     */
    record Credentials(
            @Nullable String user,
            @Nullable String secret,
            @Nullable Instant expiresAt) {

        private static final Pattern SECRET_NAME = Pattern.compile(
                "pass[-_ ]?(?:word|wd|phrase)|pwd|secret|token|credential|(?:api|access|private|account)[-_ ]?key",
                Pattern.CASE_INSENSITIVE);

        /**
         * Credentials that do not expire.
         *
         * @param user the name to log in with
         * @param secret the password
         * @return the pair
         */
        public static Credentials of(@Nullable String user, @Nullable String secret) {
            return new Credentials(user, secret, null);
        }

        /**
         * Whether a parameter is one whose value is not to be shown: by its name, or because it holds a key itself where its
         * file was to be named.
         *
         * @param name of any driver, library or platform
         * @param value as it stands there
         * @return true also for many that hold no secret
         */
        public static boolean isSecret(String name, String value) {
            return SECRET_NAME.matcher(name).find() || value.contains("-----BEGIN");
        }

        @Override
        public String toString() {
            return "Credentials[user=" + user + ", secret=" + (secret == null ? "none" : "***")
                    + (expiresAt == null ? "" : ", expiresAt=" + expiresAt) + "]";
        }
    }
}
