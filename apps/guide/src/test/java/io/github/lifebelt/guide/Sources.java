package io.github.lifebelt.guide;

import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The regions of source files that documents may show: from a line {@code // snippet: name} to {@code // end: name}. */
final class Sources {
    private static final Pattern BORDER =
            Pattern.compile("^\\s*(?://|#|--|<!--)\\s*(snippet|end):\\s*([\\w-]+)\\s*(?:-->)?\\s*$");
    private static final Set<String> NO_SOURCES = Set.of("target", ".git", "node_modules", "results");

    private final Path root;
    // By "file#name", and by "file" alone for the whole.
    private final Map<String, String> regions = new HashMap<>();

    private Sources(Path root) {
        this.root = root;
    }

    static Sources under(Path root) throws IOException {
        Sources sources = new Sources(root);
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                return NO_SOURCES.contains(folder.getFileName().toString())
                        ? FileVisitResult.SKIP_SUBTREE
                        : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                if (!file.toString().endsWith(".md")) {
                    sources.read(file);
                }
                return FileVisitResult.CONTINUE;
            }
        });
        return sources;
    }

    /** The names of all regions, as marks have them. */
    Set<String> names() {
        return regions.keySet();
    }

    /** What a mark names, or null if there is no such thing. */
    @Nullable
    String find(String name) throws IOException {
        if (name.contains("#")) {
            return regions.get(name);
        }
        Path file = root.resolve(name);
        return Files.isRegularFile(file) ? Files.readString(file) : null;
    }

    private void read(Path file) throws IOException {
        List<String> lines;
        try {
            lines = Files.readAllLines(file);
        } catch (MalformedInputException e) {
            // No text.
            return;
        }
        String name = root.relativize(file).toString();
        Map<String, List<String>> open = new HashMap<>();
        for (String line : lines) {
            Matcher border = BORDER.matcher(line);
            if (!border.matches()) {
                open.values().forEach(region -> region.add(line));
            } else if (border.group(1).equals("snippet")) {
                open.put(border.group(2), new ArrayList<>());
            } else {
                List<String> region = open.remove(border.group(2));
                if (region == null
                        || regions.put(
                                        name + "#" + border.group(2),
                                        String.join("\n", region).stripIndent() + "\n")
                                != null) {
                    throw new IllegalStateException(
                            name + ": the region " + border.group(2) + " ends without a beginning, or is there twice");
                }
            }
        }
        if (!open.isEmpty()) {
            throw new IllegalStateException(name + ": regions without an end: " + open.keySet());
        }
    }
}
