package io.github.lifebelt.postgres;

import static io.github.lifebelt.contract.Sql.execute;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.contract.MigrationFiles;
import io.github.lifebelt.contract.MigrationFiles.Tool;
import io.github.lifebelt.migration.Migrations;
import io.github.lifebelt.migration.Migrations.MigrationException;
import io.github.lifebelt.testing.Administrator;
import io.github.lifebelt.testing.TestDatabase;
import java.nio.file.Path;
import java.sql.Connection;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Asked by a user of another name, who may do nothing but read; the pool's own is the owner. */
class MigrationReaderTest {

    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource(Tool.class)
    void aUserWhoMayOnlyReadCanAskAndNotApply(Tool tool) throws Exception {
        MigrationFiles files = new MigrationFiles(tool, folder);
        Migrations owner = files.migrations();
        try (TestDatabase server = TestDatabase.postgres().start();
                ConnectionPool pool = ConnectionPool.fromUrl(server.url());
                Connection administrator = Administrator.of(server)) {
            execute(administrator, "drop role if exists reader");
            execute(administrator, "create role reader login password 'reading'");
            Migrations reader = owner.directUrl(
                    "postgresql://reader:reading@" + server.host() + ":" + server.port() + "/" + server.database());
            assertThat(reader.status(pool).unapplied()).isEqualTo(files.allNamed());
            owner.apply(pool);
            execute(administrator, "grant select on all tables in schema public to reader");
            assertThat(reader.status(pool).ready()).isTrue();
            files.add("later", "V9__add_phone");
            assertThat(reader.status(pool).unapplied()).containsExactly(files.named("V9__add_phone"));
            assertThat(reader.history(pool)).hasSize(8);
            MigrationException refused = catchThrowableOfType(MigrationException.class, () -> reader.apply(pool));
            assertThat(refused.code()).isEqualTo("MIGRATION_FAILED");
            assertThat(owner.apply(pool)).containsExactly(files.named("V9__add_phone"));
        }
    }
}
