package io.github.lifebelt.postgres.observe;

import static io.github.lifebelt.contract.Sql.execute;
import static io.github.lifebelt.contract.Sql.query;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.DatabaseUnavailableException;
import io.github.lifebelt.PoolExhaustedException;
import io.github.lifebelt.contract.PlainOuter;
import io.github.lifebelt.contract.PoolTest;
import io.github.lifebelt.contract.Sql;
import io.github.lifebelt.metrics.PoolMetrics;
import io.github.lifebelt.testing.StopMode;
import io.github.lifebelt.tx.CommitOutcomeUnknownException;
import io.github.lifebelt.tx.DatabaseException.AfterCommitException;
import io.github.lifebelt.tx.RetryPolicy;
import io.github.lifebelt.tx.Transaction;
import io.github.lifebelt.tx.TransactionRolledBackException;
import io.github.lifebelt.tx.UnitOfWork;
import io.micrometer.core.instrument.observation.DefaultMeterObservationHandler;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.handler.DefaultTracingObservationHandler;
import io.micrometer.tracing.otel.bridge.OtelCurrentTraceContext;
import io.micrometer.tracing.otel.bridge.OtelTracer;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.EventData;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Through Micrometer's tracer into OpenTelemetry's exporter, as an application has it. */
class TracesTest extends PoolTest {

    private static final RetryPolicy TWICE = RetryPolicy.conflictsAndLostConnections();

    private final InMemorySpanExporter exporter = InMemorySpanExporter.create();
    private final SdkTracerProvider provider = SdkTracerProvider.builder()
            .addSpanProcessor(SimpleSpanProcessor.create(exporter))
            .build();
    private final io.opentelemetry.api.trace.Tracer otel = provider.get("test");
    private final Tracer tracer = new OtelTracer(otel, new OtelCurrentTraceContext(), event -> {});
    private final ObservationRegistry registry = ObservationRegistry.create();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private ConnectionPool pool;

    @BeforeEach
    void observe() {
        registry.observationConfig()
                .observationHandler(new DefaultTracingObservationHandler(tracer))
                .observationHandler(new DefaultMeterObservationHandler(meters));
        pool = open(builder()
                .name("orders")
                .maxSize(2)
                .borrowTimeout(Duration.ofSeconds(5))
                .unavailableTimeout(Duration.ZERO));
        // snippet: observe
        new PoolMetrics(pool).observe(registry);
        // end: observe
    }

    @AfterEach
    void nothingStaysCurrent() {
        assertThat(Span.fromContextOrNull(Context.current())).isNull();
        assertThat(registry.getCurrentObservationScope()).isNull();
        provider.close();
    }

    /** What a JDBC instrumentation does: a span of its own, below whatever is current. */
    private void tracedQuery(Connection connection) throws SQLException {
        Span span = otel.spanBuilder("select").startSpan();
        try {
            query(connection, "select 1");
        } finally {
            span.end();
        }
    }

    private SpanData only(String name) {
        List<SpanData> found = all(name);
        assertThat(found)
                .as("%s among %s", name, exporter.getFinishedSpanItems())
                .hasSize(1);
        return found.get(0);
    }

    private List<SpanData> all(String name) {
        return exporter.getFinishedSpanItems().stream()
                .filter(span -> span.getName().equals(name))
                .toList();
    }

    private static String value(SpanData span, String key) {
        return span.getAttributes().get(AttributeKey.stringKey(key));
    }

    private static void assertChild(SpanData child, SpanData parent) {
        assertThat(child.getParentSpanId()).isEqualTo(parent.getSpanId());
        assertThat(child.getTraceId()).isEqualTo(parent.getTraceId());
    }

    @Test
    void aUnitIsTheParentOfItsBorrowAndOfTheStatementsInIt() {
        UnitOfWork.on(pool).named("place-order").run(tx -> tracedQuery(tx.connection()));
        SpanData unit = only("unit place-order");
        assertThat(unit.getParentSpanId())
                .isEqualTo(Span.getInvalid().getSpanContext().getSpanId());
        assertChild(only("borrow orders"), unit);
        assertChild(only("select"), unit);
        assertThat(value(unit, "outcome")).isEqualTo("committed");
        assertThat(value(unit, "lifebelt.unit.name")).isEqualTo("place-order");
        assertThat(value(unit, "lifebelt.unit.attempts")).isEqualTo("1");
        assertThat(value(unit, "db.client.connection.pool.name")).isEqualTo("orders");
        assertThat(value(unit, "db.system.name")).isEqualTo("postgresql");
        assertThat(value(unit, "server.address")).isNotEmpty();
        assertThat(unit.getStatus().getStatusCode()).isEqualTo(StatusCode.OK);
    }

    @Test
    void aBorrowSaysWhichSessionItGotAndHoldsNoScopeAfterwards() throws Exception {
        try (Connection connection = pool.getConnection()) {
            SpanData borrow = only("borrow orders");
            assertThat(value(borrow, "outcome")).isEqualTo("ok");
            assertThat(value(borrow, "lifebelt.session")).isEqualTo(Long.toString(Sql.sessionId(connection)));
            tracedQuery(connection);
        }
        assertThat(only("select").getParentSpanId())
                .isEqualTo(Span.getInvalid().getSpanContext().getSpanId());
    }

    @Test
    void anOutageIsAnErrorOfTheBorrowAndOfTheUnit() {
        server().faults().stop(StopMode.FAST);
        assertThatThrownBy(() -> pool.getConnection()).isInstanceOf(DatabaseUnavailableException.class);
        SpanData borrow = only("borrow orders");
        assertThat(value(borrow, "outcome")).isEqualTo("unavailable");
        assertThat(borrow.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
        exporter.reset();

        assertThatThrownBy(() -> UnitOfWork.on(pool).named("order").run(tx -> {}))
                .isNotNull();
        SpanData unit = only("unit order");
        assertThat(value(unit, "outcome")).isEqualTo("unavailable");
        assertThat(value(unit, "error.type")).isEqualTo("io.github.lifebelt.tx.ConnectionUnavailableException");
        assertThat(unit.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
        assertChild(only("borrow orders"), unit);
    }

    @Test
    void aFullPoolIsToldFromADeadDatabase() throws Exception {
        ConnectionPool one = open(builder().name("one").maxSize(1).borrowTimeout(Duration.ofMillis(100)));
        one.awaitReady(Duration.ofSeconds(20)); // a connect may take longer than this borrower has
        new PoolMetrics(one).observe(registry);
        try (Connection held = borrowedByAnother(one)) {
            query(held, "select 1");
            exporter.reset();
            assertThatThrownBy(one::getConnection)
                    .isInstanceOf(PoolExhaustedException.class)
                    .hasMessageContaining("last statement: select ?");
        }
        SpanData borrow = only("borrow one");
        assertThat(value(borrow, "outcome")).isEqualTo("exhausted");
        assertThat(borrow.getEvents())
                .as("the exception with its figures and without the holder's statement")
                .singleElement()
                .satisfies(event -> assertThat(event.getAttributes().asMap().values())
                        .anySatisfy(text -> assertThat(text.toString()).contains("[POOL_EXHAUSTED]", "max 1, active 1"))
                        .noneSatisfy(text -> assertThat(text.toString()).contains("select")));
        assertThat(Duration.ofNanos(borrow.getEndEpochNanos() - borrow.getStartEpochNanos()))
                .as("it begins before the wait")
                .isGreaterThanOrEqualTo(Duration.ofMillis(99));
    }

    @Test
    void aUnitThatIsRunAgainIsOneSpanWithAnEventAndABorrowForEachRun() {
        UnitOfWork.on(pool).named("order").retry(TWICE).run(tx -> {
            tracedQuery(tx.connection());
            if (tx.attempt() == 1) {
                server().faults().killSession(Sql.sessionId(tx.connection()));
                query(tx.connection(), "select 2");
            }
        });
        SpanData unit = only("unit order");
        assertThat(value(unit, "lifebelt.unit.attempts")).isEqualTo("2");
        assertThat(value(unit, "outcome")).isEqualTo("committed");
        assertThat(unit.getEvents()).hasSize(1);
        assertThat(unit.getEvents().get(0).getName()).contains("run 1 failed, run again", "CONNECTION_LOST");
        assertThat(all("borrow orders")).hasSize(2).allSatisfy(borrow -> assertChild(borrow, unit));
        assertThat(all("select")).hasSize(2).allSatisfy(select -> assertChild(select, unit));
    }

    @Test
    void whatBecameOfAnUnansweredCommitIsAnEvent() {
        assertThatThrownBy(() -> UnitOfWork.on(pool)
                        .named("order")
                        .commitOutcome(UnitOfWork.CommitOutcome.OFF)
                        .run(tx -> {
                            execute(tx.connection(), "create table if not exists traced (n int)");
                            execute(
                                    tx.connection(),
                                    "create or replace function die() returns trigger language plpgsql as"
                                            + " $$ begin perform pg_terminate_backend(pg_backend_pid()); return null; end $$");
                            execute(
                                    tx.connection(),
                                    "create constraint trigger die after insert on traced"
                                            + " deferrable initially deferred for each row execute function die()");
                            execute(tx.connection(), "insert into traced values (1)");
                        }))
                .isInstanceOf(CommitOutcomeUnknownException.class);
        SpanData unit = only("unit order");
        assertThat(value(unit, "outcome")).isEqualTo("unknown");
        assertThat(unit.getEvents()).extracting(EventData::getName).anyMatch(name -> name.contains("unknown"));
    }

    @Test
    void noValueOfARowIsInASpan() throws Exception {
        try (Connection connection = pool.getConnection()) {
            execute(connection, "drop table if exists traced cascade");
            execute(connection, "create table traced (n text primary key)");
            execute(connection, "insert into traced values ('4711-secret')");
        }
        assertThatThrownBy(() -> UnitOfWork.on(pool)
                        .named("order")
                        .run(tx -> execute(tx.connection(), "insert into traced values ('4711-secret')")))
                .isInstanceOf(TransactionRolledBackException.class)
                .hasStackTraceContaining("4711-secret");
        SpanData unit = only("unit order");
        assertThat(unit.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
        assertThat(value(unit, "db.response.status_code")).isEqualTo("23505");
        assertThat(exporter.getFinishedSpanItems().toString() + unit.getEvents())
                .doesNotContain("4711-secret");
        assertThat(exporter.getFinishedSpanItems().toString()).doesNotContain(server().password());
    }

    @Test
    void aBegunUnitEndsWhereItIsCommittedOrClosed() throws SQLException {
        try (Transaction tx = UnitOfWork.on(pool).named("begun").begin()) {
            tracedQuery(tx.connection());
            tx.commit();
            assertThat(value(only("unit begun"), "outcome")).isEqualTo("committed");
        }
        assertChild(only("select"), only("unit begun"));
        try (Transaction tx = UnitOfWork.on(pool).named("left").begin()) {
            tracedQuery(tx.connection());
        }
        assertThat(value(only("unit left"), "outcome")).isEqualTo("closed");
    }

    @Test
    void anAfterCommitActionBelongsToItsUnitAndItsFailureDoesNotUnstoreIt() {
        assertThatThrownBy(() -> UnitOfWork.on(pool)
                        .named("order")
                        .run(tx -> tx.afterCommit(() -> {
                            otel.spanBuilder("mail").startSpan().end();
                            throw new IllegalStateException("no mail");
                        })))
                .isInstanceOf(AfterCommitException.class);
        SpanData unit = only("unit order");
        assertChild(only("mail"), unit);
        assertThat(value(unit, "outcome")).isEqualTo("committed");
        assertThat(unit.getEvents()).extracting(EventData::getName).containsExactly("an after-commit action failed");
    }

    @Test
    void aClosedPoolIsAnErrorOfTheBorrow() {
        pool.close();
        assertThatThrownBy(pool::getConnection).hasMessageContaining("POOL_CLOSED");
        assertThat(value(only("borrow orders"), "outcome")).isEqualTo("closed");
    }

    @Test
    void metersOfObservationsHaveTheSameTagsHoweverTheyEnd() {
        UnitOfWork.on(pool).named("order").run(tx -> {});
        assertThatThrownBy(() -> UnitOfWork.on(pool).named("order").run(tx -> {
                    throw new IllegalStateException("mine");
                }))
                .hasMessage("mine");
        assertThat(meters.find("lifebelt.unit").timers())
                .hasSize(2)
                .allSatisfy(timer -> assertThat(timer.getId().getTags())
                        .extracting("key")
                        .containsExactlyInAnyOrder(
                                "db.client.connection.pool.name",
                                "db.system.name",
                                "error",
                                "error.type",
                                "lifebelt.unit.name",
                                "outcome"));
        assertThat(meters.get("lifebelt.borrow").timer().count()).isEqualTo(2);
    }

    @Test
    void aUnitThatJoinsHasTheSameTagsAsOthers() throws Exception {
        UnitOfWork.on(pool).named("order").run(tx -> {});
        try (Connection connection = pool.getConnection()) {
            connection.setAutoCommit(false);
            UnitOfWork.on(pool)
                    .named("order")
                    .within(() -> new PlainOuter(connection))
                    .joining()
                    .run(tx -> query(tx.connection(), "select 1"));
            connection.rollback();
        }
        assertThat(all("unit order")).extracting(unit -> value(unit, "outcome")).containsExactly("committed", "joined");
        assertThat(all("unit order"))
                .allSatisfy(unit -> assertThat(value(unit, "error.type")).isEqualTo("none"));
    }

    @Test
    void aUnitThatAnotherThreadClosesLeavesTheScopesOfThatThreadAlone() throws Exception {
        Transaction begun = threads.submit(
                        () -> UnitOfWork.on(pool).named("handed over").begin())
                .get(30, TimeUnit.SECONDS);
        Observation mine = Observation.start("mine", registry);
        try (Observation.Scope scope = mine.openScope()) {
            begun.close();
            assertThat(registry.getCurrentObservationScope()).isSameAs(scope);
        } finally {
            mine.stop();
        }
        assertThat(value(only("unit handed over"), "outcome")).isEqualTo("closed");
    }

    @Test
    void theNoopRegistryEndsObserving() throws Exception {
        new PoolMetrics(pool).observe(ObservationRegistry.NOOP);
        pool.getConnection().close();
        UnitOfWork.on(pool).run(tx -> {});
        assertThat(exporter.getFinishedSpanItems()).isEmpty();
    }
}
