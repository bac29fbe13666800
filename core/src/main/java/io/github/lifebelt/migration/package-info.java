/** Whether the schema is as the application needs it, by the tool that migrates it. The only package that needs one. */
@NullMarked
package io.github.lifebelt.migration;

import org.jspecify.annotations.NullMarked;
