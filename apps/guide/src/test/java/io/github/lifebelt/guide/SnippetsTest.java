package io.github.lifebelt.guide;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertAll;

import io.github.lifebelt.guide.Document.Block;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/**
 * Holds the documents against what is compiled and run. Each block with a language has, on the line before it, one of
 *
 * <ul>
 *   <li>{@code <!-- snippet: path/File.java#name -->}: it is that region, or that file where there is no name;
 *   <li>{@code <!-- file: name -->} in testing/README.md: {@code .ci/outside/run} takes it out and runs it;
 *   <li>{@code <!-- not run: reason -->}: commands of the Azure CLI, which need a subscription.
 * </ul>
 *
 * The first two sh blocks of README.md have none: CI runs them by their position.
 */
class SnippetsTest {
    private static final Path ROOT = Path.of("").toAbsolutePath().getParent().getParent();
    private static final int RUN_BY_POSITION = 2;

    private final List<Document> documents = documents();
    private final Sources sources = Sources.under(ROOT);

    SnippetsTest() throws IOException {}

    @Test
    void eachBlockWithALanguageIsWhatTheBuildRuns() throws IOException {
        List<Executable> checks = new ArrayList<>();
        for (Document document : documents) {
            int commands = 0;
            for (Block block : document.blocks()) {
                boolean byPosition = document.name().equals("README.md")
                        && block.language().equals("sh")
                        && commands++ < RUN_BY_POSITION;
                if (block.isTagged() && !byPosition) {
                    checks.add(() -> check(document, block));
                }
            }
        }
        assertThat(checks).as("documents with blocks below " + ROOT).isNotEmpty();
        assertAll(checks);
    }

    @Test
    void theFirstTwoCommandsOfTheReadmeAreThoseThatCiRuns() {
        Document readme = documents.stream()
                .filter(document -> document.name().equals("README.md"))
                .findFirst()
                .orElseThrow();
        List<Block> commands = readme.blocks().stream()
                .filter(block -> block.language().equals("sh"))
                .limit(RUN_BY_POSITION)
                .toList();

        assertThat(commands).extracting(Block::mark).containsOnlyNulls();
        assertThat(commands.get(0).text()).contains("java -jar apps/demo/target/lifebelt-demo.jar");
        assertThat(commands.get(1).text()).contains("verify");
    }

    @Test
    void eachRegionIsShownSomewhere() {
        Set<String> unused = new HashSet<>(sources.names());
        for (Document document : documents) {
            document.blocks().forEach(block -> unused.remove(block.marked("snippet")));
        }
        assertThat(unused).isEmpty();
    }

    private void check(Document document, Block block) throws Exception {
        String place = document.place(block);
        @Nullable String snippet = block.marked("snippet");
        @Nullable String file = block.marked("file");
        @Nullable String excuse = block.marked("not run");
        if (snippet != null) {
            @Nullable String source = sources.find(snippet);
            assertThat(source).as(place + " names " + snippet).isNotNull();
            assertThat(block.text()).as(place + " and " + snippet).isEqualTo(source);
        } else if (file != null && document.name().equals("testing/README.md")) {
            assertThat(Files.readString(ROOT.resolve(".ci/outside/run")))
                    .as(place + " is run by .ci/outside/run")
                    .contains(file);
        } else if (excuse != null) {
            assertThat(block.text()).as(place + " is left out: " + excuse).containsPattern("(?m)^\\s*az ");
            assertThat(syntaxErrors(block.text())).as(place).isEmpty();
        } else {
            assertThat(block.mark())
                    .as(place + " has a language, and no mark that says what runs it")
                    .isNotNull();
            assertThat(block.mark()).as(place + " has an unknown mark").startsWith("snippet:");
        }
    }

    private static String syntaxErrors(String script) throws Exception {
        Process bash =
                new ProcessBuilder("bash", "-n").redirectErrorStream(true).start();
        try (OutputStream in = bash.getOutputStream()) {
            in.write(script.getBytes(StandardCharsets.UTF_8));
        }
        String said = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return bash.waitFor() == 0 ? said : "bash: " + said;
    }

    private static List<Document> documents() throws IOException {
        List<Document> documents = new ArrayList<>();
        for (Path file : List.of(ROOT.resolve("README.md"), ROOT.resolve("testing/README.md"))) {
            documents.add(Document.read(ROOT, file));
        }
        try (Stream<Path> pages = Files.walk(ROOT.resolve("docs"), 1);
                Stream<Path> apps = Files.walk(ROOT.resolve("apps"), 2)) {
            for (Path file : Stream.concat(
                            pages.filter(page -> page.toString().endsWith(".md")),
                            apps.filter(app -> app.endsWith("README.md")))
                    .toList()) {
                documents.add(Document.read(ROOT, file));
            }
        }
        return documents;
    }
}
