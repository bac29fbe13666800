package io.github.lifebelt.testing.internal.gateway;

import io.github.lifebelt.testing.internal.server.CertificateFiles;
import io.github.lifebelt.testing.internal.server.ServerSpec;
import io.github.lifebelt.testing.internal.system.Ports;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** PgBouncer in front of one server, with that server's certificate and users. */
public final class PgBouncerPrograms extends GatewayPrograms {
    private final String program;
    private final ServerSpec server;
    private final String password;
    private final int serverPort;
    private final Map<String, String> settings;

    private PgBouncerPrograms(
            String program, ServerSpec server, String password, int serverPort, Map<String, String> settings) {
        super("PgBouncer", program);
        this.program = program;
        this.server = server;
        this.password = password;
        this.serverPort = serverPort;
        this.settings = settings;
    }

    /** For a server on a loopback port. */
    public static PgBouncerPrograms inFrontOf(
            ServerSpec server, String password, int serverPort, Map<String, String> settings) {
        return new PgBouncerPrograms(
                InstalledPrograms.find("pgbouncer", "PgBouncer"), server, password, serverPort, settings);
    }

    @Override
    public void beforeStart(Path data, int port) throws IOException {
        super.beforeStart(data, port);
        write(data.resolve("users"), quoted(server.user()) + " " + quoted(password) + "\n");
    }

    @Override
    String configuration(Path folder, int port) {
        Map<String, String> all = new LinkedHashMap<>();
        all.put("listen_addr", Ports.loopbackAddresses());
        all.put("listen_port", Integer.toString(port));
        all.put("unix_socket_dir", "");
        all.put("auth_type", "scram-sha-256");
        all.put("auth_file", folder.resolve("users").toString());
        all.put("pool_mode", "transaction");
        // What drivers send at the start and PgBouncer would refuse.
        all.put("ignore_startup_parameters", "extra_float_digits");
        if (server.tls()) {
            all.put("client_tls_sslmode", "require");
            all.put(
                    "client_tls_cert_file",
                    folder.resolve(CertificateFiles.CERTIFICATE).toString());
            all.put("client_tls_key_file", folder.resolve(CertificateFiles.KEY).toString());
            all.put("server_tls_sslmode", "require");
        } else {
            all.put("server_tls_sslmode", "disable");
        }
        all.putAll(settings);
        StringBuilder text =
                new StringBuilder("[databases]\n* = host=127.0.0.1 port=" + serverPort + "\n[pgbouncer]\n");
        all.forEach(
                (name, value) -> text.append(name).append(" = ").append(value).append('\n'));
        return text.toString();
    }

    @Override
    List<String> arguments(Path configuration) {
        return List.of(program, configuration.toString());
    }

    private static String quoted(String text) {
        return '"' + text.replace("\"", "\"\"") + '"';
    }
}
