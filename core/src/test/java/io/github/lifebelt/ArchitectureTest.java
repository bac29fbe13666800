package io.github.lifebelt;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import org.junit.jupiter.api.Test;

class ArchitectureTest {

    private static final String ROOT = "io.github.lifebelt";
    private static final int MOST_PUBLIC_TYPES = 30;

    private static final JavaClasses CORE = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages(ROOT);

    @Test
    void publicTypesStayFew() {
        List<String> types = CORE.stream()
                .filter(type -> type.getModifiers().contains(JavaModifier.PUBLIC))
                .filter(JavaClass::isTopLevelClass)
                .filter(type -> !type.getPackageName().contains(".internal"))
                .map(JavaClass::getName)
                .sorted()
                .toList();
        assertThat(types).isNotEmpty().hasSizeLessThanOrEqualTo(MOST_PUBLIC_TYPES);
    }

    @Test
    void onlyMetricsSeesMicrometer() {
        noClasses()
                .that()
                .resideOutsideOfPackage(ROOT + ".metrics")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.micrometer..")
                .check(CORE);
    }

    @Test
    void onlyMigrationSeesItsTools() {
        noClasses()
                .that()
                .resideOutsideOfPackage(ROOT + ".migration")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.flywaydb..", "liquibase..")
                .check(CORE);
    }

    @Test
    void onlyThePoolSeesHikari() {
        noClasses()
                .that()
                .haveNameNotMatching(".*\\.internal\\.pool\\.Hikari.*")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("com.zaxxer..")
                .check(CORE);
    }

    @Test
    void theLeaseFamilyDoesNotKnowThePool() {
        noClasses()
                .that()
                .resideInAPackage(ROOT + ".internal.jdbc")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(ROOT + ".internal.pool")
                .check(CORE);
    }

    @Test
    void whatDialectsImplementRestsOnValuesOnly() {
        classes()
                .that()
                .resideInAPackage(ROOT + ".spi")
                .should()
                .onlyDependOnClassesThat(DescribedPredicate.describe(
                        "are outside, or values",
                        type -> !type.getPackageName().startsWith(ROOT)
                                || type.getPackageName().equals(ROOT + ".spi")
                                || type.getPackageName().equals(ROOT + ".url")
                                || type.getPackageName().equals(ROOT + ".security")))
                .check(CORE);
    }

    @Test
    void nobodySleepsReflectsOrSetsSystemProperties() {
        noClasses()
                .should()
                .callMethod(Thread.class, "sleep", long.class)
                .orShould()
                .callMethod(System.class, "setProperty", String.class, String.class)
                .orShould()
                .dependOnClassesThat()
                .resideInAPackage("java.lang.reflect..")
                .check(CORE);
    }

    @Test
    void theBorrowPathTakesNoMonitor() {
        noMethods()
                .that()
                .areDeclaredInClassesThat()
                .haveNameMatching(
                        ROOT + "\\.internal\\.pool\\.(PoolEngine|PermitQueue|LivenessCheck|Hygiene|Generation)")
                .should()
                .haveModifier(JavaModifier.SYNCHRONIZED)
                .check(CORE);
    }
}
