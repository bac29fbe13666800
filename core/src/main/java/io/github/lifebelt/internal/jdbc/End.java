package io.github.lifebelt.internal.jdbc;

import io.github.lifebelt.PoolListener.CloseReason;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * Why a connection is not to be lent again.
 *
 * @param reason for figures
 * @param words for people
 * @param sqlState of the failure that has told; null if none has
 */
public record End(
        CloseReason reason, String words, @Nullable String sqlState) {

    public static End of(CloseReason reason, String words) {
        return new End(reason, words, null);
    }

    public static End of(CloseReason reason, String words, SQLException failure) {
        return new End(reason, words, failure.getSQLState());
    }
}
