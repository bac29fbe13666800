package io.github.lifebelt.url;

import io.github.lifebelt.ConfigurationException;
import io.github.lifebelt.url.UrlReader.Parameter;
import io.github.lifebelt.url.UrlReading.Diagnosis;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * ADO.NET's connection strings, after {@code DbConnectionOptions.GetKeyValuePair} of System.Data.
 *
 * <pre>{@code
 * key=value;key='a;b';key="it's"
 * }</pre>
 *
 * <p>A key may hold a semicolon after its first character, which is why an unquoted one in a password ends in a key that
 * nobody knows.
 */
final class AdoNetGrammar {

    /**
     * One of its pairs.
     *
     * @param key as written, without blanks around it
     * @param value without quotes; empty takes back what was there
     */
    record Pair(String key, String value) {
        String name() {
            return key.toLowerCase(Locale.ROOT);
        }
    }

    private final String text;
    private int at;

    private AdoNetGrammar(String text) {
        this.text = text;
    }

    static void read(String text, UrlReader parts, UrlReader.Parameters parameters) {
        Map<String, Pair> last = new LinkedHashMap<>();
        for (Pair pair : pairs(text)) {
            parts.count(pair.name());
            last.remove(pair.name());
            if (!pair.value().isEmpty()) {
                last.put(pair.name(), pair);
            } else if (isPassword(pair)) {
                parts.note("EMPTY_PASSWORD", "the password is there and empty: was a variable not set?");
            }
        }
        boolean afterPassword = false;
        for (Pair pair : last.values()) {
            String shown = UrlReader.shown(pair.key(), parameters.isKnown(pair.name()), afterPassword);
            parameters.read(Parameter.literal(pair.key(), shown, afterPassword, pair.value()));
            // The rest of a password that a semicolon has cut may be several pairs long.
            afterPassword |= isPassword(pair);
        }
    }

    private static boolean isPassword(Pair pair) {
        return pair.name().equals("password")
                || pair.name().equals("pwd")
                || pair.name().equals("psw");
    }

    static List<Pair> pairs(String text) {
        List<Pair> pairs = new ArrayList<>();
        AdoNetGrammar grammar = new AdoNetGrammar(text);
        for (grammar.skip(true); grammar.at < text.length(); grammar.skip(true)) {
            String key = grammar.key();
            grammar.skip(false);
            pairs.add(new Pair(key, grammar.value()));
        }
        return pairs;
    }

    /** What an unquoted semicolon has left behind. */
    static Optional<Diagnosis> afterRefusal(String text) {
        boolean cut;
        try {
            cut = pairs(text).stream().anyMatch(pair -> pair.key().indexOf(';') >= 0);
        } catch (ConfigurationException e) {
            // Text without an equals sign behind the last semicolon; a quote that nothing ends is another matter.
            String last = text.substring(text.lastIndexOf(';') + 1);
            cut = !last.isBlank() && last.indexOf('=') < 0;
        }
        return cut
                ? Optional.of(new Diagnosis(
                        "UNQUOTED_SEMICOLON",
                        "a ';' ends a value: a password with one in it is written in quotes, Password='...'"))
                : Optional.empty();
    }

    private void skip(boolean semicolons) {
        while (at < text.length()
                && (Character.isWhitespace(text.charAt(at)) || (semicolons && text.charAt(at) == ';'))) {
            at++;
        }
    }

    private String key() {
        StringBuilder key = new StringBuilder();
        while (at < text.length()) {
            char c = text.charAt(at++);
            if (c == '=') {
                if (at == text.length() || text.charAt(at) != '=') {
                    return named(key.toString().strip());
                }
                at++;
            } else if (Character.isISOControl(c) && !Character.isWhitespace(c)) {
                throw syntax("a key has a control character in it");
            }
            key.append(c);
        }
        throw syntax("behind a ';' stands text without a '='");
    }

    private static String named(String key) {
        if (key.isEmpty()) {
            throw syntax("a '=' has no key before it");
        }
        return key;
    }

    private String value() {
        if (at == text.length() || text.charAt(at) == ';') {
            return "";
        }
        char quote = text.charAt(at);
        if (quote == '\'' || quote == '"') {
            return quoted(quote);
        }
        int start = at;
        while (at < text.length() && text.charAt(at) != ';') {
            char c = text.charAt(at);
            if (Character.isISOControl(c) && !Character.isWhitespace(c)) {
                throw syntax("a value has a control character in it, which is written in quotes only");
            }
            at++;
        }
        String value = text.substring(start, at).strip();
        if (value.endsWith("'") || value.endsWith("\"")) {
            throw syntax("a value without quotes ends with one: write it in the other kind of quotes");
        }
        return value;
    }

    private String quoted(char quote) {
        StringBuilder value = new StringBuilder();
        at++;
        while (at < text.length()) {
            char c = text.charAt(at++);
            if (c == quote) {
                if (at == text.length() || text.charAt(at) != quote) {
                    skip(false);
                    if (at < text.length() && text.charAt(at) != ';') {
                        throw syntax("behind the quotes of a value stands something else than ';'");
                    }
                    return value.toString();
                }
                at++;
            }
            value.append(c);
        }
        throw syntax("a quote begins a value, and nothing ends it");
    }

    private static ConfigurationException syntax(String what) {
        return new ConfigurationException(
                "ADONET_SYNTAX", what + "; the form is key=value;key='value with ; in it', with quotes doubled inside");
    }
}
