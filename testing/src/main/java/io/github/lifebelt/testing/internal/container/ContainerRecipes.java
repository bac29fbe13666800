package io.github.lifebelt.testing.internal.container;

import io.github.lifebelt.testing.DatabaseProduct;

/** Which product is run how. */
public final class ContainerRecipes {
    private static final ContainerRecipe POSTGRES = new PostgresRecipe();

    private ContainerRecipes() {}

    public static ContainerRecipe of(DatabaseProduct product) {
        return switch (product) {
            case POSTGRESQL -> POSTGRES;
            case MYSQL, MARIADB -> throw new UnsupportedOperationException(product.toString());
        };
    }
}
