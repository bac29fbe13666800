/**
 * The MySQL dialect, on the MySQL Connector/J that the application brings, for MySQL's and MariaDB's servers.
 *
 * <p>Found by itself when it is on the class path. What applications use of it is {@link
 * io.github.lifebelt.mysql.AzureMySql}.
 */
@NullMarked
package io.github.lifebelt.mysql;

import org.jspecify.annotations.NullMarked;
