package io.github.lifebelt.migration;

import io.github.lifebelt.internal.pool.DirectConnections;
import io.github.lifebelt.url.DatabaseUrl;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationState;
import org.flywaydb.core.api.configuration.Configuration;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.jspecify.annotations.Nullable;

/** By Flyway's free edition. */
final class FlywayMigrations extends ToolMigrations {

    // IGNORED is below the newest one that was applied, and Flyway will not apply it unless it is allowed to.
    private static final Set<MigrationState> UNAPPLIED = Set.of(MigrationState.PENDING, MigrationState.IGNORED);
    private static final Set<MigrationState> MISSING =
            Set.of(MigrationState.MISSING_SUCCESS, MigrationState.MISSING_FAILED);
    private static final String SQL = ".sql";
    private static final String IN_JAR = "!/";

    private final UnaryOperator<FluentConfiguration> settings;

    private FlywayMigrations(UnaryOperator<FluentConfiguration> settings, @Nullable DatabaseUrl directUrl) {
        super(directUrl);
        this.settings = settings;
    }

    static Migrations of(UnaryOperator<FluentConfiguration> settings) {
        // Asks for the class now, while it can be said what is missing.
        Class<?> tool = Flyway.class;
        assert tool != null;
        return new FlywayMigrations(settings, null);
    }

    @Override
    Migrations by(DatabaseUrl direct) {
        return new FlywayMigrations(settings, direct);
    }

    private Flyway flyway(DirectConnections server) {
        return settings.apply(Flyway.configure().loggers("slf4j"))
                .dataSource(server)
                .load();
    }

    @Override
    Status status(DirectConnections server) {
        Flyway flyway = flyway(server);
        List<String> unapplied = new ArrayList<>();
        List<String> failed = new ArrayList<>();
        List<String> changed = new ArrayList<>();
        List<String> missing = new ArrayList<>();
        for (MigrationInfo info : flyway.info().all()) {
            MigrationState state = info.getState();
            if (isIgnored(flyway, info)) {
                continue;
            }
            if (state.isFailed()) {
                failed.add(name(info));
            } else if (UNAPPLIED.contains(state)) {
                unapplied.add(name(info));
            } else if (MISSING.contains(state)) {
                missing.add(name(info));
            } else if (isChanged(info)) {
                changed.add(name(info));
            }
        }
        return new Status(unapplied, failed, changed, missing, null);
    }

    /** By the patterns that Flyway's own validation would leave out. */
    private static boolean isIgnored(Flyway flyway, MigrationInfo info) {
        return Arrays.stream(flyway.getConfiguration().getIgnoreMigrationPatterns())
                .anyMatch(pattern -> pattern.matchesMigration(info.isVersioned(), info.getState()));
    }

    /** A repeatable one that was changed is pending instead. */
    private static boolean isChanged(MigrationInfo info) {
        return info.isVersioned()
                && info.isApplied()
                && info.getState().isResolved()
                && !(info.isChecksumMatching() && info.isDescriptionMatching() && info.isTypeMatching());
    }

    @Override
    List<String> apply(DirectConnections server) {
        return flyway(server).migrate().getSuccessfulMigrations().stream()
                .map(applied -> shortened(applied.filepath, applied.description))
                .toList();
    }

    @Override
    List<Entry> history(DirectConnections server) {
        return Arrays.stream(flyway(server).info().applied())
                .map(info -> {
                    Date at = info.getInstalledOn();
                    return new Entry(
                            name(info),
                            info.getDescription() == null ? "" : info.getDescription(),
                            at == null ? null : at.toInstant(),
                            info.getInstalledBy(),
                            !info.getState().isFailed());
                })
                .toList();
    }

    @Override
    String preview(DirectConnections server) throws IOException {
        Flyway flyway = flyway(server);
        StringBuilder sql = new StringBuilder();
        for (MigrationInfo info : flyway.info().pending()) {
            String text = text(info, flyway.getConfiguration());
            sql.append("-- ").append(info.getScript());
            if (text == null) {
                sql.append(" is no file that could be shown; a dry run is not in Flyway's free edition\n");
            } else {
                sql.append(", as it is written\n").append(text).append('\n');
            }
        }
        return sql.toString();
    }

    /** The script itself: on the disk, or in a jar, of which Flyway tells the path within after the last mark. */
    private static @Nullable String text(MigrationInfo info, Configuration configuration) throws IOException {
        String location = info.getPhysicalLocation();
        if (location == null || !location.endsWith(info.getScript())) {
            return null;
        }
        int inJar = location.lastIndexOf(IN_JAR);
        if (inJar < 0) {
            return Files.isRegularFile(Path.of(location))
                    ? Files.readString(Path.of(location), configuration.getEncoding())
                    : null;
        }
        try (InputStream in =
                configuration.getClassLoader().getResourceAsStream(location.substring(inJar + IN_JAR.length()))) {
            return in == null ? null : new String(in.readAllBytes(), configuration.getEncoding());
        }
    }

    @Override
    Optional<String> rollBackLast(DirectConnections server) {
        throw notFree("Flyway takes nothing back in its free edition (undo is in Teams and Enterprise): write the next"
                + " migration so that it undoes the last one");
    }

    private static String name(MigrationInfo info) {
        return shortened(info.getScript(), info.getDescription());
    }

    /** Without the folder that it lies in. */
    private static String shortened(@Nullable String script, String otherwise) {
        if (script == null || script.isBlank()) {
            return otherwise;
        }
        String file = script.substring(1 + Math.max(script.lastIndexOf('/'), script.lastIndexOf('\\')));
        return file.endsWith(SQL) ? file.substring(0, file.length() - SQL.length()) : file;
    }
}
