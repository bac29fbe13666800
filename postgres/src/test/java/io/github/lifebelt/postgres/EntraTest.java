package io.github.lifebelt.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.lifebelt.ConfigurationException;
import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.testing.TestDatabase;
import io.github.lifebelt.url.DatabaseUrl;
import java.io.File;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Logins without a password, by Azure's own library from a stand-in of Azure's identity endpoint. */
class EntraTest {

    private static final Pattern RESULT = Pattern.compile(
            "borrows=(\\d+) failed=0 logins=(\\d+) refreshed=(\\d+) expiry=(true|false) seconds=(\\d+)");

    private static final String PLUGIN =
            "com.azure.identity.extensions.jdbc.postgresql.AzurePostgresqlAuthenticationPlugin";

    @TempDir
    private Path folder;

    @Test
    void aManagedIdentityLogsInAndItsTokensAreRenewedWithoutAFailedBorrow() throws Exception {
        try (TestDatabase database = TestDatabase.postgres().tls(true).start();
                EntraStandIn endpoint = new EntraStandIn(database, Duration.ofSeconds(4), true)) {
            String said =
                    run(passwordless(database) + "&lifebelt.credentials=azure-entra", 51, 3, endpoint.environment());
            Matcher result = RESULT.matcher(said);
            assertThat(result.find()).as(said).isTrue();
            assertThat(Integer.parseInt(result.group(2))).as("logins").isGreaterThan(50);
            assertThat(Integer.parseInt(result.group(3)))
                    .as("tokens, but for one under way at the end")
                    .isBetween(endpoint.tokens() - 1, endpoint.tokens());
            // Each is good for three to four seconds, and renewed after half of that; some tries fail.
            assertThat(endpoint.tokens()).isBetween(3, 3 + Integer.parseInt(result.group(5)));
            assertThat(endpoint.failures()).isGreaterThan(0);
            assertThat(endpoint.questions())
                    .allSatisfy(question ->
                            assertThat(question).contains("resource=https://ossrdbms-aad.database.windows.net"));
            assertThat(result.group(4)).as("the pool knows when they expire").isEqualTo("true");
            assertThat(said).contains("Microsoft Entra").doesNotContain("token-");
        }
    }

    @Test
    void soDoesAzuresOwnPluginOfTheDriver() throws Exception {
        try (TestDatabase database = TestDatabase.postgres().tls(true).start();
                EntraStandIn endpoint = new EntraStandIn(database, Duration.ofHours(1), false)) {
            String url = database.jdbcUrl() + "&user=" + database.user()
                    + "&azure.tokenCredentialCacheEnabled=true&authenticationPluginClassName=" + PLUGIN;
            String said = run(url, 2, 0, endpoint.environment());
            Matcher result = RESULT.matcher(said);
            assertThat(result.find()).as(said).isTrue();
            assertThat(Integer.parseInt(result.group(2))).as("logins").isGreaterThan(1);
            assertThat(result.group(4)).as("the pool knows when they expire").isEqualTo("false");
            assertThat(endpoint.tokens()).isPositive();
        }
    }

    private static String passwordless(TestDatabase database) {
        String url = database.url();
        return url.replace(":" + database.password() + "@", "@");
    }

    private String run(String url, int logins, int tokens, Map<String, String> environment)
            throws IOException, InterruptedException {
        Path output = folder.resolve("output");
        ProcessBuilder java = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        EntraApplication.class.getName(),
                        url,
                        String.valueOf(logins),
                        String.valueOf(tokens))
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        java.environment().keySet().removeIf(name -> name.startsWith("AZURE_") || name.startsWith("MSI_"));
        java.environment().putAll(environment);
        Process process = java.start();
        try {
            assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        return Files.readString(output);
    }

    @Test
    void withoutTheLibraryTheErrorNamesTheDependency() throws Exception {
        URL[] without = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> !entry.contains("azure"))
                .map(EntraTest::url)
                .toArray(URL[]::new);
        Thread current = Thread.currentThread();
        ClassLoader before = current.getContextClassLoader();
        try (URLClassLoader loader = new URLClassLoader(without, ClassLoader.getPlatformClassLoader())) {
            current.setContextClassLoader(loader);
            Class<?> provider = loader.loadClass("io.github.lifebelt.security.CredentialsProvider");
            assertThatThrownBy(
                            () -> provider.getMethod("azureEntra", String.class).invoke(null, "app"))
                    .hasRootCauseMessage(
                            "[ENTRA_LIBRARY_MISSING] credentials from Microsoft Entra need Azure's library beside"
                                    + " Lifebelt, and com.azure.core.credential.TokenRequestContext was not found: add the"
                                    + " dependency com.azure:azure-identity-extensions:1.2.9");
        } finally {
            current.setContextClassLoader(before);
        }
    }

    private static URL url(String entry) {
        try {
            return Path.of(entry).toUri().toURL();
        } catch (IOException e) {
            throw new IllegalArgumentException(entry, e);
        }
    }

    @Test
    void withoutAUserThereIsNobodyToLogInAs() {
        DatabaseUrl url = DatabaseUrl.builder("postgresql")
                .host("srv.postgres.database.azure.com")
                .setting("credentials", "azure-entra")
                .build();
        assertThatThrownBy(() -> ConnectionPool.builder(url))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("[INVALID_SETTING]")
                .hasMessageContaining("without a user");
    }

    @Test
    void theSettingsOfAzuresPluginArePassedToTheDriverAndItsSecretsAreNot() {
        String url =
                "jdbc:postgresql://srv.postgres.database.azure.com/db?user=app&authenticationPluginClassName=" + PLUGIN;
        assertThat(DriverSettings.of(DatabaseUrl.parse(url + "&azure.clientId=id"))
                        .properties())
                .containsEntry("authenticationPluginClassName", PLUGIN)
                .containsEntry("azure.clientId", "id");
        assertThatThrownBy(() -> DriverSettings.of(DatabaseUrl.parse(url + "&azure.clientSecret=s3cret")))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageNotContaining("s3cret");
    }
}
