package io.github.lifebelt.testing.internal.server;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** The file a server writes its log to. */
public final class ServerLog {
    private static final int TAIL_BYTES = 4_000;
    private static final int LONGEST_START = 100_000;

    private final Path path;
    private volatile long mark;

    public ServerLog(Path path) {
        this.path = path;
    }

    public Path path() {
        return path;
    }

    /** Remembers that a new start begins here. */
    public void mark() throws IOException {
        mark = Files.exists(path) ? Files.size(path) : 0;
    }

    /** What the last start wrote, as far as its beginning goes. */
    public String sinceMark() {
        return read(mark, LONGEST_START);
    }

    /** The last lines. */
    public String tail() {
        return read(Math.max(0, path.toFile().length() - TAIL_BYTES), TAIL_BYTES);
    }

    private String read(long from, int atMost) {
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "r")) {
            file.seek(from);
            byte[] bytes = new byte[(int) Math.min(atMost, Math.max(0, file.length() - from))];
            file.readFully(bytes);
            return new String(bytes, StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "(no log: " + e.getMessage() + ")";
        }
    }
}
