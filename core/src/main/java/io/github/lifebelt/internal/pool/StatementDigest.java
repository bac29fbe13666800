package io.github.lifebelt.internal.pool;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A statement without its values, for reports: those may be anybody's data, and a password in {@code ALTER USER} is one of
 * them. What stands in double quotes goes too, since that is a value to MySQL; comments go, and whatever is not closed.
 */
final class StatementDigest {
    private static final int LONGEST = 200;
    // Further on nothing would be shown; and a text of megabytes is not to be searched.
    private static final int READ = 4 * LONGEST;

    private static final Pattern COMMENT_OR_VALUE = Pattern.compile(
            "(?<comment>/\\*(?:[^*]|\\*(?!/))*+(?:\\*/|$)|--[^\\n]*+)"
                    + "|'(?:[^'\\\\]|''|\\\\.)*+(?:'|\\\\?$)"
                    + "|\"(?:[^\"\\\\]|\"\"|\\\\.)*+(?:\"|\\\\?$)"
                    + "|\\$(?<tag>\\w*+)\\$(?:(?!\\$\\k<tag>\\$).)*+(?:\\$\\k<tag>\\$|$)"
                    + "|(?<![\\w$])[0-9][\\w.]*+",
            Pattern.DOTALL);
    private static final Pattern LIST = Pattern.compile("\\?(?: ?, ?\\?)++");
    private static final Pattern BLANK = Pattern.compile("\\s++");

    private StatementDigest() {}

    static @Nullable String of(@Nullable String statement) {
        if (statement == null) {
            return null;
        }
        String read = statement.length() > READ ? statement.substring(0, READ) : statement;
        String bare = COMMENT_OR_VALUE.matcher(read).replaceAll(match -> match.group(1) == null ? "?" : " ");
        String even = LIST.matcher(BLANK.matcher(bare).replaceAll(" ").trim()).replaceAll("?, ...");
        return even.length() > LONGEST ? even.substring(0, LONGEST) + "..." : even;
    }
}
