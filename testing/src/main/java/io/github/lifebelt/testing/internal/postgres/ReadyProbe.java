package io.github.lifebelt.testing.internal.postgres;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/**
 * Asks a PostgreSQL server, without a driver, whether it takes connections: it begins a login as a user that does not
 * exist. Whatever the server has against that user, it says only if it would listen to others; while it starts, stops or
 * recovers it answers SQLState 57P03.
 */
public final class ReadyProbe {
    private static final int TIMEOUT_MILLIS = 2_000;
    private static final int PROTOCOL_3_0 = 3 << 16;
    private static final int LONGEST_ANSWER = 10_000;
    private static final String CANNOT_CONNECT_NOW = "57P03";

    private ReadyProbe() {}

    public static boolean accepts(int port) {
        try (Socket socket = new Socket()) {
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), TIMEOUT_MILLIS);
            sendStartup(socket);
            return isWelcome(new DataInputStream(socket.getInputStream()));
        } catch (IOException e) {
            return false;
        }
    }

    private static void sendStartup(Socket socket) throws IOException {
        byte[] parameters = "user\0lifebelt_probe\0database\0template1\0\0".getBytes(StandardCharsets.US_ASCII);
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(message);
        out.writeInt(2 * Integer.BYTES + parameters.length);
        out.writeInt(PROTOCOL_3_0);
        out.write(parameters);
        socket.getOutputStream().write(message.toByteArray());
    }

    private static boolean isWelcome(DataInputStream in) throws IOException {
        int kind = in.readUnsignedByte();
        int length = in.readInt() - Integer.BYTES;
        if (kind != 'E') {
            return true;
        }
        byte[] fields = in.readNBytes(Math.min(Math.max(length, 0), LONGEST_ANSWER));
        return !new String(fields, StandardCharsets.UTF_8).contains("C" + CANNOT_CONNECT_NOW + "\0");
    }
}
