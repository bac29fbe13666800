package io.github.lifebelt.frameworks.micronaut;

import io.micronaut.data.annotation.Id;
import io.micronaut.data.annotation.MappedEntity;

/** A row. Without quotes, since each product has its own. */
@MappedEntity(value = "entry", escape = false)
record Entry(@Id String text) {}
