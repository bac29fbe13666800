package com.google.cloud.sql.postgres;

import io.github.lifebelt.contract.Detour;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.Properties;

/**
 * Stands in for the Cloud SQL connector, which leads nowhere without an account of Google's: made from the driver's
 * properties, and its sockets are connected.
 */
public final class SocketFactory extends javax.net.SocketFactory {

    private final Detour detour;

    /** For the driver. */
    public SocketFactory(Properties properties) {
        detour = Detour.of(properties.getProperty("cloudSqlInstance"));
    }

    @Override
    public Socket createSocket() throws IOException {
        return detour.open();
    }

    @Override
    public Socket createSocket(String host, int port) throws IOException {
        return detour.open();
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress localHost, int localPort) throws IOException {
        return detour.open();
    }

    @Override
    public Socket createSocket(InetAddress host, int port) throws IOException {
        return detour.open();
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress localHost, int localPort) throws IOException {
        return detour.open();
    }
}
