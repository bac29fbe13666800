package io.github.lifebelt.testing.internal.system;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;

/**
 * An archive of the class path, unpacked into the cache: once per user and content, and again should something (a
 * cleaner of old files) have taken a part of it away.
 *
 * @param home the folder it was unpacked into
 * @param key a name that changes with the content
 */
public record UnpackedArchive(Path home, String key) {
    /** How one is unpacked. */
    public interface Unpacker {
        /** Unpacks the stream, or what else belongs to it, into a folder that does not exist yet. */
        void unpack(InputStream archive, Path target) throws IOException;
    }

    /** All archives of that name on the class path, the thread's own first. */
    public static List<URL> find(String resource) throws IOException {
        Set<String> seen = new LinkedHashSet<>();
        List<URL> found = new ArrayList<>();
        ClassLoader context = Thread.currentThread().getContextClassLoader();
        for (ClassLoader loader : new ClassLoader[] {context, UnpackedArchive.class.getClassLoader()}) {
            if (loader != null) {
                for (URL url : Collections.list(loader.getResources(resource))) {
                    if (seen.add(url.toString())) {
                        found.add(url);
                    }
                }
            }
        }
        return found;
    }

    /** Unpacks if need be; the name is the beginning of the folder's. */
    public static UnpackedArchive of(URL archive, String name, Unpacker unpacker) throws IOException {
        String key = name + "-" + contentKey(archive);
        Path home = CachedFolder.get(key, fresh -> {
            try (InputStream in = archive.openStream()) {
                unpacker.unpack(in, fresh);
            }
        });
        return new UnpackedArchive(home, key);
    }

    /** Tells archives apart without unpacking them; a jar's directory already knows it. */
    private static String contentKey(URL archive) throws IOException {
        URLConnection connection = archive.openConnection();
        connection.setUseCaches(false);
        if (connection instanceof JarURLConnection jar) {
            try (JarFile file = jar.getJarFile()) {
                JarEntry entry = file.getJarEntry(jar.getEntryName());
                return String.format(Locale.ROOT, "%x-%08x", entry.getSize(), entry.getCrc());
            }
        }
        try (CheckedInputStream in = new CheckedInputStream(connection.getInputStream(), new CRC32())) {
            long size = in.transferTo(OutputStream.nullOutputStream());
            return String.format(Locale.ROOT, "%x-%08x", size, in.getChecksum().getValue());
        }
    }
}
