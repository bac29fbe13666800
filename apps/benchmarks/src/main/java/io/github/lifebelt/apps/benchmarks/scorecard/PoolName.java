package io.github.lifebelt.apps.benchmarks.scorecard;

import io.github.lifebelt.apps.benchmarks.pools.Peer;
import java.util.ArrayList;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Pools by their labels, which are no names of constants. */
final class PoolName implements ITypeConverter<Peer> {
    @Override
    public Peer convert(String label) {
        try {
            return Peer.named(label);
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException(e.getMessage());
        }
    }

    /** All there are. */
    static final class Candidates extends ArrayList<String> {
        private static final long serialVersionUID = 1;

        Candidates() {
            super(Peer.labels());
        }
    }
}
