package io.github.lifebelt.internal.doctor;

import io.github.lifebelt.doctor.Doctor.Examined;
import io.github.lifebelt.doctor.Doctor.Finding;
import io.github.lifebelt.doctor.Doctor.Report;
import io.github.lifebelt.doctor.Doctor.Status;
import io.github.lifebelt.internal.json.Json;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** A report for people, and for programs. */
public final class ReportTexts {

    private ReportTexts() {}

    public static String text(Report report) {
        StringBuilder text = new StringBuilder();
        text.append(report.target().get(Target.URL))
                .append(": ")
                .append(report.verdict())
                .append('\n');
        for (Examined layer : report.layers()) {
            String line = String.format(
                    Locale.ROOT,
                    "  %-7s %-8s %7s  %s",
                    lower(layer.layer()),
                    layer.status() == Status.FAILED ? "FAILED" : lower(layer.status()),
                    layer.status() == Status.SKIPPED ? "" : layer.took().toMillis() + " ms",
                    layer.seen());
            text.append(line.stripTrailing()).append('\n');
        }
        for (Finding finding : report.findings()) {
            text.append('\n').append(finding.severity()).append(' ').append(finding.code());
            text.append(" (").append(lower(finding.layer())).append(")\n");
            text.append("  ").append(finding.what()).append(".\n");
            text.append("  Fix: ").append(finding.fix()).append(".\n");
        }
        return text.toString();
    }

    public static String json(Report report) {
        Map<String, Object> target = new LinkedHashMap<>(report.target());
        target.remove(Target.URL);
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("target", target);
        json.put("verdict", report.verdict());
        json.put("layers", report.layers().stream().map(ReportTexts::layer).toList());
        json.put(
                "findings", report.findings().stream().map(ReportTexts::finding).toList());
        return Json.of(json);
    }

    private static Map<String, Object> layer(Examined layer) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("layer", lower(layer.layer()));
        json.put("status", lower(layer.status()));
        json.put("millis", layer.took().toMillis());
        return json;
    }

    private static Map<String, Object> finding(Finding finding) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("code", finding.code());
        json.put("severity", finding.severity());
        json.put("layer", lower(finding.layer()));
        json.put("what", finding.what());
        json.put("fix", finding.fix());
        return json;
    }

    private static String lower(Enum<?> word) {
        return word.name().toLowerCase(Locale.ROOT);
    }
}
