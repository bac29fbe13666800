package io.github.lifebelt.internal.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.lifebelt.PoolListener.CloseReason;
import io.github.lifebelt.contract.Connects;
import io.github.lifebelt.contract.Connects.Connected;
import io.github.lifebelt.contract.Servers;
import io.github.lifebelt.internal.jdbc.End;
import io.github.lifebelt.internal.jdbc.Physical;
import io.github.lifebelt.internal.jdbc.Slot;
import io.github.lifebelt.internal.jdbc.SlotConnect;
import io.github.lifebelt.internal.jdbc.SlotOwner;
import io.github.lifebelt.internal.jdbc.SlotRegistry;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** From the moment when a ping is slow until its connection is given up, the pool is silent, without a gap. */
@Tag("smoke")
class SilenceOfPingsTest implements SlotOwner, SlotRegistry {

    private final Generation generation = new Generation(reason -> {}, () -> {});
    private final Slot slot = new Slot(this, this);
    private Connected connected;
    private Physical physical;

    @BeforeEach
    void connect() throws SQLException {
        connected = Connects.open(Servers.get(false));
        slot.connect(soon());
        physical = Objects.requireNonNull(slot.physical());
        assertThat(isSilent()).isFalse();
    }

    @AfterEach
    void close() {
        connected.close();
        Servers.killSessions(Servers.get(false));
    }

    private boolean isSilent() {
        return Silence.in(List.of(slot), generation, 1) != null;
    }

    private static long soon() {
        return System.nanoTime() + Duration.ofSeconds(20).toNanos();
    }

    private void untilSlow() {
        await().until(this::isSilent);
    }

    @Test
    void aPingInVainLeavesNoMomentInWhichItsConnectionWorks() {
        assertThatThrownBy(() -> physical.within(soon(), jdbc -> {
                    untilSlow();
                    throw new SQLTimeoutException("no answer");
                }))
                .isInstanceOf(SQLTimeoutException.class);
        assertThat(isSilent()).as("what has failed").isTrue();
        generation.condemn(physical, "no answer");
        assertThat(isSilent()).as("what is condemned").isTrue();
        slot.drop(physical, End.of(CloseReason.PING_FAILED, "no answer"));
        assertThat(isSilent()).as("what is gone").isTrue();
    }

    @Test
    void anAnswerEndsTheSilence() throws SQLException {
        physical.within(soon(), jdbc -> untilSlow());
        assertThat(isSilent()).isFalse();
    }

    /** Our own mistake, of which nobody draws conclusions. */
    @Test
    void aFailureThatSaysNothingOfTheServerEndsItToo() {
        assertThatThrownBy(() -> physical.within(soon(), jdbc -> {
                    untilSlow();
                    throw new IllegalStateException("a mistake");
                }))
                .isInstanceOf(IllegalStateException.class);
        assertThat(isSilent()).isFalse();
    }

    @Override
    public Physical connect(SlotConnect attempt, long deadlineNanos) {
        return new Physical(connected.jdbc(), connected.socket(), generation.current());
    }

    @Override
    public void setUp(Physical made) {}

    @Override
    public void keepAlive(Slot kept, Physical inside) {}

    @Override
    public void lost(Physical dead, String reason) {}

    @Override
    public void filled() {}

    @Override
    public CloseReason reasonToClose() {
        return CloseReason.RECYCLED;
    }

    @Override
    public void closed(Slot gone, boolean hadBeenLent) {}
}
