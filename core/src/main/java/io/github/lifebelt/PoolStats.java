package io.github.lifebelt;

/**
 * A pool's figures at one moment. The figures are read one after the other while the pool goes on, so they may disagree
 * by the borrows of a microsecond.
 *
 * @param active connections that are lent
 * @param idle physical connections that are open and not lent
 * @param pending threads that wait for a connection
 * @param max the most connections the pool may have
 * @param minIdle how many connections the pool keeps open in the background
 * @param borrows connections lent since the pool was opened
 * @param timeouts borrowers that gave up waiting, since the pool was opened
 * @param connects physical connections made, since the pool was opened
 * @param replaced physical connections found dead or broken and dropped, since the pool was opened
 * @param pings round trips made to prove that a connection lives, since the pool was opened
 * @param leftovers connections that came back with an open transaction, since the pool was opened
 * @param available false while the database is known to take no new connections
 */
public record PoolStats(
        int active,
        int idle,
        int pending,
        int max,
        int minIdle,
        long borrows,
        long timeouts,
        long connects,
        long replaced,
        long pings,
        long leftovers,
        boolean available) {

    /**
     * All open physical connections.
     *
     * @return active and idle ones
     */
    public int total() {
        return active + idle;
    }
}
