package io.github.lifebelt.testing.internal.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.github.lifebelt.testing.DatabaseProduct;
import io.github.lifebelt.testing.ServerProvider;
import io.github.lifebelt.testing.internal.server.ServerSpec;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class ProvidersTest {
    private static final String NO_LIBAIO = "mysqld cannot be loaded here for lack of libaio.so.1; install libaio1";
    private static final Provider NOTHING = new Fixed("not here", "nor here");
    private static final Function<ServerProvider, Provider> ONLY_MARIADB = only(new Fixed(NO_LIBAIO, null));

    @Test
    void mysqlIsItselfWhereItCanBeHad() {
        Providers.Choice choice = Providers.choose(
                DatabaseProduct.MYSQL, ServerProvider.AUTOMATIC, ServerProvider.AUTOMATIC, only(new Fixed(null, null)));
        assertThat(choice.product()).isEqualTo(DatabaseProduct.MYSQL);
        assertThat(choice.kind()).isEqualTo(ServerProvider.EMBEDDED);
    }

    @Test
    void mariaDbStandsInForMySqlThatCannotBeLoadedAndTheLogSaysWhy() {
        Logger logger = (Logger) LoggerFactory.getLogger(Providers.class);
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.start();
        logger.addAppender(lines);
        try {
            for (ServerProvider wanted : new ServerProvider[] {ServerProvider.AUTOMATIC, ServerProvider.EMBEDDED}) {
                Providers.Choice choice =
                        Providers.choose(DatabaseProduct.MYSQL, ServerProvider.AUTOMATIC, wanted, ONLY_MARIADB);
                assertThat(choice.product()).isEqualTo(DatabaseProduct.MARIADB);
                assertThat(choice.kind()).isEqualTo(ServerProvider.EMBEDDED);
            }
        } finally {
            logger.detachAppender(lines);
        }
        assertThat(lines.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .containsExactly("MARIADB comes from EMBEDDED: in the place of MYSQL, because " + NO_LIBAIO);
    }

    @Test
    void whoAsksForTheProviderGetsMySqlOrAnError() {
        assertThatIllegalStateException()
                .isThrownBy(() -> Providers.choose(
                        DatabaseProduct.MYSQL, ServerProvider.EMBEDDED, ServerProvider.EMBEDDED, ONLY_MARIADB))
                .withMessageContaining("install libaio1");
    }

    @Test
    void whereThereIsNeitherTheErrorSaysWhatMySqlNeeds() {
        for (ServerProvider wanted : new ServerProvider[] {ServerProvider.AUTOMATIC, ServerProvider.EMBEDDED}) {
            assertThatIllegalStateException()
                    .isThrownBy(() -> Providers.choose(
                            DatabaseProduct.MYSQL,
                            ServerProvider.AUTOMATIC,
                            wanted,
                            only(new Fixed(NO_LIBAIO, "the class path has no MariaDB"))))
                    .withMessageContaining("install libaio1");
        }
    }

    @Test
    void otherProductsAreNeverExchanged() {
        assertThat(Providers.choose(
                                DatabaseProduct.POSTGRESQL,
                                ServerProvider.AUTOMATIC,
                                ServerProvider.AUTOMATIC,
                                ONLY_MARIADB)
                        .product())
                .isEqualTo(DatabaseProduct.POSTGRESQL);
        assertThatIllegalStateException()
                .isThrownBy(() -> Providers.choose(
                        DatabaseProduct.MARIADB,
                        ServerProvider.AUTOMATIC,
                        ServerProvider.AUTOMATIC,
                        only(new Fixed(null, "no MariaDB"))));
    }

    private static Function<ServerProvider, Provider> only(Provider embedded) {
        return kind -> Map.of(ServerProvider.EMBEDDED, embedded).getOrDefault(kind, NOTHING);
    }

    /** Knows what it has against the two; PostgreSQL only where it has MariaDB. */
    private record Fixed(@Nullable String mysql, @Nullable String mariaDb) implements Provider {
        @Override
        public @Nullable String obstacle(DatabaseProduct product) {
            return product == DatabaseProduct.MYSQL ? mysql : mariaDb;
        }

        @Override
        public void prepare(DatabaseProduct product, @Nullable String version) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Provision start(ServerSpec spec) {
            throw new UnsupportedOperationException();
        }
    }
}
