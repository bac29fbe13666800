package io.github.lifebelt.internal.pool;

import io.github.lifebelt.PoolConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The pools of this process, to notice several for the same work: frameworks and modules that each open one of their own
 * are how a server runs out of connections without anybody having asked for so many.
 */
final class OpenPools {
    private static final Logger LOG = LoggerFactory.getLogger(OpenPools.class);

    /** What two pools would better share. One that reads only is often meant to be another. */
    private record Work(String target, boolean readOnly) {
        static Work of(PoolConfig config) {
            return new Work(config.url().target(), config.readOnly());
        }
    }

    private static final Map<Work, List<String>> OPEN = new ConcurrentHashMap<>();

    private OpenPools() {}

    static void opened(PoolConfig config) {
        OPEN.merge(Work.of(config), List.of(config.name()), OpenPools::joined);
        List<String> twins = twinsOf(config);
        if (!twins.isEmpty()) {
            LOG.warn(
                    "{}: [SEVERAL_POOLS] this process has {} on {} too. One pool for all of it needs fewer connections",
                    config.name(),
                    twins,
                    config.url().target());
        }
    }

    static void closed(PoolConfig config) {
        OPEN.computeIfPresent(Work.of(config), (work, names) -> {
            List<String> left = without(names, config.name());
            return left.isEmpty() ? null : left;
        });
    }

    /** The names of the others that are open. */
    static List<String> twinsOf(PoolConfig config) {
        return without(OPEN.getOrDefault(Work.of(config), List.of()), config.name());
    }

    private static List<String> joined(List<String> some, List<String> more) {
        return Stream.concat(some.stream(), more.stream()).toList();
    }

    /** Names need not be unique: only one of them goes. */
    private static List<String> without(List<String> names, String name) {
        List<String> left = new ArrayList<>(names);
        left.remove(name);
        return List.copyOf(left);
    }
}
