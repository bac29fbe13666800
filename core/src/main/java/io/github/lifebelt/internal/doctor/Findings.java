package io.github.lifebelt.internal.doctor;

import io.github.lifebelt.ConfigurationException;
import io.github.lifebelt.doctor.Doctor.Finding;
import io.github.lifebelt.doctor.Doctor.Layer;
import io.github.lifebelt.doctor.Doctor.Severity;
import io.github.lifebelt.internal.tls.TlsTrouble;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** What was found so far. */
final class Findings {
    private static final Set<String> NAMES = Set.of("sslmode", "sslrootcert", "keepalive");

    private final List<Finding> found = new ArrayList<>();

    void add(Code code, String what, String fix) {
        add(code.name(), code.severity, code.layer, what, fix);
    }

    /** Of each code once: hosts of a list tell the same. */
    void add(String code, Severity severity, Layer layer, String what, String fix) {
        if (found.stream().noneMatch(one -> one.code().equals(code))) {
            found.add(new Finding(code, severity, layer, sentence(what), sentence(fix)));
        }
    }

    /** What is written cannot be. */
    void refused(ConfigurationException refusal, Layer layer) {
        add(refusal.code(), Severity.ERROR, layer, refusal.detail(), ReadingFixes.of(refusal.code()));
    }

    /** What a TLS policy has to say before anybody connects. */
    void caution(TlsTrouble caution) {
        add(caution.code(), Severity.WARNING, Layer.TLS, caution.what(), caution.fix());
    }

    boolean isBroken(Layer layer) {
        return found.stream().anyMatch(one -> one.severity() == Severity.ERROR && one.layer() == layer);
    }

    /** The worst first, and of those the first layer: who reads on from the top puts right what comes first. */
    List<Finding> inOrder() {
        return found.stream()
                .sorted(Comparator.comparing(Finding::severity).thenComparing(Finding::layer))
                .toList();
    }

    /** Texts come from many places; in a report they begin and end alike. */
    private static String sentence(String text) {
        String trimmed = text.strip();
        String bare =
                trimmed.endsWith(".") && !trimmed.endsWith("..") ? trimmed.substring(0, trimmed.length() - 1) : trimmed;
        int word = bare.indexOf(' ');
        String first = word < 0 ? bare : bare.substring(0, word);
        // Names and settings are written as they are.
        return first.matches("[a-z]+") && !NAMES.contains(first)
                ? bare.substring(0, 1).toUpperCase(Locale.ROOT) + bare.substring(1)
                : bare;
    }
}
