package io.github.lifebelt.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Names that a cloud gives out, and others that look like them. */
class ManagedHostsTest {

    @ParameterizedTest
    @CsvSource({
        "srv.postgres.database.azure.com, true",
        "SRV.Postgres.Database.Azure.com., true",
        "srv.privatelink.postgres.database.azure.com, true",
        "srv.rs-0123456789abcde.postgres.database.azure.com, true",
        "srv.zone.postgres.database.azure.com, true",
        "name.writer.postgres.database.azure.com, true",
        "srv.postgres.database.usgovcloudapi.net, true",
        "srv.postgres.database.chinacloudapi.cn, true",
        "c-orders.abc123.postgres.cosmos.azure.com, true",
        "c-orders.privatelink.postgres.cosmos.azure.com, true",
        "ep-cool-1.eu-central-1.aws.neon.tech, true",
        "ep-cool-1-pooler.westus3.azure.neon.tech, true",
        ".postgres.database.azure.com, false",
        "evilpostgres.database.azure.com, false",
        "srv.postgres.database.azure.com.evil.example, false",
        "srv.mysql.database.azure.com, false",
        "neon.tech.example, false",
        // Authorities of their own, which no JDK has.
        "db.abc.eu-west-1.rds.amazonaws.com, false",
        "orders.cluster-abc.eu-west-1.rds.amazonaws.com, false",
        "abc.def.europe-west1.sql.goog, false",
        "ec2-1-2-3-4.compute-1.amazonaws.com, false",
        "34.1.2.3, false",
        "localhost, false"
    })
    void whoseCertificatesThePublicTrusts(String host, boolean expected) {
        assertThat(ManagedHosts.hasPubliclyTrustedCertificate(host)).isEqualTo(expected);
    }
}
