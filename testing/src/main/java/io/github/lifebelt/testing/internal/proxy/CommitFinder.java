package io.github.lifebelt.testing.internal.proxy;

import java.util.BitSet;
import java.util.Locale;

/** Finds the COMMITs among the statements of a text. It knows what words, quotes and comments are, and no grammar. */
enum CommitFinder {
    POSTGRESQL,
    MYSQL;

    /** Which of the statements are COMMITs, counted from zero; statements with nothing in them do not count. */
    BitSet commits(String sql) {
        Scan scan = new Scan(sql);
        scan.run();
        return scan.commits;
    }

    private final class Scan {
        final BitSet commits = new BitSet();
        private final boolean postgres = CommitFinder.this == POSTGRESQL;
        private final String sql;
        private int at;
        private int statement;
        // Of the statement that at is in.
        private boolean empty = true;
        private String first = "";
        private String previous = "";

        Scan(String sql) {
            this.sql = sql;
        }

        void run() {
            while (at < sql.length()) {
                char c = sql.charAt(at);
                if (c == ';') {
                    endStatement();
                } else if (isWordPart(c)) {
                    if (word()) {
                        return;
                    }
                } else if (Character.isWhitespace(c)) {
                    at++;
                } else if (!skipComment(c)) {
                    empty = false;
                    skipQuotedOrOne(c);
                }
            }
        }

        private void endStatement() {
            at++;
            statement += empty ? 0 : 1;
            empty = true;
            first = "";
            previous = "";
        }

        /** Whether the rest of the text belongs to this statement, because it is a body with statements in it. */
        private boolean word() {
            int from = at;
            while (at < sql.length() && (isWordPart(sql.charAt(at)) || sql.charAt(at) == '$')) {
                at++;
            }
            String word = sql.substring(from, at).toUpperCase(Locale.ROOT);
            if (empty) {
                first = word;
                empty = false;
                if (word.equals("COMMIT") || (postgres && word.equals("END"))) {
                    commits.set(statement);
                }
            } else if (!postgres && first.equals("XA") && previous.equals("XA") && word.equals("COMMIT")) {
                commits.set(statement);
            }
            boolean body = beginsBody(word);
            previous = word;
            return body;
        }

        private boolean beginsBody(String word) {
            if (postgres) {
                return previous.equals("BEGIN") && word.equals("ATOMIC");
            }
            return switch (word) {
                case "PROCEDURE", "FUNCTION", "TRIGGER", "EVENT" -> first.equals("CREATE") || first.equals("ALTER");
                case "NOT" -> first.equals("BEGIN") && previous.equals("BEGIN");
                default -> false;
            };
        }

        private boolean skipComment(char c) {
            boolean dashes = c == '-' && sql.startsWith("--", at) && (postgres || endsDashes(at + 2));
            if (dashes || (c == '#' && !postgres)) {
                at = after("\n", at);
                return true;
            }
            if (c == '/' && sql.startsWith("/*", at)) {
                skipBlockComment();
                return true;
            }
            return false;
        }

        /** MySQL takes two dashes for a comment only if they stand alone. */
        private boolean endsDashes(int index) {
            return index >= sql.length() || Character.isWhitespace(sql.charAt(index));
        }

        /** PostgreSQL's comments may be nested. */
        private void skipBlockComment() {
            int depth = 0;
            do {
                if (sql.startsWith("/*", at) && (depth == 0 || postgres)) {
                    depth++;
                    at += 2;
                } else if (sql.startsWith("*/", at)) {
                    depth--;
                    at += 2;
                } else {
                    at++;
                }
            } while (depth > 0 && at < sql.length());
        }

        private void skipQuotedOrOne(char c) {
            int start = at++;
            if (c == '\'' || c == '"') {
                skipTo(c, !postgres || (previous.equals("E") && isWordPart(sql.charAt(start - 1))));
            } else if (c == '`' && !postgres) {
                skipTo(c, false);
            } else if (c == '$' && postgres) {
                skipDollars(start);
            }
        }

        private void skipTo(char quote, boolean escapes) {
            while (at < sql.length()) {
                char c = sql.charAt(at++);
                if (c == quote) {
                    if (at == sql.length() || sql.charAt(at) != quote) {
                        return;
                    }
                    // A doubled quote is one within.
                    at++;
                } else if (c == '\\' && escapes) {
                    at++;
                }
            }
        }

        private void skipDollars(int start) {
            int end = at;
            while (end < sql.length() && isWordPart(sql.charAt(end))) {
                end++;
            }
            if (end < sql.length() && sql.charAt(end) == '$') {
                at = after(sql.substring(start, end + 1), end + 1);
            }
        }

        private int after(String text, int from) {
            int found = sql.indexOf(text, from);
            return found < 0 ? sql.length() : found + text.length();
        }

        private boolean isWordPart(char c) {
            return Character.isLetterOrDigit(c) || c == '_';
        }
    }
}
