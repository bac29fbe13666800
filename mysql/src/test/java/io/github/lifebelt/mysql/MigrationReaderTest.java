package io.github.lifebelt.mysql;

import static io.github.lifebelt.contract.Sql.execute;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.contract.MigrationFiles;
import io.github.lifebelt.contract.MigrationFiles.Tool;
import io.github.lifebelt.contract.Servers;
import io.github.lifebelt.migration.Migrations;
import io.github.lifebelt.migration.Migrations.MigrationException;
import io.github.lifebelt.testing.Administrators;
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
        try (TestDatabase server = TestDatabase.of(Servers.PRODUCT).start();
                ConnectionPool pool = ConnectionPool.fromUrl(server.url());
                Connection administrator = Administrators.of(server)) {
            execute(administrator, "create user reader identified by 'reading'");
            execute(administrator, "grant select on " + server.database() + ".* to reader");
            Migrations reader = owner.directUrl(
                    "mysql://reader:reading@" + server.host() + ":" + server.port() + "/" + server.database());
            assertThat(reader.status(pool).unapplied()).isEqualTo(files.allNamed());
            owner.apply(pool);
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
