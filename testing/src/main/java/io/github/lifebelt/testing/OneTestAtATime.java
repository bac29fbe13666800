package io.github.lifebelt.testing;

import java.lang.reflect.Method;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.parallel.ResourceLocksProvider;

/** Keeps tests that share a server from running at the same time; classes have servers of their own. */
final class OneTestAtATime implements ResourceLocksProvider {
    @Override
    public Set<Lock> provideForMethod(List<Class<?>> enclosing, Class<?> testClass, Method method) {
        Class<?> outermost = enclosing.isEmpty() ? testClass : enclosing.get(0);
        return Set.of(new Lock("io.github.lifebelt.testing.DatabaseTest of " + outermost.getName()));
    }
}
