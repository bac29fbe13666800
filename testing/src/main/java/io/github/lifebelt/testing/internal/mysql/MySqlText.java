package io.github.lifebelt.testing.internal.mysql;

/** Names and texts as MySQL's SQL has them, where backslashes escape, as they do by default. */
final class MySqlText {
    private MySqlText() {}

    static String identifier(String name) {
        return "`" + name.replace("`", "``") + "`";
    }

    static String identifier(String database, String name) {
        return identifier(database) + "." + identifier(name);
    }

    static String literal(String value) {
        return "'" + value.replace("\\", "\\\\").replace("'", "''") + "'";
    }

    /** An account, from wherever it comes. */
    static String account(String user) {
        return literal(user) + "@'%'";
    }

    /** A database in a GRANT, where the name is a pattern. */
    static String grantee(String database) {
        return identifier(database.replace("\\", "\\\\").replace("_", "\\_").replace("%", "\\%"));
    }
}
