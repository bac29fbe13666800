package io.github.lifebelt.testing.internal.container;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.images.builder.Transferable;

/**
 * Brings files to a server in a container. Docker puts them there as root's; servers want their keys to be their own, and
 * which number their user has only the image knows. So they are put aside, and a shell that goes before the image's
 * entrypoint, at every start, takes them over.
 */
final class ServerFiles {
    /** Where the server finds its files. Images that do not run as root can write here, too. */
    static final String FOLDER = "/tmp/lifebelt/";

    private static final String ASIDE = "/lifebelt/";
    private static final int READABLE = 0644;

    // $1 is the owner, the rest is a command. Files are replaced at once, the server may read them at any time.
    private static final String TAKE_OVER = """
            set -e
            owner=$1
            shift
            umask 077
            mkdir -p /tmp/lifebelt
            for file in /lifebelt/*; do
                if [ -e "$file" ]; then
                    target=/tmp/lifebelt/${file##*/}
                    cp "$file" "$target.new"
                    [ "$(id -u)" != 0 ] || chown "$owner" "$target.new"
                    mv -f "$target.new" "$target"
                fi
            done
            [ "$(id -u)" != 0 ] || chown "$owner" /tmp/lifebelt
            exec "$@"
            """;

    private ServerFiles() {}

    /** The command that takes over what was put aside and then goes on with another. */
    static List<String> takeOverThen(String owner, List<String> command) {
        List<String> all = new ArrayList<>(List.of("/bin/sh", "-c", TAKE_OVER, "lifebelt", owner));
        all.addAll(command);
        return all;
    }

    /** Puts files aside before the container is made. */
    static void putAsideAtStart(Map<String, String> files, GenericContainer<?> container) {
        files.forEach((name, content) -> container.withCopyToContainer(transferable(content), ASIDE + name));
    }

    /** Puts files aside in a container that is there, running or not. */
    static void putAside(Map<String, String> files, GenericContainer<?> container) {
        files.forEach((name, content) -> container.copyFileToContainer(transferable(content), ASIDE + name));
    }

    private static Transferable transferable(String content) {
        return Transferable.of(content.getBytes(StandardCharsets.UTF_8), READABLE);
    }
}
