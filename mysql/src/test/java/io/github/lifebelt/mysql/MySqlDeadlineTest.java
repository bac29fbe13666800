package io.github.lifebelt.mysql;

import io.github.lifebelt.contract.ConnectDeadlines;
import io.github.lifebelt.testing.FaultProxy;
import org.junit.jupiter.api.Test;

/** What Connector/J has of its own to limit time. */
class MySqlDeadlineTest extends ConnectDeadlines {

    /** A limit of the driver's own is not needed, and one that is longer changes nothing. */
    @Test
    void theDriversOwnTimeoutsDoNotProlongIt() {
        try (FaultProxy proxy = server().proxy()) {
            proxy.acceptAndStaySilent();
            endsInTime(server().url(proxy) + "&connectTimeout=5000&socketTimeout=60000");
        }
    }
}
