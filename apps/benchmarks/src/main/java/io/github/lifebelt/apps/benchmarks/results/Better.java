package io.github.lifebelt.apps.benchmarks.results;

/** When one figure is better than another. */
enum Better {
    LESS {
        @Override
        boolean beats(double one, double other) {
            return one < other;
        }
    },
    MORE {
        @Override
        boolean beats(double one, double other) {
            return one > other;
        }
    },
    /** It says how many times as good as a peer Lifebelt is: a peer is ahead below 1. */
    OURS_TO_THEIRS {
        @Override
        boolean beats(double one, double other) {
            return one < other;
        }
    },
    /** It says something else than how good a pool is. */
    NEITHER {
        @Override
        boolean beats(double one, double other) {
            return false;
        }
    };

    abstract boolean beats(double one, double other);
}
