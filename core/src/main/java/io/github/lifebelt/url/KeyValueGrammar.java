package io.github.lifebelt.url;

import io.github.lifebelt.ConfigurationException;
import io.github.lifebelt.url.UrlReader.Parameter;

/** libpq's key words and values, after {@code conninfo_parse} in PostgreSQL's fe-connect.c. */
final class KeyValueGrammar {

    private static final String BLANKS = " \t\n\u000b\f\r";

    private final String text;
    private int at;

    KeyValueGrammar(String text) {
        this.text = text;
    }

    void read(UrlReader parts, UrlReader.Parameters parameters) {
        boolean afterPassword = false;
        for (blanks(); at < text.length(); blanks()) {
            int start = at;
            while (at < text.length() && text.charAt(at) != '=' && !isBlank()) {
                at++;
            }
            String name = text.substring(start, at);
            String shown = UrlReader.shown(name, parameters.isKnown(name), afterPassword);
            blanks();
            if (at == text.length() || text.charAt(at) != '=') {
                throw new ConfigurationException(
                        "KV_MISSING_EQUALS",
                        "after the key word " + shown + " stands no '=': a value with blanks in it is written in single"
                                + " quotes");
            }
            at++;
            blanks();
            boolean quoted = at < text.length() && text.charAt(at) == '\'';
            String value = quoted ? quoted(shown) : plain();
            swallowed(parts, parameters, name, quoted ? "" : value);
            parts.count(name);
            parameters.read(Parameter.literal(name, shown, afterPassword, value));
            afterPassword = name.equals("password");
        }
    }

    /** With nothing behind its equals sign a key word takes the next pair for its value. */
    private static void swallowed(UrlReader parts, UrlReader.Parameters parameters, String name, String value) {
        int equals = value.indexOf('=');
        if (name.equals("password") && equals > 0 && parameters.isKnown(value.substring(0, equals))) {
            parts.note(
                    "EMPTY_PASSWORD",
                    "the password has no value, and takes the pair behind it for one: an empty value is written ''");
        }
    }

    private String plain() {
        StringBuilder value = new StringBuilder();
        while (at < text.length() && !isBlank()) {
            if (text.charAt(at) == '\\') {
                at++;
            }
            if (at < text.length()) {
                value.append(text.charAt(at++));
            }
        }
        return value.toString();
    }

    private String quoted(String shown) {
        StringBuilder value = new StringBuilder();
        at++;
        while (at < text.length()) {
            char c = text.charAt(at++);
            if (c == '\'') {
                return value.toString();
            }
            if (c == '\\' && at < text.length()) {
                c = text.charAt(at++);
            }
            value.append(c);
        }
        throw new ConfigurationException(
                "KV_UNTERMINATED_QUOTE", "the value of " + shown + " begins with a quote that nothing ends");
    }

    private void blanks() {
        while (at < text.length() && isBlank()) {
            at++;
        }
    }

    private boolean isBlank() {
        return BLANKS.indexOf(text.charAt(at)) >= 0;
    }
}
