package io.github.lifebelt.internal.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.lifebelt.spi.FailureClassifier.FailureChain;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.security.cert.CertificateException;
import java.sql.SQLException;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;

class ScrubberTest {

    private static final String SECRET = "pa$$word";

    private static String trace(Throwable failure) {
        StringWriter text = new StringWriter();
        failure.printStackTrace(new PrintWriter(text));
        return text.toString();
    }

    @Test
    void whatShowsNothingStaysAsItIs() {
        SQLException failure = new SQLException("no route", "08001", new UnknownHostException("db"));
        assertThat((Throwable) Scrubber.without(SECRET, failure)).isSameAs(failure);
        assertThat((Throwable) Scrubber.without(null, failure)).isSameAs(failure);
        assertThat((Throwable) Scrubber.without("no", failure))
                .as("too short to be told apart")
                .isSameAs(failure);
    }

    @Test
    void theSecretIsTakenOutWhereverItStands() {
        SQLException failure =
                new SQLException("cannot connect", "08001", 42, new UnknownHostException("app:" + SECRET + "@db"));
        failure.setNextException(new SQLException("tried " + SECRET, "28P01"));
        failure.addSuppressed(new IllegalStateException(SECRET));
        SQLException scrubbed = Scrubber.without(SECRET, failure);
        assertThat(trace(scrubbed)).doesNotContain(SECRET).contains("app:***@db", "cannot connect");
        assertThat(scrubbed.getSQLState()).isEqualTo("08001");
        assertThat(scrubbed.getErrorCode()).isEqualTo(42);
        assertThat(scrubbed.getNextException().getMessage()).isEqualTo("tried ***");
        assertThat(scrubbed.getNextException().getSQLState()).isEqualTo("28P01");
        assertThat(scrubbed.getStackTrace()).isEqualTo(failure.getStackTrace());
    }

    @Test
    void whatTheFailureMeansIsKept() {
        SSLHandshakeException tls = new SSLHandshakeException("for " + SECRET);
        tls.initCause(new CertificateException("not trusted"));
        assertThat(FailureChain.of(Scrubber.without(SECRET, new SQLException("tls", "08006", tls)))
                        .isAboutTls())
                .isTrue();
        assertThat(FailureChain.of(Scrubber.without(
                                SECRET, new SQLException("late", "08006", new SocketTimeoutException(SECRET))))
                        .has(SocketTimeoutException.class))
                .isTrue();
    }

    @Test
    void causesInACircleEnd() {
        SQLException outer = new SQLException(SECRET);
        SQLException inner = new SQLException("inner", outer);
        outer.initCause(inner);
        assertThat(Scrubber.without(SECRET, outer).getMessage()).isEqualTo("***");
    }
}
