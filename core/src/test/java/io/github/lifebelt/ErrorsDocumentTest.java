package io.github.lifebelt;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.lifebelt.health.HealthReport;
import io.github.lifebelt.internal.doctor.Code;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Each code that a message of any module can begin with has its paragraph. */
class ErrorsDocumentTest {

    private static final Path ROOT = Path.of("").toAbsolutePath().getParent();
    private static final Pattern CODE = Pattern.compile("ConfigurationException\\(\\s*\"([A-Z][A-Z0-9_]+)\""
            + "|\"\\[([A-Z][A-Z0-9_]+)\\]"
            + "|new (?:Advice|Remark|TlsTrouble)\\(\\s*\"([A-Z][A-Z0-9_]+)\""
            + "|CODE = \"([A-Z][A-Z0-9_]+)\""
            + "|super\\(\\s*\"([A-Z][A-Z0-9_]+)\"");

    private static final Pattern DOCTORS =
            Pattern.compile("new (?:Advice|Remark|TlsTrouble)\\(\\s*\"([A-Z][A-Z0-9_]+)\"");

    /** A dialect names codes as texts; one that the doctor does not know would lose its layer. */
    @Test
    void whatDialectsTellTheDoctorHeKnows() throws IOException {
        Set<String> told = new TreeSet<>();
        try (Stream<Path> files = Files.walk(ROOT)) {
            files.filter(file -> file.toString().contains("/src/main/java/")
                            && file.toString().endsWith(".java"))
                    .forEach(file -> collect(file, DOCTORS, told));
        }
        assertThat(told)
                .hasSizeGreaterThan(20)
                .isSubsetOf(Stream.of(Code.values()).map(Code::name).toList());
    }

    @Test
    void everyCodeHasItsParagraph() throws IOException {
        String document = Files.readString(ROOT.resolve("ERRORS.md"));
        Set<String> codes = new TreeSet<>();
        try (Stream<Path> files = Files.walk(ROOT)) {
            files.filter(file -> file.toString().contains("/src/main/java/")
                            && file.toString().endsWith(".java"))
                    .forEach(file -> collect(file, CODE, codes));
        }
        for (var reason : io.github.lifebelt.tx.TransactionRolledBackException.Reason.values()) {
            codes.add(reason.name());
        }
        for (var code : Code.values()) {
            codes.add(code.name());
        }
        for (var code : HealthReport.Code.values()) {
            codes.add(code.name());
        }
        assertThat(codes)
                .hasSizeGreaterThan(20)
                .allSatisfy(code -> assertThat(document).contains("**" + code + "**"));
    }

    private static void collect(Path file, Pattern pattern, Set<String> codes) {
        try {
            Matcher matcher = pattern.matcher(Files.readString(file));
            while (matcher.find()) {
                for (int group = 1; group <= matcher.groupCount(); group++) {
                    if (matcher.group(group) != null) {
                        codes.add(matcher.group(group));
                    }
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
