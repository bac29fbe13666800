package io.github.lifebelt;

import static org.assertj.core.api.Assertions.assertThat;

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
            + "|CODE = \"([A-Z][A-Z0-9_]+)\""
            + "|super\\(\\s*\"([A-Z][A-Z0-9_]+)\"");

    @Test
    void everyCodeHasItsParagraph() throws IOException {
        String document = Files.readString(ROOT.resolve("ERRORS.md"));
        Set<String> codes = new TreeSet<>();
        try (Stream<Path> files = Files.walk(ROOT)) {
            files.filter(file -> file.toString().contains("/src/main/java/")
                            && file.toString().endsWith(".java"))
                    .forEach(file -> collect(file, codes));
        }
        for (var reason : io.github.lifebelt.tx.TransactionRolledBackException.Reason.values()) {
            codes.add(reason.name());
        }
        assertThat(codes)
                .hasSizeGreaterThan(20)
                .allSatisfy(code -> assertThat(document).contains("**" + code + "**"));
    }

    private static void collect(Path file, Set<String> codes) {
        try {
            Matcher matcher = CODE.matcher(Files.readString(file));
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
