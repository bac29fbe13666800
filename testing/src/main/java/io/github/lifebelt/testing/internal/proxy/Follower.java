package io.github.lifebelt.testing.internal.proxy;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Follows the protocol of one connection. Requests are seen by one thread, answers by another. */
interface Follower {
    /** Passes on what comes before the first message, TLS on both sides included. */
    void open(Leg client, Leg server) throws IOException;

    /** The next message from either side, or null at the end of the stream. */
    @Nullable
    Message read(Source source) throws IOException;

    /** Looks at a message from the client that is about to be passed on. */
    @Nullable
    Loss request(Message message) throws IOException;

    /** Looks at a message from the server that is about to be passed on. */
    @Nullable
    Loss answer(Message message) throws IOException;
}
