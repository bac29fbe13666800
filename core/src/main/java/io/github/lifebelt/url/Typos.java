package io.github.lifebelt.url;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.stream.IntStream;

/** Finds what somebody meant who mistyped a name. */
final class Typos {

    private static final int MOST = 2;

    private Typos() {}

    static String didYouMean(String name, Collection<String> known) {
        String typed = name.toLowerCase(Locale.ROOT).replace("_", "");
        return known.stream()
                .filter(candidate -> count(candidate, typed) <= MOST)
                .min(Comparator.comparingInt((String candidate) -> count(candidate, typed))
                        .thenComparing(Comparator.naturalOrder()))
                .map(candidate -> "; did you mean " + candidate + "?")
                .orElse("");
    }

    /** How many letters have to be put in, left out or changed (Levenshtein). */
    private static int count(String candidate, String typed) {
        String a = candidate.toLowerCase(Locale.ROOT);
        int[] row = IntStream.rangeClosed(0, typed.length()).toArray();
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= typed.length(); j++) {
                int changed = diagonal + (a.charAt(i - 1) == typed.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(changed, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[typed.length()];
    }
}
