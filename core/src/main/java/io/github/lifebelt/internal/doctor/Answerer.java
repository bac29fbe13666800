package io.github.lifebelt.internal.doctor;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * Who is at the other end of a line on which a login came to nothing. PostgreSQL waits for its client and answers one byte
 * to the question whether it speaks TLS; MySQL and MariaDB speak first, whatever they are told; the rest is known by its
 * first letters.
 */
enum Answerer {
    POSTGRESQL("a PostgreSQL server"),
    MYSQL("a MySQL or MariaDB server"),
    HTTP("a web server (HTTP)"),
    TLS("a server that speaks TLS from the first byte on, as HTTPS does"),
    SSH("an SSH server"),
    STRANGER("something that speaks another protocol"),
    SILENT("something that takes the connection and says nothing"),
    CLOSES("something that takes the connection and closes it at once"),
    RESETS("something that takes the connection and resets it at once"),
    NOBODY("nobody any more");

    private static final byte[] SSL_REQUEST = {0, 0, 0, 8, 4, (byte) 0xd2, 0x16, 0x2f};
    private static final byte[] WEB_REQUEST = "GET / HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final int MYSQL_PROTOCOL = 10;
    private static final int MYSQL_ERROR = 0xff;

    final String words;

    Answerer(String words) {
        this.words = words;
    }

    /** Whether its own family's driver was meant to meet it. */
    boolean is(String dialect) {
        return name().equalsIgnoreCase(dialect);
    }

    /** Asks twice at most. */
    static Answerer at(InetSocketAddress address, Duration limitOfEach) {
        Answerer first = ask(address, limitOfEach, SSL_REQUEST);
        if (first == SILENT || first == CLOSES || first == RESETS) {
            Answerer second = ask(address, limitOfEach, WEB_REQUEST);
            return second == HTTP || second == TLS ? second : first;
        }
        return first;
    }

    private static Answerer ask(InetSocketAddress address, Duration limit, byte[] question) {
        int millis = (int) Math.max(1, limit.toMillis());
        try (Socket socket = new Socket()) {
            socket.connect(address, millis);
            socket.setSoTimeout(millis);
            socket.getOutputStream().write(question);
            byte[] answer = new byte[8];
            int first = socket.getInputStream().read(answer, 0, 1);
            if (first < 0) {
                return CLOSES;
            }
            // The rest comes along, unless one byte was all.
            socket.setSoTimeout(Math.min(millis, 300));
            int length = 1 + rest(socket, answer);
            return of(answer, length);
        } catch (SocketTimeoutException e) {
            return SILENT;
        } catch (ConnectException e) {
            return NOBODY;
        } catch (IOException e) {
            return RESETS;
        }
    }

    private static int rest(Socket socket, byte[] answer) {
        try {
            return socket.getInputStream().readNBytes(answer, 1, answer.length - 1);
        } catch (IOException e) {
            return 0;
        }
    }

    private static Answerer of(byte[] answer, int length) {
        String text = new String(answer, 0, length, StandardCharsets.ISO_8859_1);
        if (text.equals("S") || text.equals("N") || text.startsWith("E\0")) {
            return POSTGRESQL;
        }
        if (length > 4
                && answer[2] == 0
                && answer[3] == 0
                && (answer[4] == MYSQL_PROTOCOL || (answer[4] & 0xff) == MYSQL_ERROR)) {
            return MYSQL;
        }
        if (text.startsWith("HTTP/") || text.startsWith("<")) {
            return HTTP;
        }
        if (text.startsWith("SSH-")) {
            return SSH;
        }
        return text.startsWith("\u0015\u0003") || text.startsWith("\u0016\u0003") ? TLS : STRANGER;
    }
}
