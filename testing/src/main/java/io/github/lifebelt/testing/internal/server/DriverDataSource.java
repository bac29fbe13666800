package io.github.lifebelt.testing.internal.server;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Arrays;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** A driver's own data source. By reflection, because the driver is the user's choice and may be absent. */
public final class DriverDataSource {
    private DriverDataSource() {}

    /** Makes one; whoever has no such driver is told which artifact to add. */
    public static DataSource of(String className, String artifact, String jdbcUrl, Access access) {
        try {
            DataSource made =
                    (DataSource) load(className, artifact).getConstructor().newInstance();
            set(made, "setUrl", jdbcUrl);
            set(made, "setUser", access.user());
            set(made, "setPassword", access.password());
            return made;
        } catch (ReflectiveOperationException e) {
            Throwable cause = e instanceof InvocationTargetException ? e.getCause() : e;
            throw new IllegalStateException("The driver's " + className + " cannot be set up: " + cause, cause);
        }
    }

    private static Class<?> load(String className, String artifact) {
        ClassLoader context = Thread.currentThread().getContextClassLoader();
        ClassNotFoundException notThere = null;
        for (ClassLoader loader : new @Nullable ClassLoader[] {context, DriverDataSource.class.getClassLoader()}) {
            try {
                return Class.forName(className, true, loader);
            } catch (ClassNotFoundException e) {
                notThere = e;
            }
        }
        throw new IllegalStateException(
                "The class path has no " + className + "; add " + artifact + " (test scope)", notThere);
    }

    /** Beans of drivers say setUrl, setURL or both. */
    private static void set(Object bean, String setter, String value) throws ReflectiveOperationException {
        Method method = Arrays.stream(bean.getClass().getMethods())
                .filter(m -> m.getName().equalsIgnoreCase(setter))
                .filter(m -> Arrays.equals(m.getParameterTypes(), new Class<?>[] {String.class}))
                .findFirst()
                .orElseThrow(() -> new NoSuchMethodException(setter));
        method.invoke(bean, value);
    }
}
