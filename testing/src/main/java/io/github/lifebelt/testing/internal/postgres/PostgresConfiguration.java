package io.github.lifebelt.testing.internal.postgres;

import io.github.lifebelt.testing.internal.server.CertificateFiles;
import io.github.lifebelt.testing.internal.server.ServerSpec;
import io.github.lifebelt.testing.internal.system.Ports;
import java.util.LinkedHashMap;
import java.util.Map;

/** What a server is told at its making: settings, who may log in, roles and database. */
public final class PostgresConfiguration {
    private PostgresConfiguration() {}

    /** What is added to an embedded server's postgresql.conf. */
    static String file(ServerSpec spec) {
        Map<String, String> all = new LinkedHashMap<>();
        all.put("listen_addresses", Ports.loopbackAddresses());
        all.put("unix_socket_directories", "");
        // In the data folder, so that it goes with it, even if the server is killed.
        all.put("dynamic_shared_memory_type", "mmap");
        if (spec.tls()) {
            all.put("ssl", "on");
            all.put("ssl_cert_file", CertificateFiles.CERTIFICATE);
            all.put("ssl_key_file", CertificateFiles.KEY);
            if (spec.clientAuthority() != null) {
                all.put("ssl_ca_file", CertificateFiles.CLIENT_AUTHORITY);
            }
        }
        all.putAll(parameters(spec));
        StringBuilder text = new StringBuilder();
        all.forEach((name, value) -> text.append(name)
                .append(" = '")
                .append(value.replace("\\", "\\\\").replace("'", "''"))
                .append("'\n"));
        return text.toString();
    }

    /** What every provider's server is to be like. The data is thrown away, so nothing is done for its safety on disk. */
    public static Map<String, String> parameters(ServerSpec spec) {
        Map<String, String> all = new LinkedHashMap<>();
        all.put("fsync", "off");
        all.put("full_page_writes", "off");
        // Data may be in memory, so the log of what was done must not grow to a gigabyte.
        all.put("max_wal_size", "128MB");
        all.put("password_encryption", "scram-sha-256");
        all.put("timezone", "UTC");
        all.put("log_timezone", "UTC");
        all.put("log_line_prefix", "%m [%p] %q%u@%d ");
        all.putAll(spec.parameters());
        return all;
    }

    /**
     * Who may log in: all with a password, and with TLS only over TLS, as clouds have it.
     *
     * @param spec the server
     * @param addresses from where, in the words of pg_hba.conf
     */
    public static String access(ServerSpec spec, String... addresses) {
        String rule = spec.tls() ? "hostssl" : "host";
        StringBuilder text = new StringBuilder();
        for (String address : addresses) {
            if (spec.clientAuthority() == null) {
                text.append(rule)
                        .append(" all,replication all ")
                        .append(address)
                        .append(" scram-sha-256\n");
            } else {
                text.append(rule)
                        .append(" all,replication ")
                        .append(ServerSpec.ADMIN)
                        .append(' ')
                        .append(address)
                        .append(" scram-sha-256\n");
                text.append(rule).append(" all all ").append(address).append(" scram-sha-256 clientcert=verify-ca\n");
            }
        }
        return text.toString();
    }

    /** The roles and the database, one statement a line, as PostgreSQL's single-user mode wants it. */
    static String bootstrap(ServerSpec spec) {
        return "ALTER ROLE " + identifier(ServerSpec.ADMIN) + " PASSWORD " + literal(spec.adminPassword()) + "\n"
                + createUser(spec) + "\n"
                + createDatabase(spec) + "\n";
    }

    static String createUser(ServerSpec spec) {
        return "CREATE ROLE " + identifier(spec.user()) + " LOGIN PASSWORD " + literal(spec.password());
    }

    static String createDatabase(ServerSpec spec) {
        return "CREATE DATABASE " + identifier(spec.database()) + " OWNER " + identifier(spec.user());
    }

    static String identifier(String name) {
        return "\"" + name.replace("\"", "\"\"") + "\"";
    }

    static String literal(String value) {
        return "'" + value.replace("'", "''") + "'";
    }
}
