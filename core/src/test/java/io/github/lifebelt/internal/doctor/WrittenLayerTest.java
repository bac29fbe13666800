package io.github.lifebelt.internal.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.lifebelt.doctor.Doctor.Finding;
import io.github.lifebelt.security.CredentialsProvider.Credentials;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WrittenLayerTest {

    private static Iterable<String> codes(String secret) {
        Findings findings = new Findings();
        WrittenLayer.look(Credentials.of("app", secret), findings);
        return findings.inOrder().stream().map(Finding::code).toList();
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                "'quoted',PASSWORD_IN_QUOTES",
                "\"quoted\",PASSWORD_IN_QUOTES",
                " blank,PASSWORD_HAS_BLANKS",
                "p%40ss,PASSWORD_PERCENT_ENCODED",
                "p%24ss,PASSWORD_PERCENT_ENCODED"
            })
    void oddShapesAreTold(String secret, String code) {
        assertThat(codes(secret)).containsExactly(code);
    }

    @Test
    void aLineBreakAtItsEndIsTold() {
        assertThat(codes("secret\n")).containsExactly("PASSWORD_HAS_BLANKS");
    }

    @ParameterizedTest
    @ValueSource(strings = {"plain", "50%", "100%off", "it's", "a b c", "p$ss", "%zz", "''"})
    void whatAPasswordMayBeIsNotTalkedAbout(String secret) {
        assertThat(codes(secret)).isEmpty();
    }

    @Test
    void onlyAPasswordWithoutADollarCanHaveBeenCutAtOne() {
        assertThat(WrittenLayer.afterRejection("pa")).contains("short", "'$'");
        assertThat(WrittenLayer.afterRejection("a-very-long-one-indeed"))
                .contains("'$'")
                .doesNotContain("short");
        assertThat(WrittenLayer.afterRejection("pa$word")).isEmpty();
    }
}
