package io.github.lifebelt.frameworks.springboot;

import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.frameworks.Application;
import java.util.ArrayList;
import java.util.List;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** An application of Boot that was started. */
record Running(ConfigurableApplicationContext context) implements Application {

    /** Without it the transactions are those of JDBC. Names that a line does not have are passed over. */
    static final String WITHOUT_JPA = "spring.autoconfigure.exclude="
            + "org.springframework.boot.autoconfigure.orm.jpa.HibernateJpaAutoConfiguration,"
            + "org.springframework.boot.autoconfigure.data.jpa.JpaRepositoriesAutoConfiguration,"
            + "org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration,"
            + "org.springframework.boot.data.jpa.autoconfigure.DataJpaRepositoriesAutoConfiguration";

    /** What stores, in a transaction of Spring's. */
    interface Store {
        void store(String text, Runnable then);

        long count();
    }

    static Running start(Class<?> application, String... properties) {
        List<String> arguments = new ArrayList<>(List.of(
                "--server.port=0",
                "--spring.jpa.open-in-view=false",
                "--management.endpoint.health.show-details=always"));
        for (String property : properties) {
            arguments.add("--" + property);
        }
        return new Running(new SpringApplicationBuilder(application).run(arguments.toArray(String[]::new)));
    }

    @Override
    public void store(String text, Runnable then) {
        context.getBean(Store.class).store(text, then);
    }

    @Override
    public long count() {
        return context.getBean(Store.class).count();
    }

    @Override
    public ConnectionPool pool() {
        return context.getBean(ConnectionPool.class);
    }

    @Override
    public void close() {
        context.close();
    }
}
