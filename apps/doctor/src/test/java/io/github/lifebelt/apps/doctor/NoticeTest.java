package io.github.lifebelt.apps.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import org.junit.jupiter.api.Test;

/** The runnable jar contains a driver that is not under Lifebelt's licence, and says so. */
class NoticeTest {

    @Test
    void theDriversLicenceIsNamedAndItsTextIsThere() throws Exception {
        StringBuilder notices = new StringBuilder();
        for (URL notice : Collections.list(getClass().getClassLoader().getResources("META-INF/NOTICE"))) {
            notices.append(read(notice));
        }
        assertThat(notices).contains("MySQL Connector/J", "Universal FOSS Exception");

        // Where the notice says it is: no other library may have a file of that name at its root.
        assertThat(Collections.list(getClass().getClassLoader().getResources("LICENSE")))
                .singleElement()
                .satisfies(licence -> assertThat(read(licence))
                        .contains("MySQL Connector/J", "GNU GENERAL PUBLIC LICENSE", "Universal FOSS Exception"));
    }

    private static String read(URL resource) throws Exception {
        try (var in = resource.openStream()) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
