package io.github.lifebelt.apps.benchmarks.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class FleetRunTest {

    private static final GateConstants GATE = GateConstants.lifebelt();
    private static final Surroundings USUAL = Surroundings.usual();
    private static final int TEN = 10;

    @Test
    void onePoolLooksTwentyTimesASecondAndReturnsWithinItsLongestPauseAndALogin() {
        FleetOutcome one = run(1, false, USUAL);

        // The connect that met the outage, and looks at 0, 50, ... 950 ms after it, less what it began late.
        assertThat(one.attemptsDown()).isBetween(20L, 21L);
        assertThat(one.serving()).isEqualTo(1);
        assertThat(one.allServe()).isBetween(Duration.ofMillis(2), Duration.ofMillis(1_002));
        // The look, and the other four.
        assertThat(one.loginsAtReturn()).isEqualTo(5);
        assertThat(one.refused()).isZero();
        assertThat(one.timedOut()).isZero();
    }

    @Test
    void attemptsGrowWithTheReplicasAndTheSameSeedGivesTheSame() {
        FleetOutcome ten = run(TEN, false, USUAL);

        assertThat(ten.attemptsDown()).isBetween(200L, 210L);
        assertThat(ten).isEqualTo(run(TEN, false, USUAL));
    }

    @Test
    void whatTheServerDoesNotTakeIsRefusedAndTheOthersKeepWhatTheyHave() {
        // Ten sessions for ten pools of five: all have one only if each gets just one.
        Surroundings small = withSessions(TEN);

        FleetOutcome ten = run(TEN, false, small);

        assertThat(ten.refused()).isPositive();
        assertThat(ten.serving()).isBetween(2, TEN);
        assertThat(run(TEN, false, withSessions(TEN * GATE.poolSize())).refused())
                .isZero();
    }

    @Test
    void aServerWithTooManyLoginsAtOnceLetsThemTimeOutAndOneThatTakesThemInTurnServesSome() {
        // Five seconds' worth of logins at once, of which none may take longer than two.
        int many = 5 * USUAL.loginsPerSecond();

        FleetOutcome shared = run(many, false, USUAL);
        FleetOutcome inTurn = run(many, false, USUAL.takingInTurn());

        assertThat(shared.timedOut()).isPositive();
        assertThat(Objects.requireNonNull(inTurn.half())).isLessThan(Objects.requireNonNull(shared.half()));
    }

    @Test
    void behindAPoolerTheDatabaseSeesThePoolersLoginsOnly() {
        FleetOutcome ten = run(TEN, true, USUAL);

        assertThat(ten.databaseLoginsAtReturn()).isEqualTo(USUAL.poolerConnections());
        assertThat(ten.serving()).isEqualTo(TEN);
        assertThat(Objects.requireNonNull(ten.allServe()))
                .isLessThan(USUAL.poolerRetry().plusSeconds(1));
    }

    @Test
    void theBudgetLetsUnitsFailAndKeepsTheQueueAtTheReturnShort() {
        FleetOutcome one = run(1, false, USUAL);

        FleetOutcome.Units limited = one.withBudget();
        FleetOutcome.Units unlimited = one.withoutBudget();
        // All that begin within a borrower's patience wait, and what the budget allows of the others.
        double patient = USUAL.unitsPerSecond() * GATE.unavailable().toSeconds();
        assertThat(limited.waiting()).isBetween(patient, 2 * patient);
        assertThat(unlimited.waiting()).isGreaterThan(4 * patient);
        assertThat(limited.failedShare()).isGreaterThan(unlimited.failedShare());
        // A full bucket, and ten a second.
        assertThat(limited.repeats())
                .isBetween(100.0, 100 + TEN * (USUAL.outage().toSeconds() + 1.0));
    }

    @Test
    void moreIsLetInAtFirstWithoutTheHalfOpenGate() {
        for (int replicas : List.of(TEN, USUAL.loginsPerSecond())) {
            FleetPlan gated = new FleetPlan(replicas, false, GATE, USUAL, 1);
            FleetPlan atOnce = new FleetPlan(replicas, false, GATE.openAtOnce(), USUAL, 1);

            assertThat(FleetRun.of(atOnce).loginsAtReturn())
                    .isGreaterThanOrEqualTo(FleetRun.of(gated).loginsAtReturn());
        }
    }

    private static FleetOutcome run(int replicas, boolean pooler, Surroundings around) {
        return FleetRun.of(new FleetPlan(replicas, pooler, GATE, around, 1));
    }

    private static Surroundings withSessions(int most) {
        return new Surroundings(
                USUAL.outage(),
                USUAL.watched(),
                USUAL.loginsPerSecond(),
                false,
                most,
                USUAL.poolerLoginsPerSecond(),
                USUAL.poolerClients(),
                USUAL.poolerConnections(),
                USUAL.poolerRetry(),
                USUAL.unitsPerSecond(),
                USUAL.unitTime());
    }
}
