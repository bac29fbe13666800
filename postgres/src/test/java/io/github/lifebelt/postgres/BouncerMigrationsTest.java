package io.github.lifebelt.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.contract.MigrationFiles;
import io.github.lifebelt.contract.MigrationFiles.Tool;
import io.github.lifebelt.migration.Migrations;
import io.github.lifebelt.migration.Migrations.MigrationException;
import io.github.lifebelt.testing.PgBouncer;
import io.github.lifebelt.testing.TestDatabase;
import java.nio.file.Path;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A pool that goes through a real PgBouncer, which has to be installed: {@code -Ppackages} runs this. */
@Tag("packages")
class BouncerMigrationsTest {

    @TempDir
    Path folder;

    private static void assertRefused(ThrowingCallable call) {
        MigrationException refused = catchThrowableOfType(MigrationException.class, call);
        assertThat((Throwable) refused).isNotNull();
        assertThat(refused.code()).isEqualTo("MIGRATION_THROUGH_POOLER");
        assertThat(refused)
                .hasMessageStartingWith("[MIGRATION_THROUGH_POOLER] behind ")
                .hasMessageContaining("Migrations.directUrl(");
    }

    @ParameterizedTest
    @EnumSource(Tool.class)
    void aPoolerIsRefusedUntilTheServerIsNamed(Tool tool) throws Exception {
        MigrationFiles files = new MigrationFiles(tool, folder);
        Migrations migrations = files.migrations();
        // One session for all: what went through it would wait for the pool's own.
        try (TestDatabase server = TestDatabase.postgres().start();
                PgBouncer bouncer = PgBouncer.inFrontOf(server, Map.of("default_pool_size", "1"));
                ConnectionPool pool = ConnectionPool.fromUrl(server.url(bouncer))) {
            assertRefused(() -> migrations.status(pool));
            assertRefused(() -> migrations.apply(pool));
            assertRefused(() -> migrations.preview(pool));
            Migrations direct = migrations.directUrl(server.url());
            assertThat(direct.status(pool).unapplied()).isEqualTo(files.allNamed());
            assertThat(direct.apply(pool)).isEqualTo(files.allNamed());
            assertThat(direct.status(pool).ready()).isTrue();
        }
    }
}
