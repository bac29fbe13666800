package io.github.lifebelt.frameworks.libraries;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;

/** A row, for Hibernate. */
@Entity(name = "entry")
class Entry {
    @Id
    private String text;

    Entry() {}

    Entry(String text) {
        this.text = text;
    }
}
