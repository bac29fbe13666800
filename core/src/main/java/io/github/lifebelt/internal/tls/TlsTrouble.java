package io.github.lifebelt.internal.tls;

import java.util.Locale;

/**
 * What is the matter with TLS, and what helps, apart: a message runs the two together, a report does not.
 *
 * @param code under which {@code ERRORS.md} explains it
 * @param what was found, without a full stop
 * @param fix one thing to do, without a full stop
 */
public record TlsTrouble(String code, String what, String fix) {

    /** Of a text that says what helps behind its last colon. */
    static TlsTrouble of(String code, String text) {
        int colon = text.lastIndexOf(": ");
        return new TlsTrouble(code, text.substring(0, colon), text.substring(colon + 2));
    }

    /** Both in one text. */
    public String text() {
        return what + (Character.isUpperCase(fix.charAt(0)) ? ". " : ": ") + fix;
    }

    /** The same with a further sentence. */
    TlsTrouble with(String more) {
        return new TlsTrouble(
                code, what, fix + ". " + more.substring(0, 1).toUpperCase(Locale.ROOT) + more.substring(1));
    }
}
