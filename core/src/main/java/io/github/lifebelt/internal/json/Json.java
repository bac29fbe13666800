package io.github.lifebelt.internal.json;

import java.util.Iterator;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes maps, lists, texts, numbers and truth values as JSON (RFC 8259). By hand, since a JSON library would be a
 * dependency of every user for the sake of two reports.
 */
public final class Json {
    private static final int FIRST_PRINTABLE = 0x20;

    private Json() {}

    /**
     * One value.
     *
     * @param value a map with texts as keys, of which entries without a value are left out; an iterable; a text, number,
     *     truth value or constant of an enum; or null
     */
    public static String of(@Nullable Object value) {
        StringBuilder out = new StringBuilder();
        write(out, value);
        return out.toString();
    }

    private static void write(StringBuilder out, @Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            object(out, map);
        } else if (value instanceof Iterable<?> list) {
            array(out, list.iterator());
        } else if (value instanceof Double number && !Double.isFinite(number)) {
            // There are no such numbers in JSON.
            out.append("null");
        } else if (value == null || value instanceof Number || value instanceof Boolean) {
            out.append(value);
        } else {
            text(out, value instanceof Enum<?> constant ? constant.name() : value.toString());
        }
    }

    private static void object(StringBuilder out, Map<?, ?> map) {
        out.append('{');
        String separator = "";
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            if (entry.getValue() != null) {
                out.append(separator);
                text(out, String.valueOf(entry.getKey()));
                out.append(':');
                write(out, entry.getValue());
                separator = ",";
            }
        }
        out.append('}');
    }

    private static void array(StringBuilder out, Iterator<?> values) {
        out.append('[');
        while (values.hasNext()) {
            write(out, values.next());
            if (values.hasNext()) {
                out.append(',');
            }
        }
        out.append(']');
    }

    private static void text(StringBuilder out, String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"', '\\' -> out.append('\\').append(c);
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                    // Half a surrogate pair is no character, and would be none in UTF-8.
                    if (c < FIRST_PRINTABLE || isHalf(text, i)) {
                        out.append(String.format("\\u%04x", (int) c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }

    private static boolean isHalf(String text, int at) {
        char c = text.charAt(at);
        if (Character.isHighSurrogate(c)) {
            return at + 1 == text.length() || !Character.isLowSurrogate(text.charAt(at + 1));
        }
        return Character.isLowSurrogate(c) && (at == 0 || !Character.isHighSurrogate(text.charAt(at - 1)));
    }
}
