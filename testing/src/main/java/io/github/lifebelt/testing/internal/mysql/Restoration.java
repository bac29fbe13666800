package io.github.lifebelt.testing.internal.mysql;

import static io.github.lifebelt.testing.internal.mysql.MySqlText.identifier;
import static io.github.lifebelt.testing.internal.mysql.MySqlText.literal;

import io.github.lifebelt.testing.internal.mysql.CleanDatabase.Remembered;
import io.github.lifebelt.testing.internal.mysql.SchemaObject.Kind;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * One way back to what was remembered. Foreign keys are not checked in this session, so tables are taken in any order;
 * triggers cannot be switched off, so those that would fire are dropped before and made anew afterwards.
 */
final class Restoration {
    private static final String MODE = "NO_AUTO_VALUE_ON_ZERO";

    private final Sql sql;
    private final String database;
    private final String copy;
    private final Map<String, Remembered> wanted = new LinkedHashMap<>();
    private final Map<String, SchemaObject> current = new LinkedHashMap<>();

    /** The first database is the connection's own and becomes like the wanted things; the second has their rows. */
    Restoration(Sql sql, String database, String copy, List<Remembered> wanted) {
        this.sql = sql;
        this.database = database;
        this.copy = copy;
        wanted.forEach(thing -> this.wanted.put(thing.object().key(), thing));
    }

    void run() throws SQLException {
        current.putAll(new SchemaReader(sql, database).read());
        dropWhatDiffers();
        List<Remembered> changed = changedTables();
        dropTriggersOf(changed);
        makeWhatIsMissing(Kind.SEQUENCE, Kind.TABLE);
        for (Remembered table : changed) {
            refill(table);
        }
        for (Remembered thing : wanted.values()) {
            resetNumber(thing.object());
        }
        makeWhatIsMissing(Kind.FUNCTION, Kind.PROCEDURE, Kind.VIEW, Kind.TRIGGER, Kind.EVENT);
    }

    private void dropWhatDiffers() throws SQLException {
        List<SchemaObject> others = current.values().stream()
                .filter(now -> !isWanted(now))
                // Triggers and views before the tables that they are of.
                .sorted(Comparator.comparing(SchemaObject::kind).reversed())
                .toList();
        for (SchemaObject other : others) {
            drop(other);
        }
        current.values()
                .removeIf(trigger ->
                        trigger.kind() == Kind.TRIGGER && !current.containsKey(Kind.TABLE + " " + trigger.table()));
    }

    private boolean isWanted(SchemaObject now) {
        Remembered then = wanted.get(now.key());
        return then != null && then.object().definition().equals(now.definition());
    }

    private void drop(SchemaObject thing) throws SQLException {
        sql.execute("DROP " + thing.kind() + " IF EXISTS " + identifier(database, thing.name()));
        current.remove(thing.key());
    }

    private List<Remembered> changedTables() {
        List<Remembered> changed = new ArrayList<>();
        for (Remembered table : wanted.values()) {
            SchemaObject now = current.get(table.object().key());
            if (table.object().isTable()
                    && (now == null
                            || !Objects.equals(now.checksum(), table.object().checksum()))) {
                changed.add(table);
            }
        }
        return changed;
    }

    private void dropTriggersOf(List<Remembered> tables) throws SQLException {
        Set<String> names = new HashSet<>();
        tables.forEach(table -> names.add(table.object().name()));
        for (SchemaObject thing : List.copyOf(current.values())) {
            if (thing.kind() == Kind.TRIGGER && names.contains(thing.table())) {
                drop(thing);
            }
        }
    }

    private void makeWhatIsMissing(Kind... kinds) throws SQLException {
        for (Kind kind : kinds) {
            List<SchemaObject> missing = new ArrayList<>();
            for (Remembered thing : wanted.values()) {
                if (thing.object().kind() == kind
                        && !current.containsKey(thing.object().key())) {
                    missing.add(thing.object());
                }
            }
            makeAll(missing);
        }
    }

    /** Views can be made of others, so what cannot be made is tried again after the rest. */
    private void makeAll(List<SchemaObject> missing) throws SQLException {
        List<SchemaObject> left = missing;
        while (!left.isEmpty()) {
            List<SchemaObject> failed = new ArrayList<>();
            SQLException failure = null;
            for (SchemaObject thing : left) {
                try {
                    make(thing);
                } catch (SQLException e) {
                    failed.add(thing);
                    failure = e;
                }
            }
            if (failure != null && failed.size() == left.size()) {
                throw failure;
            }
            left = failed;
        }
    }

    private void make(SchemaObject thing) throws SQLException {
        if (thing.sqlMode() == null) {
            sql.execute(thing.definition());
            return;
        }
        sql.execute("SET SESSION sql_mode = " + literal(thing.sqlMode()));
        try {
            sql.execute(thing.definition());
        } finally {
            sql.execute("SET SESSION sql_mode = " + literal(MODE));
        }
    }

    private void refill(Remembered table) throws SQLException {
        String place = identifier(database, table.object().name());
        if (current.containsKey(table.object().key())) {
            sql.execute("DELETE FROM " + place);
        }
        if (table.columns() != null) {
            sql.execute("INSERT INTO " + place + " (" + table.columns() + ") SELECT " + table.columns() + " FROM "
                    + identifier(copy, table.object().name()));
        }
    }

    private void resetNumber(SchemaObject then) throws SQLException {
        SchemaObject now = current.get(then.key());
        if (Objects.equals(then.number(), now == null ? null : now.number())) {
            return;
        }
        String number = then.number() == null ? "1" : then.number();
        String place = identifier(database, then.name());
        sql.execute(
                then.isTable()
                        ? "ALTER TABLE " + place + " AUTO_INCREMENT = " + number
                        : "ALTER SEQUENCE " + place + " RESTART WITH " + number);
    }
}
