package io.github.lifebelt.apps.benchmarks.results;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** RESULTS.md: prose by hand, and between markers what was measured. */
final class Page {

    private static final Pattern PLACE =
            Pattern.compile("<!-- ([a-z]+: [\\w-]+) -->\\R.*?<!-- end -->", Pattern.DOTALL);
    private static final String NOTHING = "Not measured yet.";

    private Page() {}

    /** With the tables and plots of now; all that there are have to have a place, and all places something. */
    static String filled(String text, Measured measured, List<Form> forms, List<Plot> plots) {
        Map<String, List<String>> contents = contents(measured, forms, plots);
        Set<String> seen = new TreeSet<>();
        StringBuilder page = new StringBuilder();
        Matcher place = PLACE.matcher(text);
        while (place.find()) {
            String name = place.group(1);
            List<String> lines = contents.get(name);
            if (lines == null) {
                throw new IllegalStateException("nothing is called \"" + name + "\"; there are " + contents.keySet());
            }
            seen.add(name);
            String content = String.join("\n", lines.isEmpty() ? List.of(NOTHING) : lines);
            place.appendReplacement(
                    page, Matcher.quoteReplacement("<!-- " + name + " -->\n\n" + content + "\n\n<!-- end -->"));
        }
        place.appendTail(page);
        Set<String> missing = new TreeSet<>(contents.keySet());
        missing.removeIf(name -> seen.contains(name) || contents.get(name).isEmpty());
        if (!missing.isEmpty()) {
            throw new IllegalStateException("the page has no place for " + missing + "; a place is <!-- "
                    + missing.iterator().next() + " --> and, on a line of its own, <!-- end -->");
        }
        return page.toString();
    }

    private static Map<String, List<String>> contents(Measured measured, List<Form> forms, List<Plot> plots) {
        requireForms(measured, forms);
        Map<String, List<String>> contents = new LinkedHashMap<>();
        contents.put("table: runs", Accounts.runs(measured));
        contents.put("table: pools", Accounts.pools(measured));
        contents.put("table: promises", Accounts.promises(measured, forms));
        contents.put("table: ahead", Ahead.table(measured, forms));
        for (Form form : forms) {
            contents.put("table: " + form.id(), form.groups(measured).isEmpty() ? List.of() : form.table(measured));
        }
        for (Plot plot : plots) {
            List<String> images = new ArrayList<>();
            plot.pictures(measured).forEach(picture -> {
                if (!images.isEmpty()) {
                    images.add("");
                }
                images.add("![" + picture.title() + "](results/" + picture.file() + ")");
            });
            contents.put("plot: " + plot.id(), images);
        }
        return contents;
    }

    /** Nothing that was measured is left out. */
    private static void requireForms(Measured measured, List<Form> forms) {
        for (Entry entry : measured.entries()) {
            if (forms.stream().noneMatch(form -> form.rows().test(entry))) {
                throw new IllegalStateException(entry.file() + ": no table has rows of the scenario "
                        + entry.row().scenario() + " like " + entry.row());
            }
        }
    }
}
