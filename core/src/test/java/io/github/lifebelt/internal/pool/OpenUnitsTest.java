package io.github.lifebelt.internal.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class OpenUnitsTest {

    private final OpenUnits units = new OpenUnits("orders", true);

    private String here() {
        return String.valueOf(units.unitOf(Thread.currentThread()));
    }

    @Test
    void theInnermostOpenOneCounts() {
        assertThat(here()).isEqualTo("null");
        OpenUnits.Entry outer = units.begin("outer");
        OpenUnits.Entry inner = units.begin("inner");
        assertThat(here()).isEqualTo("inner");
        inner.end();
        assertThat(here()).isEqualTo("outer");
        outer.end();
        assertThat(here()).isEqualTo("null");
    }

    @Test
    void theyMayEndInAnyOrderAndMoreThanOnce() {
        OpenUnits.Entry outer = units.begin("outer");
        OpenUnits.Entry inner = units.begin("inner");
        outer.end();
        assertThat(here()).isEqualTo("inner");
        outer.end();
        inner.end();
        inner.end();
        assertThat(here()).isEqualTo("null");
        OpenUnits.Entry next = units.begin("next");
        outer.end();
        assertThat(here()).isEqualTo("next");
        next.end();
        assertThatCode(units::beforeBorrow).doesNotThrowAnyException();
    }

    @Test
    void aUnitMayEndOnAnotherThread() throws InterruptedException {
        OpenUnits.Entry unit = units.begin("unit");
        Thread other = new Thread(() -> {
            assertThat(here()).isEqualTo("null");
            unit.end();
        });
        other.start();
        other.join(10_000);
        assertThat(here()).isEqualTo("null");
    }

    @Test
    void strictlyASecondBorrowSaysWhichUnitIsOpenAndWhereItWasOpened() {
        OpenUnits.Entry unit = units.begin("place-order");
        assertThatThrownBy(units::beforeBorrow)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("[NESTED_BORROW] orders: thread '"
                        + Thread.currentThread().getName() + "'")
                .hasMessageContaining("unit 'place-order'")
                .cause()
                .hasMessage("where unit 'place-order' was opened");
        unit.end();
        assertThatCode(units::beforeBorrow).doesNotThrowAnyException();
    }

    @Test
    void otherwiseItIsWarnedOfWithTheStackOnce() {
        Logger logger = (Logger) LoggerFactory.getLogger(OpenUnits.class);
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        logger.addAppender(log);
        try {
            OpenUnits lenient = new OpenUnits("orders", false);
            lenient.beforeBorrow();
            OpenUnits.Entry unit = lenient.begin("place-order");
            lenient.beforeBorrow();
            lenient.beforeBorrow();
            unit.end();
            lenient.beforeBorrow();
        } finally {
            logger.detachAppender(log);
        }
        assertThat(log.list).hasSize(2).allSatisfy(event -> {
            assertThat(event.getLevel()).isEqualTo(Level.WARN);
            assertThat(event.getFormattedMessage())
                    .startsWith("[NESTED_BORROW] orders: thread '")
                    .contains("unit 'place-order'", "tx.connection()", "second pool");
        });
        assertThat(log.list.get(0).getThrowableProxy().getMessage()).contains("shown once per pool");
        assertThat(log.list.get(1).getThrowableProxy()).isNull();
    }
}
