import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/**
 * Says which tests failed, and why: for the end of a long log, of which often the end alone is shown.
 *
 * <p>{@code java Failures.java FOLDER SINCE} looks into all of Surefire's reports below the folder that are newer than the file.
 */
final class Failures {
    private static final int TRACE_LINES = 30;
    private static final int OUTPUT_LINES = 15;
    private static final int LINE = 300;

    private Failures() {}

    public static void main(String[] arguments) throws Exception {
        FileTime since = Files.getLastModifiedTime(Path.of(arguments[1]));
        DocumentBuilder parser = DocumentBuilderFactory.newInstance().newDocumentBuilder();
        for (Path report : reports(Path.of(arguments[0]), since)) {
            NodeList tests = parser.parse(report.toFile()).getElementsByTagName("testcase");
            for (int i = 0; i < tests.getLength(); i++) {
                Element test = (Element) tests.item(i);
                for (String kind : List.of("failure", "error")) {
                    String trace = text(test, kind);
                    if (trace != null) {
                        tell(report, test, trace);
                    }
                }
            }
        }
    }

    private static List<Path> reports(Path folder, FileTime since) throws IOException {
        try (Stream<Path> files = Files.find(folder, 20, (file, attributes) -> attributes.isRegularFile()
                && file.getFileName().toString().matches("TEST-.*\\.xml")
                && file.getParent().endsWith("surefire-reports")
                && attributes.lastModifiedTime().compareTo(since) > 0)) {
            return files.sorted().toList();
        }
    }

    private static void tell(Path report, Element test, String trace) {
        String output = text(test, "system-out");
        if (output != null) {
            System.out.println("\n... what it printed last");
            List<String> lines = output.lines().toList();
            print(lines.subList(Math.max(0, lines.size() - OUTPUT_LINES), lines.size()));
        }
        System.out.printf("%nFAILED %s.%s, after %s s (%s)%n",
                test.getAttribute("classname"), test.getAttribute("name"), test.getAttribute("time"), report);
        print(trace.lines().limit(TRACE_LINES).toList());
    }

    private static String text(Element test, String name) {
        NodeList found = test.getElementsByTagName(name);
        return found.getLength() == 0 ? null : found.item(0).getTextContent();
    }

    private static void print(List<String> lines) {
        lines.forEach(line -> System.out.println("    " + (line.length() > LINE ? line.substring(0, LINE) + "..." : line)));
    }
}
