package io.github.lifebelt.testing.internal.mysql;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;

/**
 * Asks a MySQL or MariaDB server, without a driver, whether it takes connections: it is the server that speaks first.
 * One that is full says so and is up all the same.
 */
public final class GreetingProbe {
    private static final int TIMEOUT_MILLIS = 2_000;
    private static final int HEADER = 4;
    private static final int PROTOCOL_10 = 0x0a;
    private static final int ERROR = 0xff;
    private static final int TOO_MANY_CONNECTIONS = 1040;

    private GreetingProbe() {}

    /** Whether the server on that port of the loopback address welcomes a client now. */
    public static boolean accepts(int port) {
        try (Socket socket = new Socket()) {
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), TIMEOUT_MILLIS);
            DataInputStream in = new DataInputStream(socket.getInputStream());
            in.readFully(new byte[HEADER]);
            int first = in.readUnsignedByte();
            return first == PROTOCOL_10 || (first == ERROR && errorCode(in) == TOO_MANY_CONNECTIONS);
        } catch (IOException e) {
            return false;
        }
    }

    private static int errorCode(DataInputStream in) throws IOException {
        int low = in.readUnsignedByte();
        return low | in.readUnsignedByte() << Byte.SIZE;
    }
}
