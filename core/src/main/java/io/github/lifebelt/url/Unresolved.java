package io.github.lifebelt.url;

import io.github.lifebelt.ConfigurationException;
import io.github.lifebelt.url.UrlReading.Diagnosis;
import io.github.lifebelt.url.UrlReading.Parts;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Values that were to be replaced before a program sees them, and were not: references to a vault, variables, the
 * placeholders of a portal. As a password such a text would be sent to the server, and counted as a failed login.
 */
final class Unresolved {

    private static final Pattern KEY_VAULT =
            Pattern.compile("\\s*@Microsoft\\.KeyVault\\((.*)\\)?\\s*", Pattern.CASE_INSENSITIVE | Pattern.DOTALL);
    private static final Pattern APP_CONFIGURATION =
            Pattern.compile("\\s*@Microsoft\\.AppConfiguration\\(.*", Pattern.CASE_INSENSITIVE | Pattern.DOTALL);
    private static final Pattern SECRET_REFERENCE = Pattern.compile("\\s*secretref:[A-Za-z0-9._-]+\\s*");
    private static final Pattern SECRET_URI =
            Pattern.compile("(?i)\\s*SecretUri=https://([^./\\s]+)\\.[^/\\s]*/secrets/([^/\\s)]+).*", Pattern.DOTALL);
    private static final Pattern VAULT_NAME =
            Pattern.compile("(?i)(?:^|.*;)\\s*VaultName=([^;)\\s]+).*", Pattern.DOTALL);
    private static final Pattern SECRET_NAME =
            Pattern.compile("(?i)(?:^|.*;)\\s*SecretName=([^;)\\s]+).*", Pattern.DOTALL);
    private static final Pattern PLAIN_NAME = Pattern.compile("[A-Za-z0-9-]{1,127}");

    private static final String NAME = "[A-Za-z_][A-Za-z0-9_.-]*";
    private static final Pattern VARIABLE = Pattern.compile("\\$\\{" + NAME + "(?::?[-?+=][^}]*)?\\}|\\$\\(" + NAME
            + "\\)|\\$\\{\\{.*\\}\\}|%[A-Za-z_][A-Za-z0-9_]*%|\\$env:" + NAME + "|#\\{" + NAME + "\\}#");
    private static final Pattern PLACEHOLDER = Pattern.compile(
            "\\{\\{?\\s*[A-Za-z][A-Za-z0-9_ .-]*\\s*\\}?\\}|<[A-Za-z][A-Za-z0-9_ .-]*>|\\[[A-Za-z][A-Za-z0-9_ -]*\\]"
                    + "|(?i:your[_-]?(?:db[_-]?)?password(?:[_-]?here)?|\\*{5,})");

    private Unresolved() {}

    /** What is unresolved about a value, or null if it is a value. */
    static @Nullable Diagnosis of(String value) {
        Diagnosis reference = reference(value);
        if (reference != null) {
            return reference;
        }
        if (VARIABLE.matcher(value).matches()) {
            return new Diagnosis(
                    "VARIABLE_NOT_EXPANDED",
                    "the name of a variable stands where its value was to be: whatever sets the text does not expand it");
        }
        if (PLACEHOLDER.matcher(value).matches()) {
            return new Diagnosis(
                    "PLACEHOLDER_NOT_REPLACED",
                    "a placeholder of the copied text was not replaced by what it stands for");
        }
        return null;
    }

    /** What a reference to a vault says, or null if this is none. */
    static @Nullable Diagnosis reference(String value) {
        String what;
        Matcher vault = KEY_VAULT.matcher(value);
        if (vault.matches()) {
            what = "a reference to Key Vault (" + named(vault.group(1))
                    + ") was not resolved: the platform sets the reference"
                    + " itself where it cannot read the secret. Does the app's identity have Get on secrets, does the"
                    + " vault's firewall let it in, does the secret exist, and is the reference spelt right?";
        } else if (APP_CONFIGURATION.matcher(value).matches()) {
            what =
                    "a reference to App Configuration was not resolved: does the app's identity have access to the store?";
        } else if (SECRET_REFERENCE.matcher(value).matches()) {
            what =
                    "secretref: was set as a plain value; as the value of a secret's reference the platform would resolve it";
        } else {
            return null;
        }
        return new Diagnosis("KEYVAULT_REFERENCE_UNRESOLVED", what);
    }

    private static String named(String inside) {
        Matcher uri = SECRET_URI.matcher(inside);
        if (uri.matches()) {
            return names(uri.group(1), uri.group(2));
        }
        Matcher vault = VAULT_NAME.matcher(inside);
        Matcher secret = SECRET_NAME.matcher(inside);
        return names(vault.matches() ? vault.group(1) : "", secret.matches() ? secret.group(1) : "");
    }

    // Names of vaults and secrets have no other characters; anything else may be a secret by mistake.
    private static String names(String vault, String secret) {
        return "vault " + (PLAIN_NAME.matcher(vault).matches() ? "'" + vault + "'" : "not readable") + ", secret "
                + (PLAIN_NAME.matcher(secret).matches() ? "'" + secret + "'" : "not readable");
    }

    /** What is unresolved anywhere in a reading. */
    static List<Diagnosis> notes(Parts parts) {
        List<Diagnosis> notes = new ArrayList<>();
        Stream.concat(
                        Stream.of(parts.password(), parts.user(), parts.database()),
                        parts.hosts().stream().map(UrlReading.HostText::name))
                .forEach(value -> {
                    Diagnosis note = value == null ? null : of(value);
                    if (note != null) {
                        notes.add(note);
                    }
                });
        return notes;
    }

    /** Refuses a password that is none. */
    static void refuse(Parts parts) {
        Diagnosis note = parts.password() == null ? null : of(parts.password());
        if (note != null) {
            throw new ConfigurationException(note.code(), "the password: " + note.message());
        }
    }
}
