package io.github.lifebelt.internal.credentials;

import java.util.Collection;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What may be shown of a supplier's failure. It may repeat what it was sent or what it got, and so hold the secret. */
final class Scrub {
    private static final int LONGEST = 200;
    private static final int DEEPEST = 16;
    private static final String HIDDEN = "***";

    // Three parts of base64url, the first a JSON object.
    private static final Pattern TOKEN = Pattern.compile("eyJ[\\w-]+\\.[\\w-]*\\.?[\\w-]*");
    private static final Pattern ASSIGNED = Pattern.compile(
            "((?:password|passwd|pwd|secret|token|signature|credential|key)[\"']?\\s*[=:]\\s*)(\"[^\"]*\"|'[^']*'|[^\\s,;&]+)",
            Pattern.CASE_INSENSITIVE);

    private Scrub() {}

    /** A failure's class and the first line of what it says. */
    static String failure(Throwable failure, Collection<String> secrets) {
        String message = failure.getMessage();
        String kind = failure.getClass().getSimpleName();
        return message == null || message.isBlank() ? kind : kind + ": " + text(message, secrets);
    }

    /** The first line, not too long, without what is or looks like a secret. */
    static String text(String text, Collection<String> secrets) {
        String line = hide(text.strip().lines().findFirst().orElse(""), secrets);
        return line.length() <= LONGEST ? line : line.substring(0, LONGEST) + "…";
    }

    /** The failure as a cause, or null if something in its chain is not to be shown. */
    static @Nullable Throwable cause(Throwable failure, Collection<String> secrets) {
        int depth = 0;
        for (Throwable t = failure; t != null; t = t.getCause(), depth++) {
            String message = t.getMessage();
            if (depth == DEEPEST || (message != null && !hide(message, secrets).equals(message))) {
                return null;
            }
        }
        return failure;
    }

    private static String hide(String text, Collection<String> secrets) {
        String hidden = text;
        for (String secret : secrets) {
            if (!secret.isEmpty()) {
                hidden = hidden.replace(secret, HIDDEN);
            }
        }
        hidden = TOKEN.matcher(hidden).replaceAll(HIDDEN);
        return ASSIGNED.matcher(hidden).replaceAll("$1" + HIDDEN);
    }
}
