package io.github.lifebelt;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.lifebelt.internal.metrics.MeterNames;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The README's table of meters is the list of them, row by row. */
class MetricsDocumentTest {

    @Test
    void theTableHasEachMeterAndNoOther() throws IOException {
        Path readme = Path.of("").toAbsolutePath().getParent().resolve("README.md");
        List<String> rows = Files.readAllLines(readme).stream()
                .filter(line -> line.startsWith("| `db.client.connection.")
                        || line.startsWith("| `hikaricp.")
                        || line.matches("\\| `lifebelt\\.[a-z_.]+` \\| (gauge|counter|timer) \\|.*"))
                .toList();
        assertThat(rows)
                .containsExactlyElementsOf(
                        Arrays.stream(MeterNames.values()).map(MeterNames::row).toList());
    }

    @Test
    void namesAreThereOnce() {
        assertThat(Arrays.stream(MeterNames.values()).map(MeterNames::meter)).doesNotHaveDuplicates();
    }
}
