package io.github.lifebelt.contract;

import static io.github.lifebelt.contract.Sql.execute;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.contract.MigrationFiles.Tool;
import io.github.lifebelt.migration.Migrations;
import io.github.lifebelt.migration.Migrations.MigrationException;
import io.github.lifebelt.testing.TestDatabase;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a process that was killed leaves behind is told, and left alone. */
class LiquibaseLockTest {

    @TempDir
    Path folder;

    @Test
    void aLockThatWasLeftBehindIsToldWithItsHolderAndItsRemedy() throws Exception {
        MigrationFiles files = new MigrationFiles(Tool.LIQUIBASE, folder);
        Migrations migrations = Migrations.liquibase(files.changeLog().lockWait(Duration.ofMillis(600)));
        try (TestDatabase server = TestDatabase.of(Servers.PRODUCT).start();
                ConnectionPool pool = ConnectionPool.fromUrl(server.url());
                Connection killed = Servers.bare(server)) {
            migrations.apply(pool);
            files.add("later", "V9__add_phone");
            execute(
                    killed,
                    "update DATABASECHANGELOGLOCK set LOCKED = " + (Sql.FAILURE_ENDS_TRANSACTION ? "true" : "1")
                            + ", LOCKGRANTED = current_timestamp, LOCKEDBY = 'pod-7 (10.0.0.7)' where ID = 1");
            assertThat(migrations.status(pool).sentence())
                    .startsWith("Found 1 unapplied migration: ")
                    .contains("held by pod-7 (10.0.0.7) since 20");
            MigrationException locked = catchThrowableOfType(MigrationException.class, () -> migrations.apply(pool));
            assertThat(locked.code()).isEqualTo("MIGRATION_LOCKED");
            assertThat(locked)
                    .hasMessageContaining("held by pod-7 (10.0.0.7) since 20")
                    .hasMessageContaining("liquibase release-locks");
            assertThat(migrations.status(pool).lock()).contains("pod-7");
            String sentence = String.valueOf(migrations.status(pool).lock());
            String remedy = sentence.substring(sentence.indexOf("UPDATE "));
            execute(killed, remedy);
            assertThat(migrations.apply(pool)).containsExactly(files.named("V9__add_phone"));
            assertThat(migrations.status(pool).lock()).isNull();
        }
    }
}
