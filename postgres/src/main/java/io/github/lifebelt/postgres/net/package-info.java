/**
 * What pgjdbc loads by class name to get its sockets. Exported to the driver, not to applications: this package is no
 * API and changes without notice.
 */
@NullMarked
package io.github.lifebelt.postgres.net;

import org.jspecify.annotations.NullMarked;
