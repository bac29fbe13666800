package io.github.lifebelt.url;

import io.github.lifebelt.url.UrlReading.Diagnosis;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What came along with a connection string when it was copied, and is no part of it.
 *
 * @param text without it
 * @param notes what it was, the most telling first
 */
record Surroundings(String text, List<Diagnosis> notes) {

    private static final String QUOTES = "\"'`";
    private static final String SMART_QUOTES = "\u201c\u201d\u201e\u201f\u2018\u2019\u201a\u00ab\u00bb";
    private static final String INVISIBLE = "\ufeff\u200b\u200c\u200d\u2060";
    private static final Pattern COMMAND = Pattern.compile(
            "(?:\\$\\s+)?(?:psql|pgcli|mysql|mysqlsh|mariadb|mycli|pg_dump|mysqldump)(?:\\.exe)?\\s+(?:-{1,2}\\S+\\s+)*+"
                    + "(?=[\"'`]?(?:\\w[\\w+.-]*://|jdbc:|[a-z_]+\\s*=))(.*)",
            Pattern.DOTALL);
    // The name of a variable, before something that is a connection string and not the value of a parameter.
    private static final Pattern ASSIGNMENT = Pattern.compile(
            "(?:export\\s+|set\\s+|\\$env:|ENV\\s+)?(?!dbname\\s*=)[A-Za-z_][A-Za-z0-9_.]*(?:\\s*=\\s*|:\\s+)"
                    + "(?=[\"'`]?(?:\\w[\\w+.-]*://|jdbc:))(.*)",
            Pattern.DOTALL);
    private static final Pattern EXPORTED =
            Pattern.compile("(?:export\\s+|set\\s+|\\$env:)[A-Za-z_][A-Za-z0-9_]*\\s*=\\s*(.*)", Pattern.DOTALL);

    static Surroundings of(String original) {
        List<Diagnosis> notes = new ArrayList<>();
        String text = original;
        for (int i = 0; i < 4; i++) {
            String before = text;
            text = command(quotes(blanks(text, notes), notes), notes);
            if (text.equals(before)) {
                break;
            }
        }
        if (text.indexOf('\u00a0') >= 0) {
            note(
                    notes,
                    "NON_BREAKING_SPACE",
                    "there is a non-breaking blank in it, as texts copied from web pages have");
            text = text.replace('\u00a0', ' ');
        }
        return new Surroundings(text, List.copyOf(notes));
    }

    boolean has(String code) {
        return notes.stream().anyMatch(note -> note.code().equals(code));
    }

    private static String blanks(String text, List<Diagnosis> notes) {
        int start = 0;
        int end = text.length();
        while (start < end && isBlank(text.charAt(start))) {
            start++;
        }
        while (end > start && isBlank(text.charAt(end - 1))) {
            end--;
        }
        String edges = text.substring(0, start) + text.substring(end);
        if (edges.chars().anyMatch(c -> INVISIBLE.indexOf(c) >= 0)) {
            note(
                    notes,
                    "BYTE_ORDER_MARK",
                    "it begins or ends with a character that nobody sees, such as a byte order mark: save the file without");
        }
        if (edges.indexOf('\u00a0') >= 0) {
            note(notes, "NON_BREAKING_SPACE", "it begins or ends with a non-breaking blank");
        }
        if (text.substring(0, start).chars().anyMatch(c -> c <= ' ')) {
            note(notes, "LEADING_WHITESPACE", "it begins with a blank or line break, which is no part of it");
        }
        if (text.substring(end).chars().anyMatch(c -> c <= ' ')) {
            note(
                    notes,
                    "TRAILING_WHITESPACE",
                    "it ends with a line break or blank, which would become part of its last value: remove it (a secret"
                            + " that was made with `echo` has one, `echo -n` makes none)");
        }
        return text.substring(start, end);
    }

    private static boolean isBlank(char c) {
        return c <= ' ' || c == '\u00a0' || INVISIBLE.indexOf(c) >= 0;
    }

    private static String quotes(String text, List<Diagnosis> notes) {
        if (text.length() < 2) {
            return text;
        }
        char first = text.charAt(0);
        char last = text.charAt(text.length() - 1);
        boolean smart = SMART_QUOTES.indexOf(first) >= 0;
        boolean quoted = QUOTES.indexOf(first) >= 0 && last == first;
        if (!quoted && !(smart && SMART_QUOTES.indexOf(last) >= 0)) {
            return text;
        }
        note(
                notes,
                smart ? "SMART_QUOTES" : "WRAPPED_QUOTES",
                "quotes stand around it and are part of the value: what sets it does not take them off, as a shell would");
        return text.substring(1, text.length() - 1);
    }

    private static String command(String text, List<Diagnosis> notes) {
        for (Pattern pattern : List.of(COMMAND, ASSIGNMENT, EXPORTED)) {
            Matcher matcher = pattern.matcher(text);
            if (matcher.matches()) {
                note(
                        notes,
                        "PASTED_COMMAND",
                        "a whole command or assignment was pasted; the connection string alone belongs there");
                return matcher.group(1);
            }
        }
        return text;
    }

    private static void note(List<Diagnosis> notes, String code, String message) {
        if (notes.stream().noneMatch(note -> note.code().equals(code))) {
            notes.add(new Diagnosis(code, message));
        }
    }
}
