package io.github.lifebelt.frameworks.micronaut;

import io.micronaut.transaction.annotation.Transactional;
import jakarta.inject.Singleton;

@Singleton
class Store {
    private final Entries entries;

    Store(Entries entries) {
        this.entries = entries;
    }

    @Transactional
    void store(String text, Runnable then) {
        entries.save(new Entry(text));
        then.run();
    }

    long count() {
        return entries.count();
    }
}
