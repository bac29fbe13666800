package io.github.lifebelt.contract;

import io.github.lifebelt.testing.DatabaseProduct;
import io.github.lifebelt.tx.UnitOfWork;
import io.github.lifebelt.tx.UnitOfWork.CommitOutcome;
import java.util.stream.Stream;

/** The ways in which units find out what became of a COMMIT. */
enum CommitMode {
    /** The transaction id, asked for before COMMIT. */
    ID {
        @Override
        UnitOfWork on(UnitOfWork unit) {
            return unit.commitOutcome(CommitOutcome.TRANSACTION_ID);
        }
    },
    /** The transaction id, asked for at the begin. */
    DECLARED_ID {
        @Override
        UnitOfWork on(UnitOfWork unit) {
            return ID.on(unit).readWrite();
        }
    },
    TOKEN {
        @Override
        UnitOfWork on(UnitOfWork unit) {
            return unit.commitOutcome(CommitOutcome.TOKEN);
        }
    };

    abstract UnitOfWork on(UnitOfWork unit);

    /** Those of the product that this run is for. */
    static Stream<CommitMode> all() {
        return Servers.PRODUCT == DatabaseProduct.POSTGRESQL ? Stream.of(values()) : Stream.of(TOKEN);
    }
}
