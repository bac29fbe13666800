package io.github.lifebelt.internal.doctor;

import io.github.lifebelt.doctor.Doctor.Layer;
import io.github.lifebelt.url.DatabaseUrl.Host;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Whether somebody takes the connection, at each address of each host. */
final class TcpLayer {

    private static final Duration LONGEST = Duration.ofSeconds(3);

    /** An address at which nobody does, and why. */
    private record Closed(String host, InetSocketAddress at, Code code, String why) {}

    private TcpLayer() {}

    /** Those at which somebody does. */
    static List<InetSocketAddress> look(
            Map<Host, List<InetAddress>> hosts, int defaultPort, Course course, Findings findings) {
        List<InetSocketAddress> open = new ArrayList<>();
        List<Closed> closed = new ArrayList<>();
        int count = hosts.values().stream().mapToInt(List::size).sum();
        Duration each = course.share(LONGEST, 0.6 / Math.max(1, count));
        hosts.forEach((host, addresses) -> {
            int port = host.port() == null ? defaultPort : host.port();
            for (InetAddress address : addresses) {
                InetSocketAddress at = new InetSocketAddress(address, port);
                try (Socket socket = new Socket()) {
                    socket.connect(at, (int) Math.max(1, each.toMillis()));
                    open.add(at);
                } catch (IOException e) {
                    closed.add(new Closed(host.name(), at, code(e), why(e)));
                }
            }
        });
        if (open.isEmpty() && !closed.isEmpty()) {
            // Who says no is nearer than who says nothing.
            Closed telling = closed.stream()
                    .filter(one -> one.code() == Code.TCP_REFUSED)
                    .findFirst()
                    .orElse(closed.get(0));
            findings.add(telling.code(), text(telling), fix(telling));
        } else if (!closed.isEmpty()) {
            findings.add(
                    Code.HOST_PARTLY_UNREACHABLE,
                    "Of several addresses, " + text(closed.get(0)),
                    "start the server there, or take the address out of DNS or the list of hosts");
        }
        course.saw(Layer.TCP, open.isEmpty() ? "" : "connected to " + show(open.get(0)));
        return open;
    }

    private static Code code(IOException failure) {
        String words = String.valueOf(failure.getMessage()).toLowerCase(Locale.ROOT);
        if (failure instanceof SocketTimeoutException || words.contains("timed out")) {
            return Code.TCP_TIMED_OUT;
        }
        return words.contains("refused") ? Code.TCP_REFUSED : Code.TCP_UNREACHABLE;
    }

    private static String why(IOException failure) {
        return String.valueOf(failure.getMessage());
    }

    private static String text(Closed closed) {
        String at = show(closed.at());
        String where = at.startsWith(closed.host()) ? at : closed.host() + " (" + at + ")";
        return switch (closed.code()) {
            case TCP_REFUSED -> "nobody listens at " + where + ": the connection was refused";
            case TCP_TIMED_OUT ->
                where + " does not answer at all: a firewall drops the packets, or the machine is not there";
            default -> where + " cannot be reached from here: " + closed.why();
        };
    }

    private static String fix(Closed closed) {
        String host = closed.host().toLowerCase(Locale.ROOT);
        if (closed.code() == Code.TCP_REFUSED) {
            return "start the server, or correct the port (" + closed.at().getPort() + ") in the URL";
        }
        if (host.contains(".azure.") || host.contains("usgovcloudapi") || host.contains("chinacloudapi")) {
            return "allow this machine's address in the server's firewall (Azure portal: Networking), or run in the virtual"
                    + " network of its private endpoint";
        }
        return "open port " + closed.at().getPort() + " of " + closed.host()
                + " for this machine's address in the firewall or security group";
    }

    static String show(InetSocketAddress at) {
        String address = at.getAddress().getHostAddress();
        return (address.indexOf(':') < 0 ? address : "[" + address + "]") + ":" + at.getPort();
    }
}
