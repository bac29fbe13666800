package io.github.lifebelt.guide;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A Markdown file, as far as its fenced blocks go.
 *
 * @param name its path from the root
 * @param blocks in their order
 */
record Document(String name, List<Block> blocks) {
    private static final String FENCE = "```";

    /**
     * What stands between two fences.
     *
     * @param line of the opening fence, from 1
     * @param language its tag; empty for output
     * @param mark the comment on the line before, without its delimiters; null if there is none
     * @param text with a line break after each line
     */
    record Block(int line, String language, @Nullable String mark, String text) {

        boolean isTagged() {
            return !language.isEmpty();
        }

        /** What follows a word and a colon in the mark, or null if it is another mark. */
        @Nullable
        String marked(String word) {
            return mark != null && mark.startsWith(word + ":")
                    ? mark.substring(word.length() + 1).trim()
                    : null;
        }
    }

    static Document read(Path root, Path file) throws IOException {
        List<Block> blocks = new ArrayList<>();
        List<String> lines = Files.readAllLines(file);
        for (int i = 0; i < lines.size(); i++) {
            String fence = lines.get(i).strip();
            if (!fence.startsWith(FENCE)) {
                continue;
            }
            int open = i;
            StringBuilder text = new StringBuilder();
            for (i++; i < lines.size() && !lines.get(i).strip().equals(FENCE); i++) {
                text.append(lines.get(i)).append('\n');
            }
            blocks.add(new Block(
                    open + 1,
                    fence.substring(FENCE.length()).strip(),
                    open == 0 ? null : comment(lines.get(open - 1)),
                    text.toString()));
        }
        return new Document(root.relativize(file).toString(), List.copyOf(blocks));
    }

    private static @Nullable String comment(String line) {
        String text = line.strip();
        return text.startsWith("<!--") && text.endsWith("-->")
                ? text.substring(4, text.length() - 3).strip()
                : null;
    }

    String place(Block block) {
        return name + ":" + block.line();
    }
}
