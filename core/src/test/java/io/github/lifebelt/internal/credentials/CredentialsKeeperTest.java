package io.github.lifebelt.internal.credentials;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.lifebelt.security.CredentialsProvider;
import io.github.lifebelt.security.CredentialsProvider.Credentials;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CredentialsKeeperTest {

    private static final Credentials OLD = Credentials.of("app", "the old secret");
    private static final Credentials NEW = Credentials.of("app", "the new secret");

    private record Planned(Duration delay, Runnable task) {}

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<Planned> planned = new CopyOnWriteArrayList<>();
    private final List<String> heard = new CopyOnWriteArrayList<>();
    private final AtomicInteger calls = new AtomicInteger();
    private final AtomicReference<Credentials> given = new AtomicReference<>(OLD);
    private volatile @Nullable SQLException failure;

    private final CredentialsKeeper.Events events = new CredentialsKeeper.Events() {
        @Override
        public void refreshed(@Nullable Duration validFor) {
            heard.add("refreshed");
        }

        @Override
        public void refreshFailed(SQLException problem, @Nullable Duration stillValid) {
            heard.add("failed");
        }

        @Override
        public void rotated() {
            heard.add("rotated");
        }
    };

    private final CredentialsKeeper keeper = keeper(() -> {
        calls.incrementAndGet();
        SQLException problem = failure;
        if (problem != null) {
            throw problem;
        }
        return given.get();
    });

    private CredentialsKeeper keeper(CredentialsProvider supplier) {
        return new CredentialsKeeper(
                "pool",
                supplier,
                Duration.ofSeconds(5),
                (delay, task) -> planned.add(new Planned(delay, task)),
                events);
    }

    @AfterEach
    void end() {
        keeper.close();
        threads.shutdownNow();
    }

    private static long in(long millis) {
        return System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    }

    private static Credentials token(String secret, Duration valid) {
        return new Credentials("app", secret, Instant.now().plus(valid));
    }

    private Credentials login() throws SQLException {
        Credentials used = keeper.forLogin(in(10_000));
        keeper.accepted(used);
        return used;
    }

    @Test
    void whatDoesNotExpireIsAskedForAtEachLogin() throws SQLException {
        assertThat(login()).isEqualTo(OLD);
        given.set(NEW);
        assertThat(login()).isEqualTo(NEW);
        assertThat(calls.get()).isEqualTo(2);
        assertThat(planned).isEmpty();
        assertThat(keeper.expiresAt()).isNull();
    }

    @Test
    void aTokenIsKeptAndRenewedAheadOfTime() throws SQLException {
        given.set(token("one", Duration.ofHours(1)));
        for (int i = 0; i < 10; i++) {
            assertThat(login().secret()).isEqualTo("one");
        }
        assertThat(calls.get()).isEqualTo(1);
        assertThat(keeper.expiresAt()).isEqualTo(given.get().expiresAt());
        assertThat(planned).hasSize(1);
        assertThat(planned.get(0).delay()).isBetween(Duration.ofMinutes(43), Duration.ofMinutes(48));
        given.set(token("two", Duration.ofHours(1)));
        planned.get(0).task().run();
        await().untilAsserted(() -> assertThat(login().secret()).isEqualTo("two"));
        assertThat(calls.get()).isEqualTo(2);
        await().untilAsserted(() ->
                assertThat(heard).as("a newer token is no rotation").containsExactly("refreshed", "refreshed"));
    }

    @Test
    void oneCallServesAllThatWait() throws Exception {
        CountDownLatch answer = new CountDownLatch(1);
        AtomicInteger asked = new AtomicInteger();
        CredentialsKeeper slow = keeper(() -> {
            asked.incrementAndGet();
            awaitUninterrupted(answer);
            return OLD;
        });
        List<Future<Credentials>> logins = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            logins.add(threads.submit(() -> slow.forLogin(in(20_000))));
        }
        await().until(() -> asked.get() == 1);
        long begin = System.nanoTime();
        assertThatThrownBy(() -> slow.forLogin(in(200)))
                .isInstanceOf(SQLTransientConnectionException.class)
                .hasMessageContaining("[CREDENTIALS_UNAVAILABLE]")
                .hasMessageContaining("gives no answer in time");
        assertThat(Duration.ofNanos(System.nanoTime() - begin))
                .isBetween(Duration.ofMillis(199), Duration.ofSeconds(5));
        answer.countDown();
        for (Future<Credentials> login : logins) {
            assertThat(login.get(20, TimeUnit.SECONDS)).isEqualTo(OLD);
        }
        assertThat(asked.get()).isEqualTo(1);
    }

    private static void awaitUninterrupted(CountDownLatch latch) throws SQLException {
        try {
            latch.await(60, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new SQLException(e);
        }
    }

    @Test
    void aFailingSupplierIsBridgedByWhatItGaveLast() throws SQLException {
        assertThat(login()).isEqualTo(OLD);
        failure = new SQLException("down");
        assertThat(login()).isEqualTo(OLD);
        assertThat(login()).isEqualTo(OLD);
        failure = null;
        given.set(NEW);
        assertThat(login()).isEqualTo(NEW);
        assertThat(heard).containsExactly("refreshed", "failed", "failed", "refreshed", "rotated");
    }

    @Test
    void anExpiredTokenIsNotAndTheErrorNamesWhoFailedAndNoSecret() throws Exception {
        given.set(token("hunter2", Duration.ofMillis(300)));
        assertThat(login().secret()).isEqualTo("hunter2");
        failure = new SQLException("refused, I was sent hunter2");
        await().untilAsserted(() -> assertThatThrownBy(this::login)
                .isInstanceOf(CredentialsUnavailableException.class)
                .hasMessageContaining("the credentials provider of " + CredentialsKeeperTest.class.getName())
                .hasMessageContaining("SQLException: refused, I was sent ***")
                .hasMessageContaining("has expired at")
                .hasNoCause());
        assertThat(planned).as("tries go on").hasSizeGreaterThan(1);
        failure = new SQLException("timed out");
        assertThatThrownBy(this::login).hasCause(failure);
    }

    @Test
    void anErrorOfTheSupplierIsAFailureLikeOthers() {
        CredentialsKeeper broken = keeper(() -> {
            throw new NoClassDefFoundError("com/example/Vault");
        });
        assertThatThrownBy(() -> broken.forLogin(in(10_000)))
                .isInstanceOf(CredentialsUnavailableException.class)
                .hasMessageContaining("NoClassDefFoundError: com/example/Vault");
        CredentialsKeeper empty = keeper(() -> null);
        assertThatThrownBy(() -> empty.forLogin(in(10_000))).hasMessageContaining("it gave null");
    }

    @Test
    void whatIsSlowToGetIsNotAskedForByEachOfManyLogins() throws SQLException {
        AtomicInteger asked = new AtomicInteger();
        CredentialsKeeper slow = keeper(() -> {
            asked.incrementAndGet();
            long begin = System.nanoTime();
            await().pollDelay(Duration.ZERO).until(() -> System.nanoTime() - begin > 400_000_000);
            return OLD;
        });
        for (int i = 0; i < 20; i++) {
            assertThat(slow.forLogin(in(20_000))).isEqualTo(OLD);
        }
        assertThat(asked.get()).isEqualTo(1);
    }

    @Test
    void aSupplierBehindTheServerIsAskedUntilItSaysSomethingElse() throws Exception {
        assertThat(login()).isEqualTo(OLD);
        Future<Credentials> other = threads.submit(() -> keeper.insteadOf(OLD, in(10_000)));
        await().until(() -> calls.get() > 3);
        assertThat(other).isNotDone();
        given.set(NEW);
        assertThat(other.get(10, TimeUnit.SECONDS)).isEqualTo(NEW);
    }

    @Test
    void ifItNeverDoesTheWaitIsBounded() throws Exception {
        assertThat(login()).isEqualTo(OLD);
        long begin = System.nanoTime();
        assertThat(keeper.insteadOf(OLD, in(300))).isNull();
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofMillis(1_500));
        begin = System.nanoTime();
        assertThat(keeper.insteadOf(OLD, in(60_000))).isNull();
        assertThat(Duration.ofNanos(System.nanoTime() - begin))
                .isBetween(Duration.ofMillis(1_900), Duration.ofSeconds(6));
        assertThat(calls.get()).isLessThan(40);
    }

    @Test
    void whatNeverWorkedIsNotWaitedFor() throws Exception {
        Credentials used = keeper.forLogin(in(10_000));
        long begin = System.nanoTime();
        assertThat(keeper.insteadOf(used, in(60_000))).isNull();
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(1));
    }

    @Test
    void aSupplierAheadOfTheServerIsBridgedByWhatTheServerTookBefore() throws Exception {
        assertThat(login()).isEqualTo(OLD);
        given.set(NEW);
        assertThat(keeper.forLogin(in(10_000))).isEqualTo(NEW);
        assertThat(keeper.insteadOf(NEW, in(10_000))).isEqualTo(OLD);
        keeper.accepted(OLD);
        assertThat(keeper.forLogin(in(10_000)))
                .as("at once, without a rejected login")
                .isEqualTo(OLD);
        // By now the server has changed its mind.
        assertThat(keeper.insteadOf(OLD, in(10_000))).isEqualTo(NEW);
        keeper.accepted(NEW);
        assertThat(login()).isEqualTo(NEW);
        assertThat(heard).containsExactly("refreshed", "refreshed", "rotated");
    }

    @Test
    void anotherUsersCredentialsAreNotReplacedByThoseOfTheFormer() throws Exception {
        assertThat(login()).isEqualTo(OLD);
        Credentials other = Credentials.of("other", "wrong");
        given.set(other);
        assertThat(keeper.forLogin(in(10_000))).isEqualTo(other);
        assertThat(keeper.insteadOf(other, in(300))).isNull();
    }

    @Test
    void aRejectedTokenIsNotKept() throws Exception {
        given.set(token("revoked", Duration.ofHours(1)));
        Credentials revoked = login();
        given.set(token("fresh", Duration.ofHours(1)));
        assertThat(keeper.insteadOf(revoked, in(10_000)).secret()).isEqualTo("fresh");
        assertThat(login().secret()).isEqualTo("fresh");
        assertThat(calls.get()).isEqualTo(2);
    }

    @Test
    void theEndOfTimeIsAnExpiryToo() throws SQLException {
        given.set(new Credentials("app", "for ever", Instant.MAX));
        assertThat(login().secret()).isEqualTo("for ever");
        assertThat(planned.get(0).delay()).isGreaterThan(Duration.ofDays(365));
    }

    @Test
    void anInterruptNeitherEndsALoginNorIsItLost() throws Exception {
        CredentialsKeeper slow = keeper(() -> {
            long begin = System.nanoTime();
            await().pollDelay(Duration.ZERO).until(() -> System.nanoTime() - begin > 300_000_000);
            return given.get();
        });
        Future<Boolean> borrower = threads.submit(() -> {
            Thread.currentThread().interrupt();
            assertThat(slow.forLogin(in(20_000))).isEqualTo(OLD);
            slow.accepted(OLD);
            assertThat(Thread.currentThread().isInterrupted()).isTrue();
            assertThat(slow.insteadOf(OLD, in(20_000))).isEqualTo(NEW);
            return Thread.interrupted();
        });
        await().until(() -> slow.expiresAt() == null && heard.contains("refreshed"));
        given.set(NEW);
        assertThat(borrower.get(20, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void whilePausedNobodyIsAskedAndAfterItThePlanIsANewOne() throws SQLException {
        given.set(token("first", Duration.ofHours(1)));
        login();
        assertThat(planned).hasSize(1);
        keeper.pause();
        assertThat(keeper.isIdle()).isTrue();
        planned.get(0).task().run();
        assertThat(keeper.insteadOf(given.get(), in(10_000))).isNull();
        assertThatThrownBy(() -> keeper.forLogin(in(10_000))).hasMessageContaining("while the pool is suspended");
        assertThat(calls).hasValue(1);
        keeper.goOn();
        assertThat(planned).hasSize(2);
        planned.get(0).task().run();
        assertThat(calls).as("by the old plan").hasValue(1);
        given.set(token("second", Duration.ofHours(1)));
        planned.get(1).task().run();
        await().until(() -> planned.size() == 3);
        assertThat(login().secret()).isEqualTo("second");
        assertThat(calls).hasValue(2);
    }

    @Test
    void aCallThatIsInterruptedForAPauseIsNoFailure() throws Exception {
        CountDownLatch called = new CountDownLatch(1);
        CredentialsKeeper slow = keeper(() -> {
            called.countDown();
            while (!Thread.interrupted()) {
                LockSupport.park(called);
            }
            throw new SQLException("interrupted");
        });
        Future<?> login = threads.submit(() -> slow.forLogin(in(20_000)));
        called.await(20, TimeUnit.SECONDS);
        slow.pause();
        assertThat(slow.isIdle()).isFalse();
        slow.interrupt();
        await().until(slow::isIdle);
        assertThatThrownBy(() -> login.get(20, TimeUnit.SECONDS)).hasCauseInstanceOf(SQLException.class);
        assertThat(heard).isEmpty();
    }

    @Test
    void fixedOnesAskNobody() throws SQLException {
        CredentialsKeeper fixed = keeper(new FixedCredentials(OLD));
        assertThat(fixed.forLogin(0)).isSameAs(OLD);
        fixed.accepted(OLD);
        assertThat(fixed.insteadOf(OLD, in(10_000))).isNull();
        assertThat(fixed.hasOtherThan(OLD, in(10_000))).isFalse();
        assertThat(heard).isEmpty();
    }
}
