package io.github.lifebelt.postgres;

import io.github.lifebelt.url.UrlReader;
import io.github.lifebelt.url.UrlReader.Format;
import io.github.lifebelt.url.UrlReader.Parameter;
import io.github.lifebelt.url.UrlReading;

/** libpq's key words and values: {@code host=h dbname=orders}. Nothing is percent-encoded, and names count by their case. */
final class LibpqKeyValues implements UrlReader.Parameters {

    private final UrlReader parts = LibpqParameters.reader();

    private LibpqKeyValues() {}

    static UrlReading read(String text) {
        LibpqKeyValues values = new LibpqKeyValues();
        values.parts.read(Format.KEY_VALUE, text, values);
        return values.parts.toReading();
    }

    @Override
    public boolean isKnown(String name) {
        return LibpqParameters.isKnown(name);
    }

    @Override
    public void read(Parameter parameter) {
        LibpqParameters.read(parts, parameter);
    }
}
