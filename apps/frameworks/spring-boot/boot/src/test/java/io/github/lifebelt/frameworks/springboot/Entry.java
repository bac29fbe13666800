package io.github.lifebelt.frameworks.springboot;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;

/** A row. */
@Entity
public class Entry {
    @Id
    private String text;

    protected Entry() {}

    Entry(String text) {
        this.text = text;
    }

    public String getText() {
        return text;
    }
}
