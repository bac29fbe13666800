package io.github.lifebelt.testing.internal.mysql;

import static io.github.lifebelt.testing.internal.mysql.MySqlText.account;
import static io.github.lifebelt.testing.internal.mysql.MySqlText.grantee;
import static io.github.lifebelt.testing.internal.mysql.MySqlText.identifier;
import static io.github.lifebelt.testing.internal.mysql.MySqlText.literal;

import io.github.lifebelt.testing.DatabaseProduct;
import io.github.lifebelt.testing.internal.server.CertificateFiles;
import io.github.lifebelt.testing.internal.server.ServerSpec;
import java.util.ArrayList;
import java.util.List;

/** What a server is told at its making: settings, accounts and database. */
public final class MySqlConfiguration {
    private MySqlConfiguration() {}

    /**
     * What every provider's server is to be like, as arguments of the server program. The data is thrown away, so
     * little is done for its safety on disk; but what was committed survives the death of the server, as it is with the
     * operating system by then.
     *
     * @param spec the server
     * @param folder where its certificates are, from its own point of view, with the separator at its end
     */
    public static List<String> arguments(ServerSpec spec, String folder) {
        List<String> all = new ArrayList<>(List.of(
                "--innodb_flush_log_at_trx_commit=2",
                "--innodb_doublewrite=0",
                "--skip_name_resolve=ON",
                "--default_time_zone=+00:00",
                // MariaDB's own default is still latin1.
                "--character_set_server=utf8mb4"));
        if (spec.tls()) {
            all.addAll(List.of(
                    "--ssl_cert=" + folder + CertificateFiles.CERTIFICATE,
                    "--ssl_key=" + folder + CertificateFiles.KEY,
                    "--require_secure_transport=ON"));
            if (spec.clientAuthority() != null) {
                all.add("--ssl_ca=" + folder + CertificateFiles.CLIENT_AUTHORITY);
            }
        } else {
            all.add(spec.product() == DatabaseProduct.MARIADB ? "--ssl=OFF" : "--tls_version=");
        }
        if (spec.product() == DatabaseProduct.MYSQL && !spec.parameters().containsKey("log_bin")) {
            all.add("--skip_log_bin");
        }
        spec.parameters().forEach((name, value) -> all.add("--" + name + "=" + value));
        return all;
    }

    /**
     * The accounts and the database, one statement a line. They change nothing that is there, because a server is told
     * them at every start.
     */
    static String accounts(ServerSpec spec) {
        List<String> statements = new ArrayList<>(List.of("SET NAMES utf8mb4", "SET SESSION sql_mode = ''"));
        statements.add("CREATE USER IF NOT EXISTS " + account(ServerSpec.ADMIN) + " IDENTIFIED BY "
                + literal(spec.adminPassword()));
        statements.add("GRANT ALL PRIVILEGES ON *.* TO " + account(ServerSpec.ADMIN) + " WITH GRANT OPTION");
        statements.addAll(createUserAndDatabase(spec));
        // MySQL is initialised with it, and without a password.
        statements.add("DROP USER IF EXISTS 'root'@'localhost'");
        return String.join(";\n", statements) + ";\n";
    }

    /** The ordinary user, and the database it owns as far as there is such a thing: with all rights in it, but no others. */
    static List<String> createUserAndDatabase(ServerSpec spec) {
        return List.of(
                "CREATE DATABASE IF NOT EXISTS " + identifier(spec.database()),
                "CREATE USER IF NOT EXISTS " + account(spec.user()) + " IDENTIFIED BY " + literal(spec.password())
                        + (spec.clientAuthority() == null ? "" : " REQUIRE X509"),
                "GRANT ALL PRIVILEGES ON " + grantee(spec.database()) + ".* TO " + account(spec.user()));
    }
}
