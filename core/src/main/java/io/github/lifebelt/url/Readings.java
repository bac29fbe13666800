package io.github.lifebelt.url;

import io.github.lifebelt.ConfigurationException;
import io.github.lifebelt.url.UrlReader.Format;
import io.github.lifebelt.url.UrlReading.Diagnosis;
import io.github.lifebelt.url.UrlReading.Parts;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Reads a connection string strictly, and where that leads nowhere a second time as it was probably meant. */
final class Readings {

    // Tokens and even certificates fit in.
    private static final int LONGEST = 16_384;

    private Readings() {}

    static UrlReading of(String text, @Nullable String family) {
        if (text.length() > LONGEST) {
            return refused(
                    new ConfigurationException(
                            "URL_TOO_LONG",
                            "the database URL has " + text.length() + " characters; no more than " + LONGEST
                                    + " are read: was a file's content set in its place?"),
                    List.of());
        }
        return of(text, family, true);
    }

    private static UrlReading of(String text, @Nullable String family, boolean unwraps) {
        if (text.isBlank()) {
            return refused(
                    new ConfigurationException(
                            "URL_MISSING",
                            "the database URL is empty; expected for example postgresql://user@host/database"),
                    List.of());
        }
        Diagnosis reference = Unresolved.reference(text);
        if (reference != null) {
            return refused(new ConfigurationException(reference.code(), reference.message()), List.of());
        }
        Surroundings around = Surroundings.of(text);
        UrlReading strict = strict(text, family, around);
        Parts lenient = strict.lenient();
        if (lenient == null && strict.refusal() != null) {
            boolean wrapped = unwraps && !around.text().equals(text);
            lenient = wrapped ? best(of(around.text(), family, false)) : Lenient.of(text, family, strict);
        }
        return new UrlReading(
                strict.strict(),
                strict.diagnoses(),
                lenient == null || lenient.equals(strict.strict()) ? null : lenient,
                strict.refusal(),
                strict.url());
    }

    private static @Nullable Parts best(UrlReading meant) {
        return meant.refusal() == null || meant.lenient() == null ? meant.strict() : meant.lenient();
    }

    /** By the rules of the format alone. */
    static UrlReading strict(String text, @Nullable String family, Surroundings around) {
        List<Diagnosis> notes = new ArrayList<>(around.notes());
        Format format = Format.URL;
        try {
            refuseOtherText(text, around);
            Formats.Known known = Formats.of(text, family);
            format = known.format();
            UrlReading reading = known.dialect().read(format, text);
            // These two formats drop blanks around a value by themselves.
            boolean blanksCount = format != Format.KEY_VALUE && format != Format.ADO_NET;
            if (notes.isEmpty() || !blanksCount) {
                return reading;
            }
            notes.addAll(reading.diagnoses());
            Diagnosis first = around.notes().get(0);
            return new UrlReading(
                    reading.strict(),
                    distinct(notes),
                    reading.lenient(),
                    new ConfigurationException(first.code(), "the database URL: " + first.message()),
                    null);
        } catch (ConfigurationException e) {
            // What hides the scheme is known, so that it is not the scheme that is wrong.
            boolean hidden =
                    e.code().equals("UNKNOWN_SCHEME") && !around.notes().isEmpty();
            return refused(hidden ? unrecognised(around) : e, afterRefusal(text, format, e, notes));
        }
    }

    // Read as parameters, the name of a pasted variable would be one.
    private static void refuseOtherText(String text, Surroundings around) {
        boolean begins = !text.isEmpty() && around.text().startsWith(text.substring(0, 1));
        if (around.has("PASTED_COMMAND") || (!begins && (around.has("WRAPPED_QUOTES") || around.has("SMART_QUOTES")))) {
            throw unrecognised(around);
        }
    }

    private static ConfigurationException unrecognised(Surroundings around) {
        return new ConfigurationException(
                "UNRECOGNISED_FORMAT",
                "the database URL: " + around.notes().get(0).message());
    }

    private static List<Diagnosis> afterRefusal(
            String text, Format format, ConfigurationException refusal, List<Diagnosis> notes) {
        String code = refusal.code();
        if (code.equals("INVALID_PERCENT_ENCODING") && Percent.hasLone(text)) {
            notes.add(new Diagnosis("UNENCODED_PERCENT", "a '%' that stands for itself is written %25"));
        }
        if (format == Format.ADO_NET && (code.equals("ADONET_SYNTAX") || code.equals("UNKNOWN_PARAM"))) {
            AdoNetGrammar.afterRefusal(text).ifPresent(notes::add);
        }
        String lower = text.toLowerCase(Locale.ROOT);
        if (lower.startsWith("jdbc:postgresql://") && authority(text).indexOf('@') >= 0) {
            notes.add(new Diagnosis(
                    "USERINFO_IN_JDBC_URL",
                    "pgjdbc's URLs have no place for user and password before the host: they are parameters"));
        }
        if (text.contains("&amp;")) {
            notes.add(new Diagnosis("XML_ESCAPED", "the text comes from XML or HTML: where it has &amp; write &"));
        }
        if (lower.startsWith("mysql:") || lower.startsWith("jdbc:mysql:")) {
            if (text.indexOf('#') >= 0) {
                notes.add(
                        new Diagnosis("RESERVED_CHAR_UNENCODED", "a '#' ends a URL; in a password it is written %23"));
            }
        }
        return distinct(notes);
    }

    private static String authority(String text) {
        int start = text.indexOf("//") + 2;
        int end = text.indexOf('?', start);
        return text.substring(start, end < 0 ? text.length() : end);
    }

    private static List<Diagnosis> distinct(List<Diagnosis> notes) {
        List<Diagnosis> once = new ArrayList<>();
        for (Diagnosis note : notes) {
            if (once.stream().noneMatch(one -> one.code().equals(note.code()))) {
                once.add(note);
            }
        }
        return once;
    }

    private static UrlReading refused(ConfigurationException why, List<Diagnosis> notes) {
        return new UrlReading(null, notes, null, why, null);
    }
}
