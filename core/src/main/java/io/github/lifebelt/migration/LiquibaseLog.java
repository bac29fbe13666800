package io.github.lifebelt.migration;

import java.util.Map;
import java.util.logging.Level;
import liquibase.Scope;
import liquibase.logging.core.AbstractLogService;
import liquibase.logging.core.AbstractLogger;
import liquibase.ui.LoggerUIService;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Liquibase's log by SLF4J, in place of the console; what it would send home is not sent. */
final class LiquibaseLog extends AbstractLogService {

    /** Whether what Liquibase tells in passing is not worth a line, because it was only asked how things stand. */
    private final boolean quiet;

    private LiquibaseLog(boolean quiet) {
        this.quiet = quiet;
    }

    /** What holds for all that Liquibase does for us, and for nobody else who uses it. */
    static Map<String, Object> scope(boolean quiet) {
        return Map.of(
                Scope.Attr.logService.name(),
                new LiquibaseLog(quiet),
                Scope.Attr.ui.name(),
                new LoggerUIService(),
                "liquibase.analytics.enabled",
                false);
    }

    @Override
    public int getPriority() {
        return PRIORITY_NOT_APPLICABLE;
    }

    @Override
    @SuppressWarnings("rawtypes") // as it is declared
    public liquibase.logging.Logger getLog(Class type) {
        return new Bridge(LoggerFactory.getLogger(type.getName()), quiet);
    }

    @SuppressWarnings("try") // closeable only because Liquibase's type is
    private static final class Bridge extends AbstractLogger {
        private final Logger slf4j;
        private final boolean quiet;

        Bridge(Logger slf4j, boolean quiet) {
            this.slf4j = slf4j;
            this.quiet = quiet;
        }

        @Override
        public void log(Level level, @Nullable String message, @Nullable Throwable e) {
            int value = level.intValue();
            if (value == Level.OFF.intValue()) {
                // Said at this level by what is not to be heard.
                return;
            }
            if (value >= Level.SEVERE.intValue()) {
                slf4j.error(message, e);
            } else if (value >= Level.WARNING.intValue()) {
                slf4j.warn(message, e);
            } else if (value >= Level.INFO.intValue() && !quiet) {
                slf4j.info(message, e);
            } else {
                slf4j.debug(message, e);
            }
        }
    }
}
