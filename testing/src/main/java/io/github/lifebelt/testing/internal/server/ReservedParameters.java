package io.github.lifebelt.testing.internal.server;

import io.github.lifebelt.testing.DatabaseProduct;
import java.util.Set;

/** Parameters without which the fixture would not know its server any more. */
public final class ReservedParameters {
    private static final Set<String> POSTGRES = Set.of(
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
    private static final Set<String> MYSQL = Set.of(
            "basedir",
            "bind_address",
            "datadir",
            "log_error",
            "pid_file",
            "port",
            "require_secure_transport",
            "skip_networking",
            "socket",
            "ssl",
            "ssl_ca",
            "ssl_cert",
            "ssl_key",
            "user");

    private ReservedParameters() {}

    /** Whether it is one of them; in lower case, and MySQL's with an underscore. */
    public static boolean contain(DatabaseProduct product, String parameter) {
        return (product == DatabaseProduct.POSTGRESQL ? POSTGRES : MYSQL).contains(parameter);
    }
}
