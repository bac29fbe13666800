package io.github.lifebelt.testing.internal.gateway;

import io.github.lifebelt.testing.internal.system.Ports;
import java.nio.file.Path;
import java.util.List;

/** HAProxy in TCP mode in front of servers, the first of which that is up is used. */
public final class HaProxyPrograms extends GatewayPrograms {
    /** The file name of the socket that takes commands. */
    public static final String COMMANDS = "commands";

    private final String program;
    private final List<Integer> serverPorts;
    private final List<Integer> checkPorts;

    private HaProxyPrograms(String program, List<Integer> serverPorts, List<Integer> checkPorts) {
        super("HAProxy", program);
        this.program = program;
        this.serverPorts = serverPorts;
        this.checkPorts = checkPorts;
    }

    /**
     * For servers on loopback ports.
     *
     * @param checkPorts where HTTP tells of each server whether it is to be used; empty if that is so while it is up
     */
    public static HaProxyPrograms inFrontOf(List<Integer> serverPorts, List<Integer> checkPorts) {
        return new HaProxyPrograms(InstalledPrograms.find("haproxy", "HAProxy"), serverPorts, checkPorts);
    }

    @Override
    String configuration(Path folder, int port) {
        StringBuilder text = new StringBuilder("global\n  stats socket " + folder.resolve(COMMANDS)
                + " mode 600 level admin\n  maxconn 2000\n"
                + "defaults\n  mode tcp\n  timeout connect 5s\n  timeout client 1h\n  timeout server 1h\n"
                + "frontend clients\n");
        for (String address : Ports.loopbackAddresses().split(",", -1)) {
            text.append("  bind ").append(address).append(':').append(port).append('\n');
        }
        text.append("  default_backend servers\nbackend servers\n  option redispatch\n");
        if (!checkPorts.isEmpty()) {
            // Without a time-out of its own an answer would have to come within the period.
            text.append("  option httpchk GET /\n  timeout check 2s\n");
        }
        for (int i = 0; i < serverPorts.size(); i++) {
            text.append("  server s")
                    .append(i)
                    .append(" 127.0.0.1:")
                    .append(serverPorts.get(i))
                    .append(checkPorts.isEmpty() ? " check" : " check port " + checkPorts.get(i))
                    .append(" inter 100ms fall 2 rise 1 on-marked-down shutdown-sessions")
                    .append(i == 0 ? "" : " backup")
                    .append('\n');
        }
        return text.toString();
    }

    @Override
    List<String> arguments(Path configuration) {
        return List.of(program, "-db", "-f", configuration.toString());
    }
}
