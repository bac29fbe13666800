package io.github.lifebelt.apps.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.lifebelt.url.DatabaseUrl;
import io.github.lifebelt.url.UrlReading;
import io.github.lifebelt.url.UrlReading.Diagnosis;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which database a platform's variables name. Both dialects are present, as in a doctor. */
class EnvironmentTest {

    private static final String ORDERS = "postgresql://app:s3cret@db.example.com/orders";
    private static final String SHOP = "mysql://app:s3cret@db.example.com/shop";

    private static UrlReading read(String... namesAndValues) {
        Map<String, String> variables = new java.util.TreeMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            variables.put(namesAndValues[i], namesAndValues[i + 1]);
        }
        return DatabaseUrl.readEnvironment(variables, null);
    }

    private static DatabaseUrl url(String... namesAndValues) {
        return read(namesAndValues).get();
    }

    private static String refusal(String... namesAndValues) {
        UrlReading reading = read(namesAndValues);
        assertThat(reading.refusal()).as(reading.toString()).isNotNull();
        assertThat(reading.refusal().getMessage()).doesNotContain("s3cret");
        return reading.refusal().code();
    }

    @Test
    void theFirstOfTheOrderWinsAndIsNamed() {
        UrlReading reading = read("DATABASE_URL", ORDERS, "MYSQL_HOST", "h", "PGHOST", "h");
        assertThat(reading.get().target()).isEqualTo("postgresql://app@db.example.com/orders");
        assertThat(reading.source()).isEqualTo("environment: DATABASE_URL (not used: PGHOST, MYSQL_HOST)");
    }

    @Test
    void herokusJdbcUrlComesBeforeTheUrlItWasMadeFrom() {
        UrlReading reading = read(
                "DATABASE_URL", "postgres://u:p@h:5432/d",
                "JDBC_DATABASE_URL", "jdbc:postgresql://h:5432/d?password=p&sslmode=require&user=u",
                "JDBC_DATABASE_USERNAME", "u",
                "JDBC_DATABASE_PASSWORD", "p");
        assertThat(reading.get().sslMode()).hasToString("require");
        assertThat(reading.source()).startsWith("environment: JDBC_DATABASE_URL");
    }

    @Test
    void aUrlTakesTheCredentialsOfItsOwnFamily() {
        DatabaseUrl url = url(
                "SPRING_DATASOURCE_URL", "jdbc:mysql://h:3306/shop",
                "SPRING_DATASOURCE_USERNAME", "app",
                "SPRING_DATASOURCE_PASSWORD", "100%+$x");
        assertThat(url.user()).isEqualTo("app");
        assertThat(url.credentials().secret()).isEqualTo("100%+$x");
    }

    @Test
    void twoThatContradictEachOtherAreNamed() {
        UrlReading reading = read("DATABASE_URL", ORDERS, "DATABASE_PASSWORD", "other");
        assertThat(Objects.requireNonNull(reading.refusal()))
                .hasMessageContainingAll("[CONTRADICTING_VARIABLES]", "DATABASE_URL", "DATABASE_PASSWORD")
                .message()
                .doesNotContain("s3cret")
                .doesNotContain("other,");
    }

    @Test
    void noPasswordIsTakenFromAnotherFamily() {
        assertThat(refusal("DB_HOST", "h", "DB_PORT", "5432", "PGPASSWORD", "s3cret"))
                .isEqualTo("MIXED_VARIABLES");
        assertThat(refusal("DATABASE_URL", "postgresql://app@h/orders", "PGPASSWORD", "s3cret"))
                .isEqualTo("MIXED_VARIABLES");
        assertThat(url("DATABASE_URL", ORDERS, "PGPASSWORD", "other")
                        .credentials()
                        .secret())
                .isEqualTo("s3cret");
        assertThat(url("DATABASE_URL", "postgresql://app@h/orders", "MYSQL_PASSWORD", "other")
                        .credentials()
                        .secret())
                .isNull();
    }

    @Test
    void twoOfTheSameRankAreNotChosenFrom() {
        assertThat(refusal("PGHOST", "h1", "MYSQL_HOST", "h2")).isEqualTo("SEVERAL_DATABASES");
        assertThat(refusal("POSTGRESQLCONNSTR_A", "Server=h;Database=a", "MYSQLCONNSTR_B", "Server=h;Database=b"))
                .isEqualTo("SEVERAL_DATABASES");
        assertThat(refusal("AZURE_MYSQL_CONNECTIONSTRING", "app:s3cret@tcp(h)/shop", "AZURE_POSTGRESQL_HOST", "h"))
                .isEqualTo("SEVERAL_DATABASES");
    }

    @Test
    void whatKubernetesInjectsIsIgnoredAndReported() {
        UrlReading reading =
                read("DB_HOST", "db", "DB_PORT", "tcp://10.0.0.7:5432", "DB_ENGINE", "django.db.backends.postgresql");
        assertThat(reading.get().hosts()).containsExactly(new DatabaseUrl.Host("db", null));
        assertThat(reading.diagnoses()).extracting(Diagnosis::code).contains("KUBERNETES_VARIABLE");
    }

    @Test
    void whatKubernetesInjectsTellsWhatListensThere() {
        DatabaseUrl url = url("DB_HOST", "db", "DB_PORT", "tcp://10.0.0.7:3306", "DB_USER", "app");
        assertThat(url.target()).isEqualTo("mysql://app@db");
    }

    @Test
    void aHintDecidesWhereTheVariablesDoNot() {
        assertThat(DatabaseUrl.readEnvironment(Map.of("DB_HOST", "h"), "mysql")
                        .get()
                        .dialect())
                .isEqualTo("mysql");
        assertThat(DatabaseUrl.readEnvironment(Map.of("PGHOST", "h"), "mysql")
                        .get()
                        .dialect())
                .isEqualTo("postgresql");
    }

    @ParameterizedTest
    @CsvSource({
        "django.db.backends.postgresql, postgresql",
        "django.contrib.gis.db.backends.postgis, postgresql",
        "django.db.backends.mysql, mysql",
        "pgsql, postgresql",
        "mariadb, mysql"
    })
    void theEngineSaysWhatItIs(String engine, String dialect) {
        assertThat(url("DJANGO_DATABASE_HOST", "h", "DJANGO_DATABASE_ENGINE", engine)
                        .dialect())
                .isEqualTo(dialect);
    }

    @Test
    void whatDoesNotSayWhatItIsIsNotGuessed() {
        assertThat(refusal("DB_HOST", "h", "DB_USER", "app")).isEqualTo("DIALECT_AMBIGUOUS");
        assertThat(refusal("DB_HOST", "h", "DB_ENGINE", "django.db.backends.sqlite3"))
                .isEqualTo("UNSUPPORTED_DIALECT");
        assertThat(url("DB_HOST", "h", "DB_PORT", "3306").dialect()).isEqualTo("mysql");
        assertThat(url("DB_HOST", "x.postgres.database.azure.com").dialect()).isEqualTo("postgresql");
    }

    @Test
    void aStageHasADatabaseOfItsOwn() {
        assertThat(url("ENVIRONMENT", "production", "PROD_DATABASE_URL", ORDERS, "STAGING_DATABASE_URL", SHOP)
                        .database())
                .isEqualTo("orders");
        assertThat(url("ENVIRONMENT", "staging", "PROD_DATABASE_URL", ORDERS, "STAGING_DATABASE_URL", SHOP)
                        .database())
                .isEqualTo("shop");
        assertThat(url("ENVIRONMENT", "development", "PROD_DATABASE_URL", ORDERS, "DATABASE_URL", SHOP)
                        .database())
                .isEqualTo("shop");
        assertThat(url("ENVIRONMENT", "production", "DATABASE_URL", SHOP).database())
                .as("no stage has one of its own")
                .isEqualTo("shop");
        assertThat(url("ENVIRONMENT", "staging", "STAGING_DB_HOST", "h", "STAGING_DB_PORT", "3306")
                        .dialect())
                .isEqualTo("mysql");
    }

    @Test
    void aStageWithoutOneIsNamedAndGetsNoOthers() {
        UrlReading reading =
                read("ENVIRONMENT", "staging", "PROD_DATABASE_URL", ORDERS, "DATABASE_URL", "mysql://h/other");
        assertThat(Objects.requireNonNull(reading.refusal()))
                .hasMessageContainingAll(
                        "[STAGE_NOT_SET]", "'staging'", "STAGING_DATABASE_URL is not set", "PROD_DATABASE_URL");
        assertThat(refusal("PROD_DATABASE_URL", ORDERS)).isEqualTo("STAGE_NOT_SET");
    }

    @Test
    void nothingIsSaidToBeNothing() {
        assertThat(refusal()).isEqualTo("URL_MISSING");
        assertThat(refusal("DATABASE_URL", "")).isEqualTo("EMPTY_VALUE");
        assertThat(refusal("PGUSER", "app", "PGPASSWORD", "s3cret")).isEqualTo("HOST_MISSING");
        assertThat(url("DATABASE_URL", "", "PGHOST", "h").hosts()).hasSize(1);
    }

    @Test
    void theErrorNamesTheVariable() {
        assertThat(Objects.requireNonNull(read("DATABASE_URL", "postgresql://app:s3cret@h:abc/orders")
                        .refusal()))
                .hasMessageStartingWith("[PORT_NOT_NUMERIC] in DATABASE_URL: ");
    }

    @Test
    void aReferenceThatWasNotResolvedIsNoPassword() {
        assertThat(refusal(
                        "SPRING_DATASOURCE_URL", "jdbc:postgresql://h/orders",
                        "SPRING_DATASOURCE_USERNAME", "app",
                        "SPRING_DATASOURCE_PASSWORD", "@Microsoft.KeyVault(VaultName=v;SecretName=s)"))
                .isEqualTo("KEYVAULT_REFERENCE_UNRESOLVED");
        assertThat(refusal("PGHOST", "h", "PGPASSWORD", "${DB_PASSWORD}")).isEqualTo("VARIABLE_NOT_EXPANDED");
    }

    @Test
    void serviceConnectorsFormsAreRead() {
        assertThat(url("AZURE_MYSQL_CONNECTIONSTRING", "app:s3cret@tcp(h:3306)/shop?tls=true")
                        .sslMode())
                .hasToString("verify-full");
        assertThat(url(
                                "AZURE_MYSQL_DBNAME", "shop",
                                "AZURE_MYSQL_HOST", "h",
                                "AZURE_MYSQL_FLAG", "MYSQL_CLIENT_SSL",
                                "AZURE_MYSQL_USERNAME", "app",
                                "AZURE_MYSQL_PASSWORD", "p")
                        .sslMode())
                .hasToString("require");
        assertThat(url("AZURE_POSTGRESQL_CONNECTIONSTRING", "host=h dbname=orders user=app password=x sslmode=require")
                        .database())
                .isEqualTo("orders");
    }

    @Test
    void cloudSqlsSamplesAreRead() {
        assertThat(url(
                                "INSTANCE_HOST",
                                "10.0.0.3",
                                "DB_PORT",
                                "5432",
                                "DB_NAME",
                                "orders",
                                "DB_USER",
                                "app",
                                "DB_PASS",
                                "x")
                        .target())
                .isEqualTo("postgresql://app@10.0.0.3:5432/orders");
    }

    @Test
    void aCustomStringCountsIfItIsForADatabase() {
        assertThat(url("CUSTOMCONNSTR_Cache", "redis://cache", "CUSTOMCONNSTR_Db", ORDERS)
                        .database())
                .isEqualTo("orders");
        assertThat(refusal("CUSTOMCONNSTR_Db", "@Microsoft.KeyVault(VaultName=v;SecretName=s)"))
                .isEqualTo("KEYVAULT_REFERENCE_UNRESOLVED");
        assertThat(refusal("CUSTOMCONNSTR_Db", "Server=h;Database=d;User Id=u;Password=s3cret"))
                .isEqualTo("DIALECT_AMBIGUOUS");
    }

    @Test
    void aPortMayStandBehindTheHost() {
        assertThat(url("MYSQL_HOST", "h:3307").hosts()).containsExactly(new DatabaseUrl.Host("h", 3307));
        assertThat(url("PGHOST", "::1").hosts()).containsExactly(new DatabaseUrl.Host("::1", null));
        assertThat(url("PGHOST", "h1,h2", "PGPORT", "5433").hosts())
                .containsExactly(new DatabaseUrl.Host("h1", 5433), new DatabaseUrl.Host("h2", 5433));
    }

    @Test
    void herokusColoursAreTheLastResort() {
        assertThat(url("HEROKU_POSTGRESQL_AMBER_URL", "postgres://u:p@h/amber").database())
                .isEqualTo("amber");
        assertThat(url("HEROKU_POSTGRESQL_AMBER_URL", "postgres://u:p@h/amber", "DATABASE_URL", ORDERS)
                        .database())
                .isEqualTo("orders");
    }
}
