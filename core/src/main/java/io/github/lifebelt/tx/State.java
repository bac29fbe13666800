package io.github.lifebelt.tx;

/**
 * Where a transaction stands. Only forward: from NEW over ACTIVE to the COMMIT, and from anywhere before that to ROLLED_BACK;
 * what a COMMIT left in doubt ends as one of the last three. A unit that joined another's transaction ends as JOINED. Being poisoned is not one of them but the lease's: whether a
 * failure has ended the transaction is known where failures are seen.
 */
enum State {
    NEW("not begun"),
    ACTIVE("open"),
    COMMIT_SENT("committing"),
    IN_DOUBT("COMMIT was not answered"),
    JOINED("left to the transaction that it joined"),
    COMMITTED("committed"),
    ROLLED_BACK("rolled back"),
    UNKNOWN("outcome unknown");

    private final String words;

    State(String words) {
        this.words = words;
    }

    /** For messages. */
    String words() {
        return words;
    }
}
