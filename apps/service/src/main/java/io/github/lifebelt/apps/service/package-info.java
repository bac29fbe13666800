/** A small HTTP service on the JDK's own server: transfers, health, metrics, and a page that shows the pool at work. */
@NullMarked
package io.github.lifebelt.apps.service;

import org.jspecify.annotations.NullMarked;
