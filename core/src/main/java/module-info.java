/** Lifebelt: connection pools and units of work that survive the cloud. */
module io.github.lifebelt.core {
    requires transitive java.sql;
    requires jdk.net;
    requires static jdk.jfr;
    requires com.zaxxer.hikari;
    requires org.slf4j;
    requires static flyway.core;
    requires static liquibase.core;
    requires static micrometer.core;
    requires static micrometer.observation;
    requires static transitive org.jspecify;

    exports io.github.lifebelt;
    exports io.github.lifebelt.doctor;
    exports io.github.lifebelt.health;
    exports io.github.lifebelt.metrics;
    exports io.github.lifebelt.migration;
    exports io.github.lifebelt.security;
    exports io.github.lifebelt.spi;
    exports io.github.lifebelt.tx;
    exports io.github.lifebelt.url;

    uses io.github.lifebelt.spi.Dialect;
}
