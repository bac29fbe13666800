package io.github.lifebelt.testing.internal.mysql;

import io.github.lifebelt.testing.internal.mysql.MySqlBinaries.NotHereException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URL;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What the class path has of one product, each unpacked and tried at most once. */
final class OnClassPath {
    private final String product;
    private final String artifact;
    private final Source source;
    private final Map<String, MySqlBinaries> tried = new HashMap<>();
    private @Nullable NotHereException failure;

    /** The artifact is how Maven calls what has it, for messages. */
    OnClassPath(String product, String artifact, Source source) {
        this.product = product;
        this.artifact = artifact;
        this.source = source;
    }

    /** How a product is packed. */
    interface Source {
        /** All there are for this machine, the thread's own first. */
        List<URL> find() throws IOException;

        MySqlBinaries unpack(URL found) throws IOException;
    }

    /** The programs of that version, or of the first there is. */
    synchronized MySqlBinaries get(@Nullable String version) throws IOException {
        NotHereException known = failure;
        if (known != null) {
            throw known;
        }
        List<MySqlBinaries> others = new ArrayList<>();
        for (URL url : source.find()) {
            MySqlBinaries binaries = unpacked(url);
            if (binaries.isOf(version)) {
                return binaries;
            }
            others.add(binaries);
        }
        throw new NotHereException("the class path has no " + product + (version == null ? "" : " " + version)
                + " for this machine"
                + (others.isEmpty()
                        ? ""
                        : ", but " + others.stream().map(MySqlBinaries::version).collect(Collectors.joining(", ")))
                + "; add " + artifact + " (test or runtime scope, without its dependencies)");
    }

    /** Why there is none that runs here, whatever the version; null if there is one. */
    @Nullable
    String obstacle() {
        try {
            get(null);
            return null;
        } catch (NotHereException e) {
            return e.getMessage();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot find out whether " + product + " runs here: " + e.getMessage(), e);
        }
    }

    private MySqlBinaries unpacked(URL url) throws IOException {
        MySqlBinaries binaries = tried.get(url.toString());
        if (binaries == null) {
            try {
                binaries = source.unpack(url);
            } catch (NotHereException e) {
                // It will not be there later in this JVM's life.
                failure = e;
                throw e;
            }
            tried.put(url.toString(), binaries);
        }
        return binaries;
    }
}
