package io.github.lifebelt.mysql;

import com.mysql.cj.conf.PropertySet;
import com.mysql.cj.protocol.ServerSession;
import com.mysql.cj.protocol.SocketConnection;
import com.mysql.cj.protocol.SocketFactory;
import io.github.lifebelt.contract.Detour;
import io.github.lifebelt.contract.ForeignSockets;
import java.io.Closeable;
import java.io.IOException;

class MySqlForeignSocketsTest extends ForeignSockets {

    /** As the connectors of clouds have it. */
    // The driver's declarations; the T it asks for is always a Socket.
    @SuppressWarnings({"TypeParameterUnusedInFormals", "unchecked"})
    public static final class Factory implements SocketFactory {

        /** For the driver. */
        public Factory() {}

        @Override
        public <T extends Closeable> T connect(String host, int port, PropertySet properties, int loginTimeout)
                throws IOException {
            return (T) Detour.of(properties.exposeAsProperties().getProperty(Detour.PROPERTY))
                    .open();
        }

        @Override
        public <T extends Closeable> T performTlsHandshake(SocketConnection connection, ServerSession session)
                throws IOException {
            throw new IOException("TLS within is the pool's");
        }
    }

    @Override
    protected String factory() {
        return Factory.class.getName();
    }
}
