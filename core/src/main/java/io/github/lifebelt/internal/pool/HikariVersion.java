package io.github.lifebelt.internal.pool;

import com.zaxxer.hikari.HikariConfig;
import io.github.lifebelt.ConfigurationException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which HikariCP is on the class path. The slots rest on its inner behaviour, so versions that were not tried are
 * refused; and frameworks' dependency management silently brings its own.
 */
final class HikariVersion {
    private static final Logger LOG = LoggerFactory.getLogger(HikariVersion.class);
    private static final String POM = "/META-INF/maven/com.zaxxer/HikariCP/pom.properties";
    private static final Pattern NUMBER = Pattern.compile("(\\d+)\\.(\\d+)\\.(\\d+).*");

    static final String OLDEST = "6.3.3";
    static final String BELOW = "8.0.0";

    private HikariVersion() {}

    static void check() {
        String found = found();
        if (found == null) {
            LOG.warn(
                    "HikariCP's version cannot be told (repackaged?); supported are {} up to, not including, {}",
                    OLDEST,
                    BELOW);
            return;
        }
        if (!supported(found)) {
            throw new ConfigurationException(
                    "HIKARI_VERSION",
                    "HikariCP " + found + " is on the class path; supported are " + OLDEST
                            + " up to, not including, " + BELOW + ". Under Spring Boot's dependency management set the"
                            + " Maven property hikaricp.version to 7.1.0; elsewhere declare com.zaxxer:HikariCP:7.1.0");
        }
    }

    static boolean supported(String version) {
        long number = number(version);
        return number >= number(OLDEST) && number < number(BELOW);
    }

    private static long number(String version) {
        Matcher matcher = NUMBER.matcher(version);
        if (!matcher.matches()) {
            return -1;
        }
        return Long.parseLong(matcher.group(1)) * 1_000_000
                + Long.parseLong(matcher.group(2)) * 1_000
                + Long.parseLong(matcher.group(3));
    }

    static @Nullable String found() {
        try (InputStream in = HikariConfig.class.getResourceAsStream(POM)) {
            if (in == null) {
                return null;
            }
            Properties properties = new Properties();
            properties.load(in);
            return properties.getProperty("version");
        } catch (IOException e) {
            return null;
        }
    }
}
