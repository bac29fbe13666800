package io.github.lifebelt.testing.internal.proxy;

import io.github.lifebelt.testing.internal.proxy.Aims.Target;
import io.github.lifebelt.testing.internal.proxy.MySqlCommand.Answer;
import io.github.lifebelt.testing.internal.proxy.MySqlCommand.Statement;
import java.io.IOException;
import java.net.ProtocolException;
import java.util.Arrays;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/** The protocol of MySQL and MariaDB: the client's side of it, and how a connection begins. */
final class MySqlFollower implements Follower {
    static final int HEADER_BYTES = 4;
    /** A packet of this size is continued by the next one. */
    static final int LONGEST_PACKET = 0xff_ffff;

    private static final int PROTOCOL = 10;
    private static final int TLS_REQUEST_BYTES = 32;
    private static final int RANDOM_AND_FILLER_BYTES = 9;
    private static final int CHARSET_AND_STATUS_BYTES = 3;
    private static final int LENGTH_AND_RESERVED_BYTES = 7;

    private static final int LONG_PASSWORD = 1;
    private static final int COMPRESS = 1 << 5;
    private static final int TLS = 1 << 11;
    private static final int DEPRECATE_EOF = 1 << 24;
    private static final int OPTIONAL_METADATA = 1 << 25;
    private static final int ZSTD = 1 << 26;
    private static final int QUERY_ATTRIBUTES = 1 << 27;
    // MariaDB's own, in bytes that MySQL keeps free: reports of progress in answers, columns that are not repeated.
    private static final int MARIADB_PROGRESS = 1;
    private static final int MARIADB_CACHED_COLUMNS = 1 << 4;

    private static final int QUIT = 0x01;
    private static final int QUERY = 0x03;
    private static final int FIELD_LIST = 0x04;
    private static final int PROCESS_INFO = 0x0a;
    private static final int CHANGE_USER = 0x11;
    private static final int BINLOG_DUMP = 0x12;
    private static final int PREPARE = 0x16;
    private static final int EXECUTE = 0x17;
    private static final int LONG_DATA = 0x18;
    private static final int CLOSE = 0x19;
    private static final int FETCH = 0x1c;
    private static final int BINLOG_DUMP_GTID = 0x1e;
    private static final int MARIADB_BULK_EXECUTE = 0xfa;

    private final Aims aims;
    private final @Nullable Tls tls;
    private final MySqlAnswers answers;
    private boolean attributes;
    private boolean continued;

    MySqlFollower(Aims aims, @Nullable Tls tls) {
        this.aims = aims;
        this.tls = tls;
        this.answers = new MySqlAnswers(aims);
    }

    @Override
    public void open(Leg client, Leg server) throws IOException {
        byte[] greeting = readPacket(server);
        // The protocol is left alone if the server is too old, or sends an error because it has no room.
        if (greeting[HEADER_BYTES] == PROTOCOL) {
            offerLess(greeting);
        }
        client.write(greeting);
        if (greeting[HEADER_BYTES] != PROTOCOL) {
            return;
        }
        byte[] response = readPacket(client);
        if (tls != null && response.length == HEADER_BYTES + TLS_REQUEST_BYTES && (capabilities(response) & TLS) != 0) {
            server.write(response);
            server.startTls(tls, true);
            client.startTls(tls, false);
            response = readPacket(client);
        }
        attributes = (capabilities(response) & QUERY_ATTRIBUTES) != 0;
        answers.begin((capabilities(response) & DEPRECATE_EOF) != 0);
        server.write(response);
    }

    private static byte[] readPacket(Leg from) throws IOException {
        byte[] header = from.readExactly(HEADER_BYTES);
        int length = length(header);
        if (length == 0 || length == LONGEST_PACKET) {
            throw new ProtocolException("No login to MySQL has a packet of " + length + " bytes");
        }
        byte[] packet = Arrays.copyOf(header, HEADER_BYTES + length);
        System.arraycopy(from.readExactly(length), 0, packet, HEADER_BYTES, length);
        return packet;
    }

    private static int length(byte[] header) {
        return (header[0] & 0xff) | (header[1] & 0xff) << 8 | (header[2] & 0xff) << 16;
    }

    private static int capabilities(byte[] response) throws IOException {
        return (int) new Fields(response, HEADER_BYTES).littleEndian(4);
    }

    /** Takes out of the server's greeting what could not be followed, and TLS if it is not to be spoken. */
    private void offerLess(byte[] greeting) throws IOException {
        Fields fields = new Fields(greeting, HEADER_BYTES);
        fields.skip(1);
        fields.takeText();
        fields.skip(4 + RANDOM_AND_FILLER_BYTES);
        int low = fields.position();
        int offered = (int) fields.littleEndian(2);
        fields.skip(CHARSET_AND_STATUS_BYTES);
        int high = fields.position();
        fields.skip(2 + LENGTH_AND_RESERVED_BYTES);
        clear(greeting, low, COMPRESS | (tls == null ? TLS : 0));
        clear(greeting, high, (OPTIONAL_METADATA | ZSTD) >>> 16);
        if ((offered & LONG_PASSWORD) == 0) {
            clear(greeting, fields.position(), MARIADB_PROGRESS | MARIADB_CACHED_COLUMNS);
        }
    }

    /** Clears bits of a number of two bytes. */
    private static void clear(byte[] packet, int at, int bits) {
        packet[at] &= (byte) ~bits;
        packet[at + 1] &= (byte) ~(bits >>> 8);
    }

    @Override
    public @Nullable Message read(Source source) throws IOException {
        if (!source.hasMore()) {
            return null;
        }
        byte[] header = new byte[HEADER_BYTES];
        source.readFully(header, 0, HEADER_BYTES);
        return Message.read(source, header, length(header));
    }

    @Override
    public @Nullable Loss request(Message message) throws IOException {
        boolean continuation = continued;
        continued = message.payloadLength() == LONGEST_PACKET;
        if (continuation || message.payloadLength() == 0 || answers.takesFile()) {
            answers.fileMayEnd(message.payloadLength() == 0);
            return null;
        }
        // Later numbers are the rest of a login.
        return message.header(HEADER_BYTES - 1) == 0 ? command(message.fields()) : null;
    }

    private @Nullable Loss command(Fields fields) throws IOException {
        int code = fields.takeByte();
        MySqlCommand command = switch (code) {
            case QUIT, LONG_DATA -> null;
            case CLOSE -> {
                answers.forget((int) fields.littleEndian(4));
                yield null;
            }
            case QUERY -> {
                skipAttributes(fields);
                yield new MySqlCommand(Answer.RESULTS, statement(fields));
            }
            case PREPARE -> answers.prepared(statement(fields));
            case EXECUTE, MARIADB_BULK_EXECUTE ->
                new MySqlCommand(Answer.RESULTS, answers.statement((int) fields.littleEndian(4)));
            case FETCH -> new MySqlCommand(Answer.ROWS, answers.statement((int) fields.littleEndian(4)));
            case PROCESS_INFO -> MySqlCommand.without(Answer.RESULTS);
            case FIELD_LIST -> MySqlCommand.without(Answer.COLUMNS);
            case CHANGE_USER -> MySqlCommand.without(Answer.LOGIN);
            case BINLOG_DUMP, BINLOG_DUMP_GTID -> MySqlCommand.without(Answer.STREAM);
            default -> MySqlCommand.without(Answer.ONE_PACKET);
        };
        if (command == null) {
            return null;
        }
        answers.expect(command);
        boolean commit = command.answer == Answer.RESULTS && !command.statement.commits.isEmpty();
        var ending = commit ? aims.take(Target.COMMIT_REQUEST) : null;
        return ending == null ? null : new Loss(false, ending);
    }

    private static Statement statement(Fields fields) {
        return new Statement(CommitFinder.MYSQL.commits(fields.takeRest()));
    }

    /** The text of a query comes after its attributes, if the client said that it would send such. */
    private void skipAttributes(Fields fields) throws IOException {
        if (!attributes) {
            return;
        }
        int count = (int) fields.lengthEncoded();
        fields.lengthEncoded();
        if (count == 0) {
            return;
        }
        BitSet nulls = new BitSet();
        for (int i = 0; i < count; i += Byte.SIZE) {
            int bits = fields.takeByte();
            for (int bit = 0; bit < Byte.SIZE; bit++) {
                nulls.set(i + bit, (bits >> bit & 1) == 1);
            }
        }
        fields.skip(1);
        int[] types = new int[count];
        for (int i = 0; i < count; i++) {
            types[i] = (int) fields.littleEndian(2) & 0xff;
            fields.skip(fields.lengthEncoded());
        }
        for (int i = 0; i < count; i++) {
            if (!nulls.get(i)) {
                skipValue(fields, types[i]);
            }
        }
    }

    private static void skipValue(Fields fields, int type) throws IOException {
        switch (type) {
            case 1 -> fields.skip(1); // TINY
            case 2, 13 -> fields.skip(2); // SHORT, YEAR
            case 3, 4, 9 -> fields.skip(4); // LONG, FLOAT, INT24
            case 5, 8 -> fields.skip(8); // DOUBLE, LONGLONG
            case 6 -> {
                // NULL has no value.
            }
            // Texts; and times, whose length of one byte looks the same.
            default -> fields.skip(fields.lengthEncoded());
        }
    }

    @Override
    public @Nullable Loss answer(Message message) throws IOException {
        return answers.answer(message);
    }
}
