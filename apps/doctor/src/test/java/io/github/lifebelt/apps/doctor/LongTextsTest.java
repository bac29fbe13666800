package io.github.lifebelt.apps.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.github.lifebelt.url.DatabaseUrl;
import io.github.lifebelt.url.UrlReading;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is put in the place of a connection string by mistake: a file, a loop's output, a text that was escaped again and again. */
class LongTextsTest {

    private static final int LONG = 16_000;
    private static final List<String> FORMATS = List.of(
            "%s",
            "postgresql://u:%s@h/d",
            "postgresql://%s/d",
            "postgres://h/d?%s",
            "host=h password='%s' user=u",
            "host=h password=%s user=u",
            "Server=h;Port=5432;Password='%s';Database=d",
            "Server=h;Password=%s",
            "u:%s@tcp(h)/d",
            "jdbc:mysql://u:%s@h/d",
            "jdbc:mysql://%s/d",
            "jdbc:mysql://h/d?%s",
            "jdbc:postgresql://h/d?password=%s",
            "mysql+pymysql://u:%s@h/d",
            "postgis://u:%s@h/d",
            "mysql://h/d?%s",
            "psql %s 'postgres://h/d'",
            "@Microsoft.KeyVault(%s");

    static Stream<String> repeated() {
        return Stream.of(
                "a", "x'", "\\a", "%41", "@", ":", "/", ",", ";", "=", "&", "(", "[", " ", "{", "$", "\"", "?", "#",
                "a=b;", "-a ", "h,", "a=b&", "a=b ");
    }

    /** Grammars that go back and forth, or down, would take minutes, or overflow the stack. */
    @ParameterizedTest
    @MethodSource("repeated")
    void endSoonWithAnAnswer(String part) {
        String text = part.repeat((LONG - 100) / part.length());
        for (String format : FORMATS) {
            UrlReading reading = assertTimeoutPreemptively(
                    Duration.ofSeconds(20), () -> DatabaseUrl.read(format.replace("%s", text), null), format);
            assertThat(reading.refusal() == null).as(format).isEqualTo(reading.url() != null);
        }
    }

    @Test
    void moreThanAnyStringHasIsNotRead() {
        UrlReading reading = DatabaseUrl.read("postgres://u:p@h/" + "d".repeat(20_000), null);
        assertThat(reading.refusal()).isNotNull();
        assertThat(reading.refusal().code()).isEqualTo("URL_TOO_LONG");
    }
}
