package io.github.lifebelt.contract;

import io.github.lifebelt.ConnectionPool;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordingFile;

/**
 * Connects, works and fails, and prints which classes were loaded for that by their names: what a native image cannot see.
 * A program of its own, since a class is loaded once.
 */
final class ClassesByName {
    private static final Set<String> LOOK_UPS = Set.of("forName", "forName0", "loadClass");
    private static final int CALLER = 2;

    private ClassesByName() {}

    /** Takes the file for the recording, then URLs. */
    public static void main(String[] arguments) throws Exception {
        Path file = Path.of(arguments[0]);
        try (Recording recording = new Recording()) {
            recording.enable("jdk.ClassLoad").withoutThreshold().withStackTrace();
            recording.start();
            for (String url : Stream.of(arguments).skip(1).toList()) {
                use(url);
            }
            recording.stop();
            recording.dump(file);
        }
        Set<String> names = new TreeSet<>();
        for (RecordedEvent event : RecordingFile.readAllEvents(file)) {
            if (isByName(event)) {
                names.add(event.getClass("loadedClass").getName());
            }
        }
        names.forEach(name -> System.out.println("by name: " + name));
        Files.delete(file);
    }

    private static void use(String url) throws SQLException {
        try (ConnectionPool pool = ConnectionPool.builder(url).maxSize(1).open()) {
            try (Connection connection = pool.getConnection();
                    PreparedStatement statement = connection.prepareStatement("select ?")) {
                statement.setString(1, "text");
                try (ResultSet rows = statement.executeQuery()) {
                    rows.next();
                }
            }
            try (Connection connection = pool.getConnection()) {
                Sql.execute(connection, Sql.FAILING);
            } catch (SQLException e) {
                System.out.println("failed as it should: " + e.getSQLState());
            }
        }
    }

    /** Whether the call that had it loaded is a look-up by name, and not the use of a class. */
    private static boolean isByName(RecordedEvent event) {
        if (event.getStackTrace() == null) {
            return false;
        }
        return event.getStackTrace().getFrames().stream()
                .filter(RecordedFrame::isJavaFrame)
                .dropWhile(frame -> frame.getMethod().getType().getName().contains("Loader"))
                .limit(CALLER)
                .anyMatch(frame -> frame.getMethod().getType().getName().equals("java.lang.Class")
                        && LOOK_UPS.contains(frame.getMethod().getName()));
    }
}
