package io.github.lifebelt.testing.internal.postgres;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;

/** The file in which a PostgreSQL server says which process it is, how it is, and which shared memory it has. */
public record PostmasterFile(List<String> lines) {
    private static final int PID = 0;
    private static final int SHARED_MEMORY = 6;
    private static final int STATUS = 7;

    public static Path in(Path data) {
        return data.resolve("postmaster.pid");
    }

    /** What stands in the file now; nothing if there is none. The server writes it line by line. */
    public static PostmasterFile read(Path data) {
        try {
            return new PostmasterFile(Files.readAllLines(in(data)));
        } catch (IOException e) {
            return new PostmasterFile(List.of());
        }
    }

    public OptionalLong pid() {
        String pid = line(PID);
        return pid.matches("\\d+") ? OptionalLong.of(Long.parseLong(pid)) : OptionalLong.empty();
    }

    public boolean isReady() {
        return line(STATUS).equals("ready") || line(STATUS).equals("standby");
    }

    /** The id of the System V segment; empty if there is none. */
    public String sharedMemoryId() {
        String[] keyAndId = line(SHARED_MEMORY).split("\\s+", 2);
        return keyAndId.length == 2 ? keyAndId[1] : "";
    }

    private String line(int index) {
        return index < lines.size() ? lines.get(index).trim() : "";
    }
}
