package io.github.lifebelt.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.lifebelt.doctor.Doctor;
import io.github.lifebelt.doctor.Doctor.Finding;
import io.github.lifebelt.doctor.Doctor.Layer;
import io.github.lifebelt.doctor.Doctor.Report;
import io.github.lifebelt.doctor.Doctor.Severity;
import io.github.lifebelt.doctor.Doctor.Status;
import io.github.lifebelt.url.DatabaseUrl;
import io.github.lifebelt.url.UrlReading;
import java.util.List;
import java.util.stream.Stream;

/** What a doctor says, checked for what every report has to hold. */
public final class Diagnoses {

    private Diagnoses() {}

    public static Doctor doctor(DatabaseUrl url) {
        return Doctor.of(new UrlReading(null, List.of(), null, null, url, null));
    }

    public static Report examine(DatabaseUrl url) {
        return examine(doctor(url));
    }

    /** Whatever it says, no text of it shows the fixture's password, and what follows a broken layer was not looked at. */
    public static Report examine(Doctor doctor) {
        Report report = doctor.examine();
        for (String mark : SecretGuard.MARKS) {
            assertThat(report.text() + report.json() + report + doctor).doesNotContain(mark);
        }
        assertThat(report.findings())
                .allSatisfy(finding ->
                        assertThat(finding.what() + finding.fix()).isNotBlank().doesNotContain("user null"));
        return report;
    }

    /** The first thing to be put right. */
    public static Finding isBroken(Report report, Layer layer, String code) {
        Finding first = report.firstError().orElseThrow(() -> new AssertionError("no error in " + report.text()));
        assertThat(first.code()).as(report.text()).isEqualTo(code);
        assertThat(first.layer()).as(report.text()).isEqualTo(layer);
        assertThat(report.verdict()).isEqualTo(Doctor.Verdict.BROKEN);
        assertThat(report.status(layer)).isEqualTo(Status.FAILED);
        Stream.of(Layer.values())
                .filter(other -> other != layer)
                .forEach(other -> assertThat(report.status(other))
                        .as("%s in %s", other, report.text())
                        .isEqualTo(other.compareTo(layer) < 0 ? Status.OK : Status.SKIPPED));
        return first;
    }

    public static Finding isBroken(DatabaseUrl url, Layer layer, String code) {
        return isBroken(examine(url), layer, code);
    }

    /** Nothing is wrong up to and with a layer. */
    public static Report isSound(DatabaseUrl url, Layer upTo) {
        Report report = examine(url);
        Stream.of(Layer.values())
                .filter(layer -> layer.compareTo(upTo) <= 0)
                .forEach(layer -> assertThat(report.status(layer))
                        .as("%s in %s", layer, report.text())
                        .isEqualTo(Status.OK));
        return report;
    }

    public static Finding finding(Report report, String code) {
        return report.findings().stream()
                .filter(finding -> finding.code().equals(code))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + code + " in " + report.text()));
    }

    public static void warns(Report report, Layer layer, String code) {
        assertThat(finding(report, code).severity()).isEqualTo(Severity.WARNING);
        assertThat(finding(report, code).layer()).isEqualTo(layer);
        assertThat(report.verdict()).as(report.text()).isEqualTo(Doctor.Verdict.DEGRADED);
    }

    public static void doesNotMention(Report report, String code) {
        assertThat(report.findings())
                .extracting(Finding::code)
                .as(report.text())
                .doesNotContain(code);
    }
}
