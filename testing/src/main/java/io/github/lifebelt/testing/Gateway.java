package io.github.lifebelt.testing;

/** Something that stands between clients and a server and is connected to instead: a proxy, a pooler, a balancer. */
public interface Gateway {
    /**
     * The port to connect to instead of the server's, the same for the gateway's life.
     *
     * @return a TCP port on the loopback address, where clients say {@code localhost}
     */
    int port();
}
