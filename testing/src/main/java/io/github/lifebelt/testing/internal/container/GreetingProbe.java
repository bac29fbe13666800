package io.github.lifebelt.testing.internal.container;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;

/**
 * Asks a MySQL or MariaDB server, without a driver, whether it takes connections: it greets whoever connects, or says what
 * it has against them. Behind a published port somebody accepts connections before there is a server, but says nothing.
 */
final class GreetingProbe {
    private static final int TIMEOUT_MILLIS = 2_000;
    private static final int HEADER_BYTES = 4;
    private static final int ERROR = 0xFF;
    private static final int SHUTDOWN_IN_PROGRESS = 1053;

    private GreetingProbe() {}

    static boolean accepts(int port) {
        try (Socket socket = new Socket()) {
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), TIMEOUT_MILLIS);
            DataInputStream in = new DataInputStream(socket.getInputStream());
            in.readFully(new byte[HEADER_BYTES]);
            return in.readUnsignedByte() != ERROR || Short.reverseBytes(in.readShort()) != SHUTDOWN_IN_PROGRESS;
        } catch (IOException e) {
            return false;
        }
    }
}
