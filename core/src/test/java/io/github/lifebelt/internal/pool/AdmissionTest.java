package io.github.lifebelt.internal.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.lifebelt.internal.pool.Gate.Ticket;
import io.github.lifebelt.spi.Dialect.ConnectProblem;
import io.github.lifebelt.spi.FailureClassifier.Verdict;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How the gate lets borrowers connect again. */
class AdmissionTest {

    private static final SQLException CAUSE = new SQLException("nobody is there", "08001");

    private final Gate gate = new Gate(20);

    private boolean close(Ticket ticket) {
        return gate.close(ticket, Verdict.DATABASE_DOWN, ConnectProblem.UNREACHABLE, CAUSE);
    }

    private List<Ticket> all() {
        List<Ticket> tickets = new ArrayList<>();
        for (Ticket ticket = gate.admit(); ticket == Ticket.TRIAL; ticket = gate.admit()) {
            tickets.add(ticket);
        }
        return tickets;
    }

    @Test
    void whileAllIsWellNoLeaveIsNeeded() {
        assertThat(gate.admit()).isEqualTo(Ticket.FREE);
        assertThat(gate.succeeded(Ticket.FREE)).isFalse();
    }

    @Test
    void whileItIsClosedThereIsNone() {
        assertThat(close(Ticket.FREE)).isTrue();
        assertThat(close(Ticket.FREE)).as("the first one acts").isFalse();
        assertThat(gate.admit()).isEqualTo(Ticket.NONE);
        assertThat(gate.closure()).isNotNull();
    }

    @Test
    void eachRoundThatSucceedsLetsTwiceAsManyIn() {
        close(Ticket.FREE);
        gate.halfOpen();
        assertThat(gate.closure()).isNull();
        List<Integer> rounds = new ArrayList<>();
        while (!gate.isOpen()) {
            List<Ticket> round = all();
            rounds.add(round.size());
            round.forEach(gate::succeeded);
        }
        assertThat(rounds).containsExactly(2, 4, 8, 16);
    }

    @Test
    void oneFailureClosesItAgainSinceTheSameMoment() {
        close(Ticket.FREE);
        Gate.Closure first = gate.closure();
        gate.halfOpen();
        List<Ticket> round = all();
        assertThat(close(round.get(0))).as("that is news").isTrue();
        assertThat(gate.admit()).isEqualTo(Ticket.NONE);
        assertThat(first).isNotNull();
        assertThat(gate.closure())
                .isNotNull()
                .satisfies(closure -> assertThat(closure.since()).isEqualTo(first.since()));
    }

    @Test
    void aTicketThatProvedNothingIsThereForTheNext() {
        close(Ticket.FREE);
        gate.halfOpen();
        List<Ticket> round = all();
        assertThat(gate.admit()).isEqualTo(Ticket.NONE);
        gate.abandoned(round.get(0));
        assertThat(gate.admit()).isEqualTo(Ticket.TRIAL);
    }

    @Test
    void ifNobodyWantsToConnectItOpensByItself() {
        close(Ticket.FREE);
        gate.halfOpen();
        assertThat(gate.settle()).isFalse();
        await().atMost(Duration.ofSeconds(5)).until(gate::settle);
        assertThat(gate.isOpen()).isTrue();
    }

    @Test
    void itDoesNotOpenWhileATrialIsUnderWay() {
        close(Ticket.FREE);
        gate.halfOpen();
        assertThat(gate.admit()).isEqualTo(Ticket.TRIAL);
        await().during(Duration.ofMillis(1_200)).until(() -> !gate.settle());
    }

    @Test
    void newsWakesWhoLookedBeforeIt() throws InterruptedException {
        close(Ticket.FREE);
        long seen = gate.events();
        assertThat(gate.await(seen, System.nanoTime())).isFalse();
        gate.connectionReturned();
        assertThat(gate.await(seen, System.nanoTime() + Duration.ofSeconds(5).toNanos()))
                .isTrue();
    }
}
