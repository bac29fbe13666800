package io.github.lifebelt.metrics;

import io.micrometer.observation.Observation;
import io.micrometer.observation.Observation.Scope;
import io.micrometer.observation.ObservationRegistry;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One observation with its scope, from which nothing that a handler throws gets out: it is somebody else's borrow or unit.
 * Each step stands for itself, so that one broken handler does not take the spans of the others along.
 */
final class Observed {
    private static final Logger LOG = LoggerFactory.getLogger(Observed.class);

    private final ObservationRegistry registry;
    private final AtomicBoolean complained;
    private final Thread thread = Thread.currentThread();
    private Observation observation = Observation.NOOP;
    private @Nullable Scope before;
    private @Nullable Scope scope;

    /** Starts it and makes it the current one of this thread. */
    Observed(ObservationRegistry registry, AtomicBoolean complained, Supplier<Observation> notStarted) {
        this.registry = registry;
        this.complained = complained;
        // Predicates are asked when it is made, and are the application's as handlers are.
        tell(ignored -> observation = notStarted.get());
        // A registry may be one of the application's own, too.
        tell(ignored -> before = registry.getCurrentObservationScope());
        tell(Observation::start);
        tell(started -> scope = started.openScope());
        if (scope == null) {
            tell(ignored -> {
                Scope current = registry.getCurrentObservationScope();
                // A handler has thrown after the scope had become the current one.
                scope = current == before ? null : current;
            });
        }
    }

    /** Does something with it. */
    void tell(Consumer<Observation> what) {
        try {
            what.accept(observation);
        } catch (RuntimeException | LinkageError | AssertionError e) {
            // Those that are no exceptions are a handler's, too: one that was compiled against another version.
            if (complained.compareAndSet(false, true)) {
                LOG.warn("an observation handler or predicate has failed; the pool goes on (shown once per pool)", e);
            }
        }
    }

    /**
     * Puts back what was current before, and stops it. On another thread than the one that began it nothing of it is
     * current, and what is there is somebody else's.
     */
    void stop() {
        Scope opened = scope;
        if (opened != null && Thread.currentThread() == thread) {
            tell(ignored -> opened.close());
            tell(ignored -> {
                if (registry.getCurrentObservationScope() == opened) {
                    registry.setCurrentObservationScope(before);
                }
            });
        }
        tell(Observation::stop);
    }
}
