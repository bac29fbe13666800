/** Lifebelt as the connection pool of a Spring Boot application, of the lines 3.5 and 4. */
@NullMarked
package io.github.lifebelt.spring;

import org.jspecify.annotations.NullMarked;
