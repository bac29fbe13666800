package io.github.lifebelt.apps.benchmarks.scorecard;

/** What a borrower sees of a fault, in a word. */
enum Sight {
    /** It has got another connection, which works. */
    REPLACED("replaced"),
    /** It has got the connection that was there, and it works. */
    OK("ok"),
    /** It has got a connection whose query fails. */
    LENT_DEAD("lent dead"),
    /** It has got a connection whose query has no end. */
    HANGS("hangs"),
    /** It was told within its wait that there is none. */
    FAILED("failed"),
    /** It waited longer than it was to. */
    LATE("late"),
    /** Things did not come that far. */
    NOT_MEASURED("not measured");

    private final String word;

    Sight(String word) {
        this.word = word;
    }

    String word() {
        return word;
    }
}
