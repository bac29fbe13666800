package io.github.lifebelt.testing.internal.postgres;

import io.github.lifebelt.testing.internal.server.AdminSession;
import io.github.lifebelt.testing.internal.server.EmbeddedEngine;
import io.github.lifebelt.testing.internal.server.ServerSpec;
import io.github.lifebelt.testing.internal.system.Folders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Set;

/**
 * A streaming replica of an embedded server. The embedded programs have no pg_basebackup, so its data folder is copied
 * as the documentation of low-level backups says, while the primary runs.
 *
 * @see <a href="https://www.postgresql.org/docs/current/continuous-archiving.html#BACKUP-LOWLEVEL-BASE-BACKUP">Making a
 *     Base Backup Using the Low Level API</a>
 */
public final class PostgresReplica {
    // What the documentation says to leave out: it is the primary's own, or comes over the stream.
    private static final Set<String> LEFT_OUT =
            Set.of("postmaster.pid", "postmaster.opts", "pg_wal", "pg_replslot", "pg_stat_tmp", "pg_dynshmem");
    private static final int RENAMED_FUNCTIONS = 150_000;

    private PostgresReplica() {}

    /** Copies a running primary; the replica is not started yet. */
    public static EmbeddedEngine of(EmbeddedEngine primary, AdminSession admin) throws IOException {
        return new EmbeddedEngine(
                primary.programs(), primary.spec(), (folder, spec) -> copy(primary, admin, folder.resolve("data")));
    }

    private static Path copy(EmbeddedEngine primary, AdminSession admin, Path target) throws IOException {
        try {
            // Until the replica streams, the primary must not throw away what it will ask for.
            admin.execute("ALTER SYSTEM SET wal_keep_size = '256MB'", "SELECT pg_reload_conf()");
            boolean renamed = admin.number("SHOW server_version_num") >= RENAMED_FUNCTIONS;
            // Begin and end have to be said in one session.
            Connection session = admin.live();
            try (Statement statement = session.createStatement()) {
                statement.execute(
                        renamed
                                ? "SELECT pg_backup_start('replica', true)"
                                : "SELECT pg_start_backup('replica', true, false)");
                Folders.copyOfLiving(primary.data(), target, LEFT_OUT);
                try (ResultSet end = statement.executeQuery(
                        "SELECT labelfile FROM " + (renamed ? "pg_backup_stop()" : "pg_stop_backup(false)"))) {
                    end.next();
                    Folders.writeLike(target.resolve("PG_VERSION"), target.resolve("backup_label"), end.getString(1));
                }
            }
        } catch (SQLException e) {
            throw new IOException("the primary could not be copied: " + e.getMessage(), e);
        }
        for (String empty : LEFT_OUT) {
            if (empty.startsWith("pg_")) {
                Folders.createLike(target.resolve("base"), target.resolve(empty));
            }
        }
        Folders.createLike(target.resolve("base"), target.resolve("pg_wal").resolve("archive_status"));
        Folders.writeLike(target.resolve("PG_VERSION"), target.resolve("standby.signal"), "");
        Files.writeString(target.resolve("postgresql.conf"), connection(primary), StandardOpenOption.APPEND);
        // Settings made in SQL are the primary's.
        Files.writeString(target.resolve("postgresql.auto.conf"), "");
        return target;
    }

    private static String connection(EmbeddedEngine primary) {
        ServerSpec spec = primary.spec();
        return "primary_conninfo = 'host=127.0.0.1 port=" + primary.port() + " user=" + ServerSpec.ADMIN + " password="
                + spec.adminPassword() + " sslmode=" + (spec.tls() ? "require" : "disable")
                + " application_name=lifebelt_replica'\n"
                // Looks for its primary again without the five seconds it takes by default.
                + "wal_retrieve_retry_interval = '100ms'\n"
                + "hot_standby = on\n";
    }
}
