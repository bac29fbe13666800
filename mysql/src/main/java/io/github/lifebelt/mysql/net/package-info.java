/**
 * What Connector/J loads by class name to get its sockets. Public for the driver, not for applications: this package is
 * no API and changes without notice.
 */
@NullMarked
package io.github.lifebelt.mysql.net;

import org.jspecify.annotations.NullMarked;
