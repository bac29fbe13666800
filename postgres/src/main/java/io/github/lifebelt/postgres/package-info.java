/** PostgreSQL and the services that speak its protocol: Azure, Neon, Cloud SQL, RDS, Heroku, PgBouncer. */
@NullMarked
package io.github.lifebelt.postgres;

import org.jspecify.annotations.NullMarked;
