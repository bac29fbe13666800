package io.github.lifebelt.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.lifebelt.spi.Dialect.Advice;
import io.github.lifebelt.spi.Dialect.ConnectProblem;
import io.github.lifebelt.url.DatabaseUrl;
import java.sql.SQLException;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Texts of servers that are not to be had here: Azure's, Entra's, and PgBouncer's of several versions. */
class ConnectAdviceTest {

    private static final DatabaseUrl AZURE = DatabaseUrl.builder("postgresql")
            .host("srv.postgres.database.azure.com")
            .database("orders")
            .user("app")
            .build();

    private static Advice advice(String state, String words, String user) {
        return Objects.requireNonNull(ConnectAdvice.of(new SQLException(words, state), AZURE, user));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "28P01|FATAL: The access token has expired. Please acquire a new token and retry.|AUTH_TOKEN_EXPIRED",
                "28000|FATAL: The access token does not have a valid audience claim. Please acquire a new token for the"
                        + " resource \"https://ossrdbms-aad.database.windows.net\".|AUTH_TOKEN_AUDIENCE",
                "28P01|FATAL: An error occurred while validating the access token. Please acquire a new token and retry"
                        + "|AUTH_TOKEN_REJECTED",
                "28P01|FATAL: password authentication failed for user \"app\"|AUTH_REJECTED",
                "28000|FATAL: no pg_hba.conf entry for host \"1.2.3.4\", user \"app\", database \"d\", SSL encryption"
                        + "|AUTH_ADDRESS_NOT_ALLOWED",
                "28000|FATAL: no pg_hba.conf entry for host \"1.2.3.4\", user \"app\", database \"d\", SSL on"
                        + "|AUTH_ADDRESS_NOT_ALLOWED",
                "08004|The server requested SCRAM-based authentication, but no password was provided.|AUTH_NO_PASSWORD",
                "57P03|FATAL: the database system is starting up|SERVER_STARTING",
                "57P03|FATAL: the database system is shutting down|SERVER_STOPPING",
                "57P03|FATAL: the database system is not accepting connections|SERVER_TAKES_NO_CLIENTS",
                "57P01|FATAL: terminating connection due to administrator command|SERVER_STOPPING",
                "53300|FATAL: sorry, too many clients already|SERVER_FULL",
                "53300|FATAL: remaining connection slots are reserved for roles with privileges of the"
                        + " \"pg_use_reserved_connections\" role|SERVER_FULL",
                "53300|FATAL: too many connections for database \"orders\"|SERVER_USER_LIMIT",
                "42601|FATAL: invalid command-line argument for server process: endpoint=ep-x|ENDPOINT_OPTION",
                "08P01|FATAL: unsupported startup parameter: options|STARTUP_PARAMETER_REFUSED",
                "08P01|FATAL: unsupported startup parameter in options: work_mem|STARTUP_PARAMETER_REFUSED",
                "08P01|FATAL: SASL authentication failed|AUTH_REJECTED",
                "08P01|FATAL: password authentication failed|AUTH_REJECTED",
                "08P01|FATAL: no such database: orders|DATABASE_NOT_FOUND",
                "08P01|FATAL: no more connections allowed (max_client_conn)|SERVER_FULL",
                "08P01|FATAL: query_wait_timeout|POOLER_WITHOUT_SERVER",
                "08P01|FATAL: server login has been failing, try again later (server_login_retry)|POOLER_WITHOUT_SERVER"
            })
    void theWordsTell(String state, String words, String code) {
        assertThat(advice(state, words, "app").code()).isEqualTo(code);
    }

    @Test
    void azuresSingleServerWantedTheServerBehindTheUser() {
        Advice advice = advice("28P01", "FATAL: password authentication failed for user \"app@srv\"", "app@srv");
        assertThat(advice.code()).isEqualTo("AUTH_USER_AT_SERVER");
        assertThat(advice.fix()).isEqualTo("log in as app");
    }

    @Test
    void onAzureAnAddressIsLetInByAFirewallRule() {
        Advice advice = advice("28000", "FATAL: no pg_hba.conf entry for host \"1.2.3.4\", SSL encryption", "app");
        assertThat(advice.problem()).isEqualTo(ConnectProblem.AUTHENTICATION);
        assertThat(advice.fix()).contains("firewall rule");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "28000|FATAL: no pg_hba.conf entry for host \"1.2.3.4\", user \"app\", database \"d\", no encryption",
                "08P01|FATAL: SSL required",
                "08004|The server does not support SSL.",
                "08P01|Protocol error.  Session setup failed.",
                "08006|An I/O error occurred while sending to the backend."
            })
    void whatIsAboutTlsOrTheLineIsToldElsewhere(String state, String words) {
        assertThat(ConnectAdvice.of(new SQLException(words, state), AZURE, "app"))
                .isNull();
    }
}
