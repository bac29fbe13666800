package io.github.lifebelt.internal.doctor;

import io.github.lifebelt.ConfigurationException;
import io.github.lifebelt.doctor.Doctor.Layer;
import io.github.lifebelt.doctor.Doctor.Severity;
import io.github.lifebelt.security.CredentialsProvider.Credentials;
import io.github.lifebelt.url.UrlReading;
import io.github.lifebelt.url.UrlReading.Diagnosis;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What is written, before anything is sent. */
final class WrittenLayer {

    // Would be sent as they stand, and be refused.
    private static final Set<String> NO_VALUES =
            Set.of("KEYVAULT_REFERENCE_UNRESOLVED", "PLACEHOLDER_NOT_REPLACED", "VARIABLE_NOT_EXPANDED");
    private static final Set<String> ONLY_TOLD =
            Set.of("PGBOUNCER_PORT", "ENTRA_TOKEN_AUTH", "KUBERNETES_VARIABLE", "DUPLICATE_PARAM", "DATABASE_MISSING");

    private static final Pattern ENCODED = Pattern.compile("%(?:2[0-9A-Fa-f]|3[A-Fa-f]|40|5[BDbd])");
    private static final int LONGEST_PIECE = 12;

    private WrittenLayer() {}

    static void look(UrlReading reading, Findings findings) {
        ConfigurationException refusal = reading.refusal();
        if (refusal != null) {
            findings.refused(refusal, Layer.SECRET);
        }
        for (Diagnosis one : reading.diagnoses()) {
            Severity severity = NO_VALUES.contains(one.code())
                    ? Severity.ERROR
                    : ONLY_TOLD.contains(one.code()) ? Severity.INFO : Severity.WARNING;
            Layer layer = one.code().equals("TLS_DISABLED") ? Layer.TLS : Layer.SECRET;
            findings.add(one.code(), severity, layer, one.message(), ReadingFixes.of(one.code()));
        }
    }

    /** The shape of what is about to be sent. */
    static void look(Credentials credentials, Findings findings) {
        String secret = credentials.secret();
        if (secret == null) {
            findings.add(
                    Code.PASSWORD_MISSING,
                    "No password is given: the driver sends none, or looks into its own password file",
                    "if the server wants one, set it in the connection string or the variable beside it");
            return;
        }
        if (secret.isEmpty()) {
            findings.add(
                    "EMPTY_PASSWORD",
                    Severity.WARNING,
                    Layer.SECRET,
                    "the password is there and empty: was a variable not set?",
                    ReadingFixes.of("EMPTY_PASSWORD"));
            return;
        }
        if (!secret.equals(secret.strip())) {
            findings.add(
                    Code.PASSWORD_HAS_BLANKS,
                    "The password begins or ends with a blank or a line break, which is sent as part of it",
                    "store the secret without it: printf %s, not echo");
        }
        if (isQuoted(secret.strip())) {
            findings.add(
                    Code.PASSWORD_IN_QUOTES,
                    "The password stands in quotes, which are sent as part of it",
                    "take the quotes off: nothing does that in a variable, or in a file given to docker --env-file");
        }
        if (ENCODED.matcher(secret).find()) {
            findings.add(
                    Code.PASSWORD_PERCENT_ENCODED,
                    "The password that will be sent has a percent code in it, such as %40 or %24: it was encoded twice,"
                            + " or encoded where nothing decodes",
                    "write it as it is in variables of its own, and encoded once in a URI");
        }
    }

    private static boolean isQuoted(String secret) {
        char first = secret.isEmpty() ? ' ' : secret.charAt(0);
        return secret.length() > 2 && (first == '\'' || first == '"') && secret.charAt(secret.length() - 1) == first;
    }

    /** What may have happened to a password that was not accepted; as a further sentence, or nothing. */
    static String afterRejection(@Nullable String secret) {
        if (secret == null || secret.indexOf('$') >= 0) {
            return "";
        }
        return (secret.length() < LONGEST_PIECE
                        ? ". The one that was sent is short: if the real one has a '$' in it,"
                        : ". If it has a '$' in it,")
                + " a shell or a .env file has cut it there: write it in single quotes, or %24 in a URI";
    }
}
