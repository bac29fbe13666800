package io.github.lifebelt.postgres.net;

import io.github.lifebelt.url.DatabaseUrl;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketOption;
import java.util.Map;
import jdk.net.ExtendedSocketOptions;

/**
 * libpq's {@code keepalives_idle}, {@code keepalives_interval} and {@code keepalives_count}, which pgjdbc has no
 * properties for. What is not given stays as the socket has it.
 */
final class KeepAlive {

    private static final Map<String, SocketOption<Integer>> OPTIONS = Map.of(
            "keepalives_idle", ExtendedSocketOptions.TCP_KEEPIDLE,
            "keepalives_interval", ExtendedSocketOptions.TCP_KEEPINTERVAL,
            "keepalives_count", ExtendedSocketOptions.TCP_KEEPCOUNT);

    private KeepAlive() {}

    static Socket apply(Socket socket, DatabaseUrl url) throws IOException {
        for (Map.Entry<String, SocketOption<Integer>> option : OPTIONS.entrySet()) {
            String value = url.parameters().get(option.getKey());
            // 0 is libpq's word for the system's default, and a system without the option has only that.
            if (value != null
                    && Integer.parseInt(value) > 0
                    && socket.supportedOptions().contains(option.getValue())) {
                socket.setOption(option.getValue(), Integer.valueOf(value));
            }
        }
        return socket;
    }
}
