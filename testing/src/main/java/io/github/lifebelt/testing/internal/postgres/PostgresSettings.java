package io.github.lifebelt.testing.internal.postgres;

import io.github.lifebelt.testing.TestCertificates;
import io.github.lifebelt.testing.internal.system.Ports;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * All that makes one server different from another.
 *
 * @param user the ordinary role
 * @param password its password
 * @param database the database it owns
 * @param adminPassword the superuser's password
 * @param certificate what the server shows; null for a server without TLS
 * @param parameters what the user wants in postgresql.conf
 */
public record PostgresSettings(
        String user,
        String password,
        String database,
        String adminPassword,
        TestCertificates.@Nullable ServerCertificate certificate,
        Map<String, String> parameters) {
    public static final String ADMIN = "lifebelt_admin";

    private static final Set<String> OURS = Set.of(
            "data_directory",
            "external_pid_file",
            "hba_file",
            "ident_file",
            "listen_addresses",
            "log_destination",
            "logging_collector",
            "port",
            "ssl",
            "ssl_cert_file",
            "ssl_key_file",
            "unix_socket_directories");

    /** Whether a parameter is one without which the fixture would not know its server any more. */
    public static boolean isOurs(String parameter) {
        return OURS.contains(parameter);
    }

    /** What is added to postgresql.conf. The data is thrown away, so nothing is done for its safety on disk. */
    public String configuration() {
        StringBuilder text = new StringBuilder();
        add(text, "listen_addresses", Ports.loopbackAddresses());
        add(text, "unix_socket_directories", "");
        // In the data folder, so that it goes with it, even if the server is killed.
        add(text, "dynamic_shared_memory_type", "mmap");
        add(text, "fsync", "off");
        add(text, "full_page_writes", "off");
        add(text, "password_encryption", "scram-sha-256");
        add(text, "timezone", "UTC");
        add(text, "log_timezone", "UTC");
        add(text, "log_line_prefix", "%m [%p] %q%u@%d ");
        if (certificate != null) {
            add(text, "ssl", "on");
            add(text, "ssl_cert_file", PostgresDataFolder.CERTIFICATE);
            add(text, "ssl_key_file", PostgresDataFolder.KEY);
        }
        parameters.forEach((name, value) -> add(text, name, value));
        return text.toString();
    }

    /** Who may log in from where: all with a password, and with TLS only over TLS, as clouds have it. */
    public String access() {
        String rule = certificate == null ? "host" : "hostssl";
        return rule + " all all 127.0.0.1/32 scram-sha-256\n" + rule + " all all ::1/128 scram-sha-256\n";
    }

    /** The roles and the database, one statement a line, as PostgreSQL's single-user mode wants it. */
    public String bootstrap() {
        return "ALTER ROLE " + identifier(ADMIN) + " PASSWORD " + literal(adminPassword) + "\n"
                + "CREATE ROLE " + identifier(user) + " LOGIN PASSWORD " + literal(password) + "\n"
                + "CREATE DATABASE " + identifier(database) + " OWNER " + identifier(user) + "\n";
    }

    private static void add(StringBuilder text, String name, String value) {
        text.append(name)
                .append(" = '")
                .append(value.replace("\\", "\\\\").replace("'", "''"))
                .append("'\n");
    }

    private static String identifier(String name) {
        return "\"" + name.replace("\"", "\"\"") + "\"";
    }

    private static String literal(String value) {
        return "'" + value.replace("'", "''") + "'";
    }
}
