package io.github.lifebelt.url;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.lifebelt.ConfigurationException;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What every dialect's URLs have in common, by a format that knows one parameter. */
@Tag("smoke")
class UrlReaderTest {

    private static final String SCHEME = "db://";

    private static final class Format implements UrlReader.Parameters {
        final UrlReader reader = new UrlReader("db", "this database");

        @Override
        public boolean isKnown(String name) {
            return name.equals("known") || name.equals("password");
        }

        @Override
        public void read(UrlReader.Parameter parameter) {
            if (!isKnown(parameter.name()) && parameter.mayBeSecret()) {
                throw new ConfigurationException("UNKNOWN_PARAM", "not guessed: " + parameter.shown());
            }
            reader.parameter(parameter.name(), parameter.value());
        }
    }

    private static DatabaseUrl read(String url) {
        Format format = new Format();
        format.reader.uri(url, SCHEME.length(), format);
        return format.reader.toUrl();
    }

    @Test
    void eachPartIsDecodedByItself() {
        assertThat(read("db://a%40b:s%2F+@h1:1,[::1]:2,h3/o%3Fd?known=a+b%26&lifebelt.max-size=7"))
                .isEqualTo(DatabaseUrl.builder("db")
                        .user("a@b")
                        .password("s/+")
                        .host("h1", 1)
                        .host("::1", 2)
                        .host("h3")
                        .database("o?d")
                        .parameter("known", "a+b&")
                        .setting("max-size", "7")
                        .build());
    }

    @Test
    void partsThatAreEmptyAreNotGiven() {
        assertThat(read("db://")).isEqualTo(DatabaseUrl.builder("db").build());
        assertThat(read("db://:@/?lifebelt.a=1"))
                .isEqualTo(DatabaseUrl.builder("db").setting("a", "1").build());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    db://app:qxz@qxz@h/d          | UNENCODED_AT
                    db://app:qxz@h/qxz@h/d        | UNENCODED_AT
                    db://app:1/qxz@h/d            | UNENCODED_SLASH
                    db://app:%qx@h/d              | INVALID_PERCENT_ENCODING
                    db://app:qxz%00@h/d           | INVALID_PERCENT_ENCODING
                    db://app:qxz%FF@h/d           | INVALID_PERCENT_ENCODING
                    db://app:qxz@[::1/d           | IPV6_BRACKET_UNTERMINATED
                    db://app:qxz@[]/d             | IPV6_ADDRESS_EMPTY
                    db://app:qxz@[::1]qxz/d       | IPV6_BRACKET_TRAILING_TEXT
                    db://app:qxz@${HOST}/d        | HOST_INVALID
                    db://app:qxz@h:qxz/d          | PORT_NOT_NUMERIC
                    db://app:qxz@h:70000/d        | PORT_OUT_OF_RANGE
                    db://app:qxz@h/d?known        | PARAM_WITHOUT_VALUE
                    db://h/d?password=1&qxz=2     | UNKNOWN_PARAM
                    """)
    void whatCannotBeIsRefusedWithoutShowingWhatMayBeASecret(String url, String code) {
        assertThatThrownBy(() -> read(url))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageStartingWith("[" + code + "] ")
                .hasMessageNotContaining("qxz");
    }

    @Test
    void hostsAndPortsMayComeInListsOfTheirOwn() {
        UrlReader reader = new UrlReader("db", "this database");
        reader.setHosts(List.of("h1", "h2"));
        reader.setPorts(List.of("7"));
        assertThat(reader.toUrl().hosts())
                .containsExactly(new DatabaseUrl.Host("h1", 7), new DatabaseUrl.Host("h2", 7));
        reader.setPorts(List.of("7", "8", "9"));
        assertThatThrownBy(reader::toUrl).hasMessageStartingWith("[PORT_COUNT_MISMATCH] ");
    }

    @Test
    void formsHaveABlankForAPlus() {
        UrlReader reader = new UrlReader("db", "this database");
        assertThat(reader.decodeForm("a+b%2Bc", "value")).isEqualTo("a b+c");
        assertThat(reader.decodeForm("a+b", "value")).isEqualTo("a b");
        assertThat(reader.decode("a+b%2Bc", "value")).isEqualTo("a+b+c");
    }
}
