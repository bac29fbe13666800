package io.github.lifebelt.testing;

import io.github.lifebelt.testing.TestDatabaseBuilder.Wish;
import java.lang.reflect.Executable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.Store;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolutionException;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.platform.commons.support.AnnotationSupport;

/**
 * What {@link DatabaseTest} does, for servers that an annotation cannot describe, and for what has to know the server
 * before the first test, as a Spring context does:
 *
 * <pre>{@code
 * @RegisterExtension
 * static final DatabaseExtension DATABASE =
 *         DatabaseExtension.of(TestDatabase.postgres().user("orders").idleTimeout(Duration.ofSeconds(2)));
 *
 * @DynamicPropertySource
 * static void properties(DynamicPropertyRegistry registry) {
 *     registry.add("spring.datasource.url", () -> DATABASE.database().jdbcUrl());
 * }
 * }</pre>
 *
 * <p>It has to be in a static field. All that {@link DatabaseTest} says about parameters, sharing and cleaning holds, but
 * tests of one class that JUnit would run in parallel wait for each other instead of being scheduled so.
 *
 * <p>Thread-safe.
 */
public final class DatabaseExtension
        implements BeforeAllCallback, BeforeEachCallback, AfterEachCallback, AfterAllCallback, ParameterResolver {
    private static final Namespace NAMESPACE = Namespace.create(DatabaseExtension.class);
    private static final String SHELF = "shelf";
    private static final String SERVER = "server";
    private static final String TEST = "test";

    private final @Nullable Wish wish;
    private final Cleaning cleaning;
    private volatile @Nullable ClassServer current;

    /** For JUnit, which reads the rest from {@link DatabaseTest}. */
    DatabaseExtension() {
        this(null, Cleaning.AUTOMATIC);
    }

    private DatabaseExtension(@Nullable Wish wish, Cleaning cleaning) {
        this.wish = wish;
        this.cleaning = cleaning;
    }

    /**
     * An extension for servers like that.
     *
     * @param server what it is to be like; later changes to it do not count
     * @return an extension for a static field
     */
    public static DatabaseExtension of(TestDatabaseBuilder server) {
        return new DatabaseExtension(server.wish(), Cleaning.AUTOMATIC);
    }

    /**
     * The same with another way of cleaning.
     *
     * @param how by default {@link Cleaning#AUTOMATIC}; {@link Cleaning#TRUNCATE} for a pool that outlives a test
     * @return a new extension
     */
    public DatabaseExtension cleaning(Cleaning how) {
        return new DatabaseExtension(wish, how);
    }

    /**
     * The class's database.
     *
     * @return the server, from before the first {@code BeforeAll} method to after the last {@code AfterAll} method
     * @throws IllegalStateException at other times
     */
    public TestDatabase database() {
        ClassServer server = current;
        if (server == null) {
            throw new IllegalStateException("There is a database only while the tests of a class run, and only if this"
                    + " extension is in a static field");
        }
        return server.database();
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        // A nested class finds what its outer class has.
        if (store(context).get(SERVER) == null) {
            ClassServer server = wish == null ? annotated(context) : new ClassServer(shelf(context), wish, cleaning);
            store(context).put(SERVER, server);
            current = server;
        }
    }

    @Override
    public void beforeEach(ExtensionContext context) throws InterruptedException {
        store(context).put(TEST, server(context).beginTest());
    }

    @Override
    public void afterEach(ExtensionContext context) {
        TestScope test = store(context).remove(TEST, TestScope.class);
        if (test != null) {
            server(context).endTest(test);
        }
    }

    @Override
    public void afterAll(ExtensionContext context) {
        // Not a nested class's: what it finds is its outer class's.
        ClassServer server = store(context).remove(SERVER, ClassServer.class);
        if (server != null) {
            current = null;
            server.close();
        }
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return TestScope.has(parameter.getParameter().getType());
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        Class<?> type = parameter.getParameter().getType();
        Executable method = parameter.getDeclaringExecutable();
        TestScope test = store(context).get(TEST, TestScope.class);
        try {
            return (test != null ? test : server(context).scope()).give(type, method);
        } catch (RuntimeException e) {
            throw new ParameterResolutionException(
                    "Cannot give " + method.getName() + " a " + type.getSimpleName() + ": " + e.getMessage(), e);
        }
    }

    private static ClassServer annotated(ExtensionContext context) {
        Class<?> testClass = context.getRequiredTestClass();
        DatabaseTest wanted = AnnotationSupport.findAnnotation(testClass, DatabaseTest.class)
                .orElseThrow(() -> new ExtensionConfigurationException(testClass.getName()
                        + " uses DatabaseExtension without @DatabaseTest; annotate it, or register an extension made"
                        + " with DatabaseExtension.of(...) in a static field"));
        return new ClassServer(shelf(context), builder(wanted).wish(), wanted.clean());
    }

    private static TestDatabaseBuilder builder(DatabaseTest wanted) {
        TestDatabaseBuilder builder =
                TestDatabase.of(wanted.value()).tls(wanted.tls()).provider(wanted.provider());
        if (!wanted.version().isEmpty()) {
            builder.version(wanted.version());
        }
        if (wanted.maxConnections() != 0) {
            builder.maxConnections(wanted.maxConnections());
        }
        for (String setting : wanted.settings()) {
            int equals = setting.indexOf('=');
            if (equals < 1) {
                throw new ExtensionConfigurationException("'" + setting + "' is no name=value in settings");
            }
            builder.setting(
                    setting.substring(0, equals).trim(),
                    setting.substring(equals + 1).trim());
        }
        return builder;
    }

    private static ClassServer server(ExtensionContext context) {
        ClassServer server = store(context).get(SERVER, ClassServer.class);
        if (server == null) {
            throw new ExtensionConfigurationException("A DatabaseExtension has to be in a static field");
        }
        return server;
    }

    private static ServerShelf shelf(ExtensionContext context) {
        Store store = context.getRoot().getStore(NAMESPACE);
        // The method that does both at once has one name in JUnit 5 and another in 6.
        synchronized (DatabaseExtension.class) {
            ServerShelf shelf = store.get(SHELF, ServerShelf.class);
            if (shelf == null) {
                shelf = new ServerShelf();
                store.put(SHELF, shelf);
            }
            return shelf;
        }
    }

    private static Store store(ExtensionContext context) {
        return context.getStore(NAMESPACE);
    }
}
