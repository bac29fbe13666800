package io.github.lifebelt.testing.internal.proxy;

import io.github.lifebelt.testing.internal.proxy.Aims.Target;
import java.io.IOException;
import java.net.ProtocolException;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * PostgreSQL's protocol 3. Which answer belongs to which request follows from their order: what is executed is answered
 * one by one, an error skips everything up to the next Sync, and ReadyForQuery answers that.
 */
final class PostgresFollower implements Follower {
    private static final int SSL_REQUEST = 80_877_103;
    private static final int GSS_REQUEST = 80_877_104;
    private static final int REQUEST_BYTES = 8;
    // The server's own limits for what comes before a login, and for a message.
    private static final int MOST_STARTUP_BYTES = 10_000;
    private static final int LENGTH_BYTES = 4;
    private static final int HEADER_BYTES = 5;

    /** What is expected to be answered: an Execute; or a Sync or a whole query, which end with ReadyForQuery. */
    private sealed interface Expected {}

    private record Execution(Portal portal) implements Expected {}

    private static final class Batch implements Expected {
        final BitSet commits;
        int statement;
        int rows;

        Batch(BitSet commits) {
            this.commits = commits;
        }
    }

    private static final class Portal {
        final boolean commit;
        int rows;

        Portal(boolean commit) {
            this.commit = commit;
        }
    }

    private final Aims aims;
    private final @Nullable Tls tls;
    // Only the thread that sees requests knows names.
    private final Set<String> commitStatements = new HashSet<>();
    private final Map<String, Portal> portals = new HashMap<>();
    private final Queue<Expected> expected = new ConcurrentLinkedQueue<>();

    PostgresFollower(Aims aims, @Nullable Tls tls) {
        this.aims = aims;
        this.tls = tls;
    }

    @Override
    public void open(Leg client, Leg server) throws IOException {
        byte[] first = client.readExactly(REQUEST_BYTES);
        for (int code = code(first); code == SSL_REQUEST || code == GSS_REQUEST; code = code(first)) {
            if (code == GSS_REQUEST || tls == null) {
                client.write((byte) 'N');
            } else {
                startTls(client, server, tls, first);
            }
            first = client.readExactly(REQUEST_BYTES);
        }
        int length = ByteBuffer.wrap(first).getInt();
        if (length < REQUEST_BYTES || length > MOST_STARTUP_BYTES) {
            throw new ProtocolException("A client of PostgreSQL does not begin with a length of " + length);
        }
        byte[] rest = client.readExactly(length - REQUEST_BYTES);
        server.write(ByteBuffer.allocate(length).put(first).put(rest).array());
    }

    private static int code(byte[] request) {
        return ByteBuffer.wrap(request).getInt(LENGTH_BYTES);
    }

    private static void startTls(Leg client, Leg server, Tls tls, byte[] request) throws IOException {
        server.write(request);
        byte[] answer = server.readExactly(1);
        if (answer[0] == 'S') {
            server.startTls(tls, true);
            client.write(answer);
            client.startTls(tls, false);
        } else if (answer[0] == 'N') {
            client.write(answer);
        } else {
            throw new ProtocolException("PostgreSQL does not answer to a wish for TLS with " + answer[0]);
        }
    }

    @Override
    public @Nullable Message read(Source source) throws IOException {
        if (!source.hasMore()) {
            return null;
        }
        byte[] header = new byte[HEADER_BYTES];
        source.readFully(header, 0, HEADER_BYTES);
        int length = ByteBuffer.wrap(header).getInt(1);
        if (length < LENGTH_BYTES) {
            throw new ProtocolException("No message of PostgreSQL has a length of " + length);
        }
        return Message.read(source, header, length - LENGTH_BYTES);
    }

    @Override
    public @Nullable Loss request(Message message) throws IOException {
        Fields fields = message.fields();
        switch (message.header(0)) {
            case 'Q' -> {
                BitSet commits = CommitFinder.POSTGRESQL.commits(fields.takeText());
                expected.add(new Batch(commits));
                return commits.isEmpty() ? null : loss(Target.COMMIT_REQUEST);
            }
            case 'P' -> {
                String name = fields.takeText();
                remember(
                        name, CommitFinder.POSTGRESQL.commits(fields.takeText()).get(0));
            }
            case 'B' -> {
                String portal = fields.takeText();
                portals.put(portal, new Portal(commitStatements.contains(fields.takeText())));
            }
            case 'C' -> forget(fields.takeByte(), fields.takeText());
            case 'E' -> {
                Portal portal = portals.computeIfAbsent(fields.takeText(), name -> new Portal(false));
                expected.add(new Execution(portal));
                return portal.commit ? loss(Target.COMMIT_REQUEST) : null;
            }
            // Sync, and the call of a function, which brings its own.
            case 'S', 'F' -> expected.add(new Batch(new BitSet()));
            default -> {
                // Describe, Flush, Terminate, copied data, passwords: what answers them is never aimed at.
            }
        }
        return null;
    }

    private void remember(String statement, boolean commit) {
        if (commit) {
            commitStatements.add(statement);
        } else {
            commitStatements.remove(statement);
        }
    }

    private void forget(int kind, String name) {
        if (kind == 'S') {
            commitStatements.remove(name);
        } else {
            portals.remove(name);
        }
    }

    @Override
    public @Nullable Loss answer(Message message) {
        return switch (message.header(0)) {
            case 'D' -> row();
            // CommandComplete, EmptyQueryResponse, PortalSuspended.
            case 'C', 'I', 's' -> completed();
            case 'E' -> failed();
            case 'Z' -> {
                Expected end = expected.poll();
                while (end instanceof Execution) {
                    end = expected.poll();
                }
                yield null;
            }
            default -> null;
        };
    }

    private @Nullable Loss row() {
        Expected head = expected.peek();
        int row = -1;
        if (head instanceof Execution execution) {
            row = execution.portal.rows++;
        } else if (head instanceof Batch batch) {
            row = batch.rows++;
        }
        var ending = aims.takeRow(row);
        return ending == null ? null : new Loss(true, ending);
    }

    private @Nullable Loss completed() {
        Expected head = expected.peek();
        boolean commit = isCommit(head);
        if (head instanceof Execution) {
            expected.remove();
        } else if (head instanceof Batch batch) {
            batch.statement++;
            batch.rows = 0;
        }
        return commit ? loss(Target.COMMIT_ANSWER) : null;
    }

    private @Nullable Loss failed() {
        boolean commit = isCommit(expected.peek());
        while (expected.peek() instanceof Execution) {
            expected.remove();
        }
        return commit ? loss(Target.COMMIT_ANSWER) : null;
    }

    private static boolean isCommit(@Nullable Expected head) {
        return head instanceof Execution execution
                ? execution.portal.commit
                : head instanceof Batch batch && batch.commits.get(batch.statement);
    }

    private @Nullable Loss loss(Target target) {
        var ending = aims.take(target);
        return ending == null ? null : new Loss(false, ending);
    }
}
