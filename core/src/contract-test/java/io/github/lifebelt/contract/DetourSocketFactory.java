package io.github.lifebelt.contract;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.Properties;
import javax.net.SocketFactory;

/** A socket factory as pgjdbc makes them: from its properties, connected wherever it likes. */
public final class DetourSocketFactory extends SocketFactory {

    private final Detour detour;

    /** For the driver. */
    public DetourSocketFactory(Properties properties) {
        detour = Detour.of(properties.getProperty(Detour.PROPERTY));
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
