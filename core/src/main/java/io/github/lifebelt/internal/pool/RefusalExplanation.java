package io.github.lifebelt.internal.pool;

import io.github.lifebelt.PoolConfig;
import io.github.lifebelt.internal.tls.TlsSource;
import io.github.lifebelt.spi.Dialect;
import io.github.lifebelt.spi.Dialect.Advice;
import io.github.lifebelt.spi.Dialect.ConnectProblem;
import java.sql.SQLException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What the doctor would say of a refused connect: at the end of its message, with what helps. */
final class RefusalExplanation implements BorrowErrors.Explanation {
    private final PoolConfig config;
    private final Dialect dialect;
    private final TlsSource tls;

    RefusalExplanation(PoolConfig config, Dialect dialect, TlsSource tls) {
        this.config = config;
        this.dialect = dialect;
        this.tls = tls;
    }

    @Override
    public @Nullable String of(SQLException failure, ConnectProblem problem) {
        String aboutTls = tls.explain(failure, problem);
        String user = config.url().user();
        // Without one in the URL the advice could not name who was refused.
        if (user == null || (aboutTls != null && problem == ConnectProblem.TLS)) {
            return aboutTls;
        }
        Advice advice = dialect.advice(failure, config.url(), user);
        if (advice == null) {
            return aboutTls;
        }
        String told = advice.code() + ": " + advice.what() + ". Fix: " + capital(advice.fix());
        return aboutTls == null ? told : aboutTls + ". " + told;
    }

    private static String capital(String text) {
        return text.substring(0, 1).toUpperCase(Locale.ROOT) + text.substring(1);
    }
}
