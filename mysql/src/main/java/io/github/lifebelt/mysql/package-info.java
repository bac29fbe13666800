/**
 * MySQL: connection URLs for Connector/J so far. There is no dialect yet, so a pool cannot be opened on MySQL.
 */
@NullMarked
package io.github.lifebelt.mysql;

import org.jspecify.annotations.NullMarked;
