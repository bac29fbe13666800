package io.github.lifebelt.security;

import java.sql.SQLException;

/**
 * Gives the credentials of each new physical connection. Called on the thread that connects, before anything is sent,
 * possibly by several threads at once: implementations are thread-safe, and should cache what is slow to get.
 *
 * <p>Live connections are not touched when credentials change: servers check them at login only.
 */
@FunctionalInterface
public interface CredentialsProvider {

    /**
     * The credentials for a login that is about to happen.
     *
     * @return user and secret
     * @throws SQLException if there are none; the borrower gets it as the cause
     */
    Credentials get() throws SQLException;
}
