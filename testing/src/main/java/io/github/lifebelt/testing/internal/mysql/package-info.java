/** MySQL and MariaDB: their programs, their data folders, and what is asked of them in their SQL. */
@NullMarked
package io.github.lifebelt.testing.internal.mysql;

import org.jspecify.annotations.NullMarked;
