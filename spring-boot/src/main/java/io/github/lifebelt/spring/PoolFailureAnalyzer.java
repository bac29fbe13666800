package io.github.lifebelt.spring;

import io.github.lifebelt.ConfigurationException;
import io.github.lifebelt.DatabaseUnavailableException;
import io.github.lifebelt.PoolConfig;
import io.github.lifebelt.doctor.Doctor;
import io.github.lifebelt.doctor.Doctor.Finding;
import io.github.lifebelt.security.CredentialsProvider;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.time.Duration;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.core.env.Environment;

/**
 * Says what is the matter, and what to do, when an application does not start because of its database or the pool's
 * settings: in the pool's own words, and where they have no advice, in the doctor's.
 */
final class PoolFailureAnalyzer implements FailureAnalyzer {
    private static final Duration LOOK = Duration.ofSeconds(5);
    private static final String DOCUMENT = "https://github.com/lifebelt/lifebelt/blob/main/ERRORS.md";
    private static final Pattern CODE = Pattern.compile("^\\[([A-Z_]+)\\] ");
    private static final Pattern ADVICE = Pattern.compile("(?s)(.*?)[.;]? (?:Fix|fix): (.*)");

    // Perhaps right, and not for Lifebelt. Who runs a container of MariaDB's has not even written the URL.
    private static final Set<String> OTHER_DATABASES =
            Set.of("UNKNOWN_SCHEME", "WRONG_SCHEME", "UNSUPPORTED_DIALECT", "DIALECT_UNUSABLE");

    private final BeanFactory beans;
    private final Environment environment;

    /**
     * @param beans of the application, which may have been destroyed; their definitions count
     * @param environment of the application, for the doctor
     */
    PoolFailureAnalyzer(BeanFactory beans, Environment environment) {
        this.beans = beans;
        this.environment = environment;
    }

    @Override
    public @Nullable FailureAnalysis analyze(Throwable failure) {
        for (Throwable t = failure; t != null && t != t.getCause(); t = t.getCause()) {
            if (t instanceof ConfigurationException written) {
                return new FailureAnalysis(
                        "Lifebelt's connection pool cannot be set up: " + written.detail(),
                        "Put right what is named above. "
                                + (OTHER_DATABASES.contains(written.code())
                                        ? "For a database that Lifebelt does not serve, lifebelt.enabled=false leaves the"
                                                + " pool to Boot. "
                                        : "")
                                + more(written.code()),
                        t);
            }
            if (t instanceof DatabaseUnavailableException || isRefusal(t)) {
                return analysis((SQLException) t);
            }
        }
        return null;
    }

    private static boolean isRefusal(Throwable t) {
        return t instanceof SQLNonTransientConnectionException
                && CODE.matcher(String.valueOf(t.getMessage())).find();
    }

    private FailureAnalysis analysis(SQLException failure) {
        String message = String.valueOf(failure.getMessage());
        Matcher code = CODE.matcher(message);
        boolean coded = code.find();
        String said = coded ? message.substring(code.end()) : message;
        String more = coded ? more(code.group(1)) : "Its codes are explained in " + DOCUMENT;
        Matcher advised = ADVICE.matcher(said);
        if (advised.matches()) {
            return new FailureAnalysis(advised.group(1), advised.group(2) + "\n" + more, failure);
        }
        Finding finding = ask(said);
        return finding == null
                ? new FailureAnalysis(said, more, failure)
                : new FailureAnalysis(
                        said + "\n\nThe doctor has looked: " + finding.what() + " (" + finding.code() + ")",
                        finding.fix() + "\n" + more,
                        failure);
    }

    /** Looks at the way to the database, for as long as somebody waits for an application that did not start. */
    private @Nullable Finding ask(String said) {
        if (!isByProperties()) {
            return null;
        }
        try {
            PoolConfig config = PoolMaker.again(environment).config();
            return isOf(config.url().target(), said)
                    ? Doctor.of(config).timeout(LOOK).examine().firstError().orElse(null)
                    : null;
        } catch (RuntimeException e) {
            // Where the URL came from a bean, or cannot be read, the failure has to speak for itself.
            return null;
        }
    }

    /** Whether the application's pool is the auto-configured one, and nothing but properties says how it connects. */
    private boolean isByProperties() {
        return beans instanceof ListableBeanFactory all
                && has(all, LifebeltDataSourceAutoConfiguration.class)
                && !ServiceConnection.isAmong(all, null)
                && !has(all, CredentialsProvider.class)
                && !has(all, LifebeltPoolCustomizer.class);
    }

    private static boolean has(ListableBeanFactory beans, Class<?> type) {
        return beans.getBeanNamesForType(type, true, false).length > 0;
    }

    /** An application may have further pools. Each names its own target in its failures. */
    private static boolean isOf(String target, String failure) {
        return Pattern.compile("(^|\\s)" + Pattern.quote(target) + "(?=[\\s,])")
                .matcher(failure)
                .find();
    }

    private static String more(String code) {
        return code + " is explained in " + DOCUMENT;
    }
}
