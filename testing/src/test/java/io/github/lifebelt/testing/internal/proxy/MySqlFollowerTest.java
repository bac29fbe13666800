package io.github.lifebelt.testing.internal.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.lifebelt.testing.ProtocolProxy.Ending;
import io.github.lifebelt.testing.internal.proxy.Aims.Target;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** What no driver sends here, or what takes a server of another make or age. */
class MySqlFollowerTest {
    private static final byte[] OK = {0, 0, 0, 2, 0, 0, 0};
    private static final byte[] OK_AND_MORE = {0, 0, 0, 10, 0, 0, 0};
    private static final byte[] EOF = {(byte) 0xfe, 0, 0, 2, 0};
    private static final byte[] EOF_AND_MORE = {(byte) 0xfe, 0, 0, 10, 0};
    private static final byte[] EOF_AND_CURSOR = {(byte) 0xfe, 0, 0, 0x42, 0};
    private static final byte[] ERROR = {(byte) 0xff, 1, 2};
    private static final byte[] ROW = {1, '1'};
    private static final byte[] COLUMN = {3, 'd', 'e', 'f'};
    private static final byte[] ONE_COLUMN = {1};

    private final Aims aims = new Aims();
    private final MySqlAnswers answers = new MySqlAnswers(aims);

    @Test
    void resultsWithTheOldEndsAreFollowed() throws Exception {
        login(false);
        query();
        pass(ONE_COLUMN, COLUMN, EOF, ROW, ROW, EOF);
        aims.arm(Target.RESULT, Ending.RESET, 1, 1);
        query();
        pass(ONE_COLUMN, COLUMN, EOF, ROW, EOF_AND_MORE, ONE_COLUMN, COLUMN, EOF, ROW);
        assertThat(answer(ROW)).isEqualTo(new Loss(true, Ending.RESET));
    }

    @Test
    void resultsWithTheNewEndsAreFollowed() throws Exception {
        login(true);
        byte[] end = {(byte) 0xfe, 0, 0, 2, 0, 0, 0};
        byte[] longEnd = new byte[300];
        System.arraycopy(end, 0, longEnd, 0, end.length);
        query();
        pass(ONE_COLUMN, COLUMN, ROW, ROW, longEnd);
        aims.arm(Target.RESULT, Ending.RESET, 1, 0);
        query();
        pass(ONE_COLUMN, COLUMN);
        assertThat(answer(ROW)).isNotNull();
    }

    @Test
    void rowsOfACursorComeLaterAndAreCountedTogether() throws Exception {
        login(false);
        answers.expect(new MySqlCommand(MySqlCommand.Answer.RESULTS, cursor));
        pass(ONE_COLUMN, COLUMN, EOF_AND_CURSOR);
        aims.arm(Target.RESULT, Ending.RESET, 1, 3);
        for (int i = 0; i < 3; i++) {
            answers.expect(new MySqlCommand(MySqlCommand.Answer.ROWS, cursor));
            pass(ROW, EOF_AND_CURSOR);
        }
        answers.expect(new MySqlCommand(MySqlCommand.Answer.ROWS, cursor));
        assertThat(answer(ROW)).isNotNull();
    }

    private final MySqlCommand.Statement cursor = new MySqlCommand.Statement(CommitFinder.MYSQL.commits("select 1"));

    @Test
    void aFileOfTheClientsIsNoCommand() throws Exception {
        MySqlFollower follower = loggedIn();
        aims.arm(Target.COMMIT_REQUEST, Ending.RESET, 1, 0);
        assertThat(follower.request(packet(0, query("load data local infile 'x' into table t"))))
                .isNull();
        assertThat(follower.answer(packet(1, new byte[] {(byte) 0xfb, 'x'}))).isNull();
        // Numbers of packets come round to zero.
        assertThat(follower.request(packet(0, query("commit")))).isNull();
        assertThat(follower.request(packet(1, new byte[0]))).isNull();
        assertThat(follower.answer(packet(2, OK))).isNull();
        assertThat(follower.request(packet(0, query("commit")))).isNotNull();
    }

    @Test
    void theStatementPreparedLastCanBeExecutedWithoutItsNumber() throws Exception {
        MySqlFollower follower = loggedIn();
        aims.arm(Target.COMMIT_ANSWER, Ending.SILENCE, 1, 0);
        byte[] prepare = query("commit");
        prepare[0] = 0x16;
        assertThat(follower.request(packet(0, prepare))).isNull();
        byte[] minusOne = {0x17, -1, -1, -1, -1, 0, 1, 0, 0, 0};
        assertThat(follower.request(packet(0, minusOne))).isNull();
        assertThat(follower.answer(packet(1, new byte[] {0, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0})))
                .isNull();
        assertThat(follower.answer(packet(1, OK))).isEqualTo(new Loss(false, Ending.SILENCE));
        aims.arm(Target.COMMIT_REQUEST, Ending.RESET, 1, 0);
        byte[] seven = {0x17, 7, 0, 0, 0, 0, 1, 0, 0, 0};
        byte[] forget = {0x19, 7, 0, 0, 0};
        assertThat(follower.request(packet(0, forget))).isNull();
        assertThat(follower.request(packet(0, seven))).isNull();
    }

    @Test
    void anErrorEndsAllResultsOfACommand() throws Exception {
        login(false);
        query();
        pass(OK_AND_MORE, ERROR);
        MySqlCommand.Statement commit = new MySqlCommand.Statement(CommitFinder.MYSQL.commits("select 1; commit"));
        aims.arm(Target.COMMIT_ANSWER, Ending.FINISH, 1, 0);
        answers.expect(new MySqlCommand(MySqlCommand.Answer.RESULTS, commit));
        pass(OK_AND_MORE);
        assertThat(answer(OK)).isNotNull();
    }

    @Test
    void preparedStatementsHaveParametersAndColumns() throws Exception {
        login(false);
        answers.expect(answers.prepared(cursor));
        byte[] twoParametersOneColumn = {0, 1, 0, 0, 0, 1, 0, 2, 0, 0, 0, 0};
        pass(twoParametersOneColumn, COLUMN, COLUMN, EOF, COLUMN, EOF);
        answers.expect(MySqlCommand.without(MySqlCommand.Answer.COLUMNS));
        pass(COLUMN, COLUMN, EOF);
        answers.expect(MySqlCommand.without(MySqlCommand.Answer.ONE_PACKET));
        pass(OK);
        aims.arm(Target.RESULT, Ending.RESET, 1, 0);
        query();
        pass(ONE_COLUMN, COLUMN, EOF);
        assertThat(answer(ROW)).isNotNull();
    }

    private void login(boolean deprecateEof) throws IOException {
        answers.begin(deprecateEof);
        byte[] anotherWay = {(byte) 0xfe, 'x'};
        byte[] more = {1, 4};
        pass(anotherWay, more, OK);
    }

    private MySqlFollower loggedIn() {
        // Nobody has begun a login here, so none is expected.
        return new MySqlFollower(aims, null);
    }

    private void query() {
        answers.expect(new MySqlCommand(
                MySqlCommand.Answer.RESULTS, new MySqlCommand.Statement(CommitFinder.MYSQL.commits("select 1"))));
    }

    private void pass(byte[]... payloads) throws IOException {
        for (byte[] payload : payloads) {
            assertThat(answer(payload)).isNull();
        }
    }

    private Loss answer(byte[] payload) throws IOException {
        return answers.answer(packet(1, payload));
    }

    private static byte[] query(String sql) {
        return ("\u0003" + sql).getBytes(StandardCharsets.ISO_8859_1);
    }

    private static Message packet(int number, byte[] payload) throws IOException {
        byte[] header = {(byte) payload.length, (byte) (payload.length >> 8), 0, (byte) number};
        Source source = new Source(new ByteArrayInputStream(payload), OutputStream.nullOutputStream());
        return Message.read(source, header, payload.length);
    }
}
