package io.github.lifebelt.internal.credentials;

import io.github.lifebelt.internal.config.Limits;
import io.github.lifebelt.security.CredentialsProvider;
import io.github.lifebelt.url.DatabaseUrl;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;

/** Suppliers that can be named by a text. None that starts a program: a connection string must not be able to. */
public final class CredentialsSource {
    private static final String ENTRA = "azure-entra";
    private static final String FILE = "file:";
    private static final String ALLOWED =
            "azure-entra, with the Entra name in the URL as its user; or file:/path/to/secret";

    private CredentialsSource() {}

    /** The supplier of that name, for the URL's user and cloud. */
    public static CredentialsProvider named(String text, DatabaseUrl url) {
        String source = text.trim();
        String user = url.credentials().user();
        if (source.equals(ENTRA) && user != null) {
            String host = url.hosts().isEmpty() ? "" : url.hosts().get(0).name();
            return EntraTokens.of(user, EntraTokens.scopeFor(host.toLowerCase(Locale.ROOT)));
        }
        if (source.startsWith(FILE) && source.length() > FILE.length()) {
            try {
                return new SecretFile(user, Path.of(source.substring(FILE.length())));
            } catch (InvalidPathException e) {
                throw Limits.refused("credentials", "no path", ALLOWED);
            }
        }
        // Not shown: somebody may have written the secret itself.
        throw Limits.refused("credentials", source.equals(ENTRA) ? "'azure-entra' without a user" : "unknown", ALLOWED);
    }
}
