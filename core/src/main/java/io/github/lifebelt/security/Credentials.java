package io.github.lifebelt.security;

import java.time.Instant;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A user and a secret, with the moment at which the secret stops being accepted for new logins.
 *
 * <p>Immutable. {@link #toString()} never shows the secret.
 *
 * @param user the name to log in with; null leaves the choice to the driver
 * @param secret password or token; null where the server asks for none
 * @param expiresAt when new logins with this secret will be refused; null if it does not expire
 */
public record Credentials(
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
