package io.github.lifebelt.apps.demo;

import java.util.SplittableRandom;

/**
 * One unit's work.
 *
 * @param unit the id that the client chose
 * @param source the account that pays
 * @param target another account
 * @param amount more than nothing
 */
record Transfer(long unit, int source, int target, int amount) {
    private static final int LARGEST = 10;

    static Transfer random(long unit, SplittableRandom random) {
        int source = random.nextInt(Ledger.ACCOUNTS);
        int others = random.nextInt(Ledger.ACCOUNTS - 1);
        return new Transfer(unit, source, others < source ? others : others + 1, 1 + random.nextInt(LARGEST));
    }
}
