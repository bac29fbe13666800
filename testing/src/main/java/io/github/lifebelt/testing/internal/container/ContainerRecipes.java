package io.github.lifebelt.testing.internal.container;

import io.github.lifebelt.testing.DatabaseProduct;

/** Which product is run how. */
public final class ContainerRecipes {
    private static final ContainerRecipe POSTGRES = new PostgresRecipe();
    private static final ContainerRecipe MYSQL = MySqlRecipe.mysql();
    private static final ContainerRecipe MARIADB = MySqlRecipe.mariadb();

    private ContainerRecipes() {}

    public static ContainerRecipe of(DatabaseProduct product) {
        return switch (product) {
            case POSTGRESQL -> POSTGRES;
            case MYSQL -> MYSQL;
            case MARIADB -> MARIADB;
        };
    }
}
