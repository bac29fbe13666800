package io.github.lifebelt.contract;

import io.github.lifebelt.PoolListener;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Watches all that any test of the module prints, logs at every level or is told as a failure, for the password with
 * which every test logs in. Registered for all tests by the service file beside it; the test during which the secret was
 * shown fails.
 */
public final class SecretGuard implements BeforeAllCallback, AfterEachCallback {

    /** The fixture's password for everybody, which stands in no source and no message: literally, and as URLs have it. */
    static final List<String> MARKS = List.of("lifebelt$test", "lifebelt%24test");

    private static final ConcurrentLinkedQueue<String> FOUND = new ConcurrentLinkedQueue<>();
    private static boolean installed;

    @Override
    public void beforeAll(ExtensionContext context) {
        install();
    }

    private static synchronized void install() {
        if (!installed) {
            installed = true;
            System.setOut(watched(System.out));
            System.setErr(watched(System.err));
        }
    }

    private static PrintStream watched(PrintStream stream) {
        return new PrintStream(new Watched(stream), true, StandardCharsets.UTF_8);
    }

    @Override
    public void afterEach(ExtensionContext context) {
        check();
    }

    /** Fails if a secret was shown since the last time. */
    static void check() {
        String found = FOUND.poll();
        if (found != null) {
            FOUND.clear();
            throw new AssertionError("the password of the tests was shown: " + found);
        }
    }

    /** A failure that somebody was told, whether it is printed or not. */
    static void seen(@Nullable Throwable failure) {
        if (failure != null) {
            StringWriter text = new StringWriter();
            failure.printStackTrace(new PrintWriter(text));
            search(text.toString(), failure.getClass().getName());
        }
    }

    private static void search(String text, String where) {
        for (String mark : MARKS) {
            if (text.contains(mark)) {
                FOUND.add("by " + where + ", in a text of " + text.length() + " characters, at " + text.indexOf(mark));
            }
        }
    }

    /** All that a pool's listeners hear of failures. */
    static PoolListener listener() {
        return new PoolListener() {
            @Override
            public void borrowFailed(java.time.Duration took, SQLException failure) {
                seen(failure);
            }

            @Override
            public void connectFailed(SQLException failure) {
                seen(failure);
            }

            @Override
            public void databaseDown(SQLException cause) {
                seen(cause);
            }

            @Override
            public void unitFailed(String unit, java.time.Duration took, int attempts, @Nullable Throwable failure) {
                seen(failure);
            }

            @Override
            public void commitUnknown(String unit, SQLException failure) {
                seen(failure);
            }
        };
    }

    private static final class Watched extends FilterOutputStream {
        private static final int LONGEST = 64;
        private final StringBuilder last = new StringBuilder();

        Watched(OutputStream out) {
            super(out);
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public synchronized void write(byte[] bytes, int offset, int length) throws IOException {
            // What matters is ASCII; a secret may come in two pieces.
            last.append(new String(bytes, offset, length, StandardCharsets.ISO_8859_1));
            search(last.toString(), "the thread " + Thread.currentThread().getName());
            boolean shown = MARKS.stream().anyMatch(mark -> last.indexOf(mark) >= 0);
            last.delete(0, shown ? last.length() : Math.max(0, last.length() - LONGEST));
            out.write(bytes, offset, length);
        }
    }
}
