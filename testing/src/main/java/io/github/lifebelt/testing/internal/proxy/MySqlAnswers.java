package io.github.lifebelt.testing.internal.proxy;

import io.github.lifebelt.testing.internal.proxy.Aims.Target;
import io.github.lifebelt.testing.internal.proxy.MySqlCommand.Answer;
import io.github.lifebelt.testing.internal.proxy.MySqlCommand.Statement;
import java.io.IOException;
import java.util.BitSet;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * The server's side of MySQL's protocol. Commands are answered in their order; where an answer ends can only be known by
 * following it packet by packet. What the client asks for is told by another thread.
 */
final class MySqlAnswers {
    private static final int OK = 0x00;
    private static final int FILE_WANTED = 0xfb;
    private static final int EOF = 0xfe;
    private static final int ERROR = 0xff;
    private static final int LONGEST_EOF = 8;
    private static final int MORE_RESULTS = 0x08;
    private static final int CURSOR = 0x40;
    // MariaDB's name for the statement prepared last, whose number the client need not know yet.
    private static final int LAST_PREPARED = -1;

    private enum Where {
        BEGINNING,
        COLUMNS,
        PARAMETERS,
        ROWS
    }

    private final Aims aims;
    private final Queue<MySqlCommand> expected = new ConcurrentLinkedQueue<>();
    private final Map<Integer, Statement> prepared = new ConcurrentHashMap<>();
    private volatile boolean fileWanted;
    private boolean noEof;

    // Of the answer that is coming in.
    private Where where = Where.BEGINNING;
    private long packetsToSkip;
    private int result;
    private boolean continued;

    MySqlAnswers(Aims aims) {
        this.aims = aims;
    }

    /** The login begins, with what the client said of itself. */
    void begin(boolean deprecateEof) {
        noEof = deprecateEof;
        expect(MySqlCommand.without(Answer.LOGIN));
    }

    void expect(MySqlCommand command) {
        expected.add(command);
    }

    MySqlCommand prepared(Statement statement) {
        prepared.put(LAST_PREPARED, statement);
        return new MySqlCommand(Answer.PREPARED, statement);
    }

    /** A statement that was prepared; an unknown one is the server's business. */
    Statement statement(int number) {
        Statement found = prepared.get(number);
        return found != null ? found : new Statement(new BitSet());
    }

    void forget(int number) {
        prepared.remove(number);
    }

    /** Whether the client sends a file, and no commands. */
    boolean takesFile() {
        return fileWanted;
    }

    /** An empty packet is the end of a file. */
    void fileMayEnd(boolean empty) {
        if (empty) {
            fileWanted = false;
        }
    }

    @Nullable
    Loss answer(Message message) throws IOException {
        boolean continuation = continued;
        continued = message.payloadLength() == MySqlFollower.LONGEST_PACKET;
        MySqlCommand command = expected.peek();
        // Without a command it is a server's last words.
        if (continuation || command == null) {
            return null;
        }
        Fields fields = message.fields();
        return switch (where) {
            case BEGINNING -> beginning(command, message, fields);
            case COLUMNS -> columns(command, fields);
            case PARAMETERS -> {
                if (--packetsToSkip == 0) {
                    done();
                }
                yield null;
            }
            case ROWS -> row(command, message, fields);
        };
    }

    private @Nullable Loss beginning(MySqlCommand command, Message message, Fields fields) throws IOException {
        int first = fields.peek();
        switch (command.answer) {
            case LOGIN -> doneIf(first == OK || first == ERROR);
            case ONE_PACKET -> done();
            case COLUMNS -> doneIf(first == EOF || first == ERROR);
            case PREPARED -> prepared(command, fields);
            case RESULTS -> {
                return result(command, fields);
            }
            case ROWS -> {
                where = Where.ROWS;
                return row(command, message, fields);
            }
            case STREAM -> {
                // Nothing in it is aimed at.
            }
        }
        return null;
    }

    private void prepared(MySqlCommand command, Fields fields) throws IOException {
        if (fields.takeByte() == ERROR) {
            done();
            return;
        }
        prepared.put((int) fields.littleEndian(4), command.statement);
        int columns = (int) fields.littleEndian(2);
        int parameters = (int) fields.littleEndian(2);
        packetsToSkip = withEof(columns) + withEof(parameters);
        where = Where.PARAMETERS;
        doneIf(packetsToSkip == 0);
    }

    private long withEof(long definitions) {
        return definitions == 0 || noEof ? definitions : definitions + 1;
    }

    private @Nullable Loss result(MySqlCommand command, Fields fields) throws IOException {
        command.statement.rows = 0;
        switch (fields.peek()) {
            case OK -> {
                fields.skip(1);
                return endOfResult(command, statusOfOk(fields));
            }
            case ERROR -> {
                return endOfResult(command, 0);
            }
            case FILE_WANTED -> fileWanted = true;
            default -> {
                packetsToSkip = withEof(fields.lengthEncoded());
                where = Where.COLUMNS;
            }
        }
        return null;
    }

    private @Nullable Loss columns(MySqlCommand command, Fields fields) throws IOException {
        if (--packetsToSkip > 0) {
            return null;
        }
        where = Where.ROWS;
        if (!noEof) {
            fields.skip(1);
            int status = statusOfEof(fields);
            if ((status & CURSOR) != 0) {
                return endOfResult(command, status);
            }
        }
        return null;
    }

    private @Nullable Loss row(MySqlCommand command, Message message, Fields fields) throws IOException {
        int first = fields.peek();
        if (first == ERROR) {
            return endOfResult(command, 0);
        }
        boolean end =
                first == EOF && message.payloadLength() <= (noEof ? MySqlFollower.LONGEST_PACKET - 1 : LONGEST_EOF);
        if (end) {
            fields.skip(1);
            return endOfResult(command, noEof ? statusOfOk(fields) : statusOfEof(fields));
        }
        var ending = aims.takeRow(command.statement.rows++);
        return ending == null ? null : new Loss(true, ending);
    }

    private @Nullable Loss endOfResult(MySqlCommand command, int status) {
        boolean commit = command.answer == Answer.RESULTS && command.statement.commits.get(result);
        if ((status & MORE_RESULTS) != 0) {
            where = Where.BEGINNING;
            result++;
        } else {
            done();
        }
        var ending = commit ? aims.take(Target.COMMIT_ANSWER) : null;
        return ending == null ? null : new Loss(false, ending);
    }

    private void doneIf(boolean yes) {
        if (yes) {
            done();
        }
    }

    private void done() {
        expected.remove();
        where = Where.BEGINNING;
        result = 0;
    }

    private static int statusOfOk(Fields fields) throws IOException {
        fields.lengthEncoded();
        fields.lengthEncoded();
        return (int) fields.littleEndian(2);
    }

    private static int statusOfEof(Fields fields) throws IOException {
        fields.skip(2);
        return (int) fields.littleEndian(2);
    }
}
