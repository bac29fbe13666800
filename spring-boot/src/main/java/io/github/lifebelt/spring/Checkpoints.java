package io.github.lifebelt.spring;

import io.github.lifebelt.ConnectionPool;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.crac.Context;
import org.crac.Core;
import org.crac.Resource;
import org.springframework.beans.factory.config.BeanPostProcessor;

/**
 * Takes the application's pools off the network while the process is being frozen.
 *
 * <p>Resources are told in the reverse order of their registration. Spring registers its own, which stops and starts the
 * application's Lifecycle beans, when it makes its lifecycle processor; post-processors are there before any such bean. So
 * servers and schedulers are stopped before the pools are, and are started when the pools lend again.
 */
final class Checkpoints implements BeanPostProcessor, Resource {
    private static final Duration FOR_WORK_TO_END = Duration.ofSeconds(10);

    private final List<ConnectionPool> pools = new CopyOnWriteArrayList<>();

    /** Contexts hold resources weakly; the bean factory holds this one. */
    static Checkpoints registered() {
        Checkpoints checkpoints = new Checkpoints();
        Core.getGlobalContext().register(checkpoints);
        return checkpoints;
    }

    /** Before others put a wrapper in its place. */
    @Override
    public Object postProcessBeforeInitialization(Object bean, String name) {
        if (bean instanceof ConnectionPool pool) {
            pools.add(pool);
        }
        return bean;
    }

    /** Refuses the checkpoint if work goes on for longer. */
    @Override
    public void beforeCheckpoint(Context<? extends Resource> context) throws SQLException {
        for (ConnectionPool pool : pools) {
            if (!pool.isClosed()) {
                pool.suspend(FOR_WORK_TO_END);
            }
        }
    }

    /** Also called where the checkpoint has failed. */
    @Override
    public void afterRestore(Context<? extends Resource> context) {
        pools.forEach(ConnectionPool::resume);
    }
}
